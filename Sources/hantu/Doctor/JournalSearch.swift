import Glibc

/// Whether a record has arrived in the journal, as journalctl finds it.
enum JournalSearch {
    enum Answer: Equatable {
        case found
        case missing
        /// journalctl isn't there, or this user may not read the journal.
        case unreadable
    }

    /// journald takes records in its own time: asks again for this long, in milliseconds.
    private static let patience = 3000
    private static let pause = 100

    /// Looks for a record of this trace.
    static func look(for trace: TraceName) -> Answer {
        for _ in 0..<(patience / pause) {
            guard let output = ask(trace) else { return .unreadable }
            if !output.isEmpty { return .found }
            usleep(UInt32(pause) * 1000)
        }
        return .missing
    }

    /// A trace id that is safe in a shell's command.
    struct TraceName {
        let text: String

        init?(_ text: String) {
            let isPlain = text.utf8.allSatisfy {
                (0x30...0x39).contains($0) || (0x61...0x7A).contains($0) || $0 == UInt8(ascii: "-")
            }
            guard isPlain, !text.isEmpty else { return nil }
            self.text = text
        }
    }

    /// What journalctl prints; nil where it fails, which it also does for one who may read nothing.
    private static func ask(_ trace: TraceName) -> [UInt8]? {
        let command = "journalctl --quiet --no-pager --lines=1 --output=cat TRACE_ID=\(trace.text) 2>&1"
        guard let pipe = popen(command, "r") else { return nil }
        var output: [UInt8] = []
        var block = [UInt8](repeating: 0, count: 4096)
        while true {
            let count = fread(&block, 1, block.count, pipe)
            guard count > 0 else { break }
            output += block[..<count]
        }
        return pclose(pipe) == 0 ? output : nil
    }
}
