import Foundation
import LogTesting
import Testing

/// Commands that ask the daemon, on what one answered: a transcript's `.json`, with the status that may end its name.
struct DaemonTranscriptTests {
    @Test(arguments: Transcript.names(in: "daemon"))
    func `an answer is shown as its transcript says`(name: String) throws {
        let scratch = try TemporaryDirectory()
        let configuration = scratch.file("hantu-logd.yaml")
        let socket = scratch.file("admin.sock")
        try "{admin: {socket: \"\(socket)\"}, files: {time_zone: Asia/Seoul}}".write(
            toFile: configuration, atomically: true, encoding: .utf8)
        let transcript = try Transcript(name)
        let answer = transcript.file.deletingPathExtension().appendingPathExtension("json")
        let status = answer.deletingPathExtension().lastPathComponent.split(separator: "-").last.flatMap {
            Int($0)
        }
        let stub = try AdminStub(
            path: socket, status: status ?? 200, body: String(contentsOf: answer, encoding: .utf8))
        try withExtendedLifetime(stub) {
            try transcript.check { try Transcript.run($0, config: configuration) }
        }
    }
}
