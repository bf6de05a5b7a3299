import Foundation
import LogTesting
import Testing

/// `hantu logd status` on what a daemon answered: StatusAnswerTests hold the answers against the daemon.
struct StatusTranscriptTests {
    @Test(arguments: Transcript.names(in: "status"))
    func `the status is shown as its transcript says`(name: String) throws {
        let scratch = try TemporaryDirectory()
        let configuration = scratch.file("hantu-logd.yaml")
        let socket = scratch.file("admin.sock")
        try "admin: {socket: \"\(socket)\"}".write(toFile: configuration, atomically: true, encoding: .utf8)
        let transcript = try Transcript(name)
        let answer = transcript.file.deletingPathExtension().appendingPathExtension("json")
        let stub = try AdminStub(path: socket, body: String(contentsOf: answer, encoding: .utf8))
        try withExtendedLifetime(stub) {
            try transcript.check { try Transcript.run($0, config: configuration) }
        }
    }
}
