import Foundation
import LogTesting
import Testing

/// `hantu logs migrate` and `rollback`, one prompt after the other on a log directory of the old layout.
struct MigrationTranscriptTests {
    @Test(arguments: Transcript.names(in: "migration"))
    func `a migration prints what its transcript says`(name: String) throws {
        let scratch = try TemporaryDirectory()
        if !name.contains("nothing") { try makeOldLayout(in: scratch.file("logs")) }
        let configuration = scratch.file("hantu-logd.yaml")
        try """
        files: {directory: "\(scratch.path)/logs", time_zone: Asia/Seoul}
        spool: {directory: "\(scratch.path)"}
        admin: {socket: "\(scratch.path)/admin.sock"}
        """.write(toFile: configuration, atomically: true, encoding: .utf8)
        try Transcript(name).check { prompt in
            // A file that came after the migration, in the way of one that comes back.
            if prompt.contains("rollback"), name.contains("conflict") {
                try "new\n".write(
                    toFile: scratch.file("logs/scheduler.log"), atomically: true, encoding: .utf8)
            }
            // Whatever day it is.
            return try Transcript.run(prompt, config: configuration)
                .replacing(scratch.path, with: "DIR")
                .replacing(#/logs_backup_\d{8}/#, with: "logs_backup_YYYYMMDD")
        }
    }

    private func makeOldLayout(in directory: String) throws {
        let files = [
            "scheduler.log": "2026-02-01 12:00:00 옛 기록\n",
            "api/server.log": String(repeating: "x", count: 5000),
            "info/info_20260201.log": "2026-02-01 12:00:00 [INFO] core: 새 기록\n",
            "errors/error_20260201.json": "{\"level\":\"ERROR\"}\n", "notes.txt": "메모\n",
        ]
        for (name, text) in files {
            let path = directory + "/" + name
            let folder = (path as NSString).deletingLastPathComponent
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
            try text.write(toFile: path, atomically: false, encoding: .utf8)
        }
        for (folder, mode) in ["": 0o755, "/info": 0o700, "/errors": 0o755, "/api": 0o755] {
            try FileManager.default.setAttributes(
                [.posixPermissions: mode], ofItemAtPath: directory + folder)
        }
    }
}
