import Glibc
import LogModel

/// What a command says of its own work: Korean, on stderr, behind a mark.
enum Report {
    static func failure(_ text: String) { say("❌ ", text) }
    static func warning(_ text: String) { say("⭕ ", text) }
    static func information(_ text: String) { say("ℹ️  ", text) }
    static func success(_ text: String) { say("✅ ", text) }

    private static func say(_ mark: String, _ text: String) {
        var line = OutputBuffer()
        line.append(text: mark)
        TerminalText.append(text, to: &line)
        line.append("\n")
        _ = write(STDERR_FILENO, line.bytes.baseAddress, line.count)
    }
}
