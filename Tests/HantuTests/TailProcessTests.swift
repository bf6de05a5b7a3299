import Foundation
import LogModel
import LogTesting
import Testing

@testable import hantu

struct TailProcessTests {
    /// `hantu logs info --tail` over a tree, whose output goes to this pipe.
    private func start(_ tree: LogTree, _ output: Pipe) throws -> Process {
        let configuration = tree.directory.file("hantu-logd.yaml")
        try "files: {directory: \"\(tree.directory.path)\", time_zone: Asia/Seoul}\n"
            .write(toFile: configuration, atomically: true, encoding: .utf8)
        let process = try Run.process(["logs", "info", "--tail", "--config", configuration])
        process.standardOutput = output
        try process.run()
        return process
    }

    /// Reads until this much has come.
    private func read(_ count: Int, from pipe: Pipe) throws -> String {
        var text = ""
        while text.utf8.count < count {
            var readable = pollfd(
                fd: pipe.fileHandleForReading.fileDescriptor, events: Int16(POLLIN), revents: 0)
            guard poll(&readable, 1, 10_000) > 0 else { break }
            let part = pipe.fileHandleForReading.availableData
            if part.isEmpty { break }
            text += String(decoding: part, as: UTF8.self)
        }
        return text
    }

    /// Waits for the end, ten seconds at most.
    private func end(_ process: Process) {
        for _ in 0..<500 where process.isRunning { usleep(20_000) }
        if process.isRunning { kill(process.processIdentifier, SIGKILL) }
        process.waitUntilExit()
    }

    private var today: String { seoul.date(of: CommandClock().now()).compact }

    @Test func `an interrupt ends a tail quietly`() throws {
        let tree = try LogTree()
        try tree.append("first\n", day: today)
        let output = Pipe()
        let process = try start(tree, output)
        #expect(try read(6, from: output) == "first\n")
        try tree.append("second\n", day: today)
        #expect(try read(7, from: output) == "second\n")
        process.interrupt()
        end(process)
        #expect(process.terminationReason == .exit)
        #expect(process.terminationStatus == 0)
    }

    @Test func `a reader who goes away ends a tail quietly`() throws {
        let tree = try LogTree()
        try tree.append("first\n", day: today)
        let output = Pipe()
        let process = try start(tree, output)
        #expect(try read(6, from: output) == "first\n")
        try output.fileHandleForReading.close()
        end(process)
        #expect(process.terminationReason == .exit)
        #expect(process.terminationStatus == 0)
    }
}
