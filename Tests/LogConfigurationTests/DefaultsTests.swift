import Foundation
import Testing

@testable import LogConfiguration

private let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()

struct DefaultsTests {
    @Test(arguments: [
        "", "\n\n", "# nothing\n", "---\n", "files:\n", "files: {}\nstore: ~\n", "\u{feff}files:\n",
    ])
    func `a file that says nothing means the defaults`(yaml: String) throws {
        #expect(try load(yaml).configuration == Configuration())
    }

    @Test func `a key without a value keeps its default`() throws {
        let loaded = try load("files:\n  directory:\n  retention:\n    days: ~\n")
        #expect(loaded.configuration == Configuration())
        #expect(loaded.origins.isEmpty)
    }

    @Test func `a missing file at the default path is only a notice`() throws {
        let loaded = try loader().load()
        #expect(loaded.configuration == Configuration())
        #expect(loaded.notes.map(\.isWarning) == [false])
    }

    @Test func `a missing file that was asked for is a fault`() {
        #expect(throws: ConfigurationFaults(faults: [.init(problem: "/other.yaml: no such file")])) {
            try loader().load(path: "/other.yaml")
        }
    }

    @Test func `a file that can't be read is a fault that says why`() {
        #expect(throws: ConfigurationFaults(faults: [.init(problem: "/a.forbidden: Permission denied")])) {
            try loader().load(path: "/a.forbidden")
        }
    }

    @Test func `the shipped file means the defaults`() throws {
        let text = try String(contentsOf: root.appending(path: "config/hantu-logd.yaml"), encoding: .utf8)
        #expect(try load(text).configuration == Configuration())
    }

    @Test func `the shipped file with everything uncommented says every default`() throws {
        let text = try String(contentsOf: root.appending(path: "config/hantu-logd.yaml"), encoding: .utf8)
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map {
            String($0.hasPrefix("  ") ? $0.replacing("# ", with: "", maxReplacements: 1) : $0)
        }
        let loaded = try load(lines.joined(separator: "\n"))
        #expect(loaded.configuration == Configuration())
        for key in ConfigurationSchema.keys {
            guard case .file(_, let line, _) = loaded.origins[key.name] else {
                Issue.record("\(key.name) is missing")
                continue
            }
            #expect(lines[line - 1].contains("[restart]") == (key.change == .restart), "\(key.name)")
        }
    }

    @Test func `the reference is what the schema says`() throws {
        let file = root.appending(path: "docs/configuration.md")
        if ProcessInfo.processInfo.environment["HANTU_WRITE_DOCS"] != nil {
            try ConfigurationSchema.reference().write(to: file, atomically: true, encoding: .utf8)
        }
        #expect(try String(contentsOf: file, encoding: .utf8) == ConfigurationSchema.reference())
    }
}
