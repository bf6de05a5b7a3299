internal import Glibc

/// How far the numbers had come, noted beside the database after each commit.
///
/// SQLite takes a log whose end doesn't check for one that a crash cut off, and goes on as if what stood behind the
/// damage had never been. It was acknowledged all the same; that the ledger is behind the mark shows it. The mark is
/// written when the commit is on the disk, and not synced itself: it is never ahead of what is there, by any crash.
///
/// The file is 24 bytes, little-endian: "hantumrk", the number, and all its bits turned round.
///
/// Unchecked: whoever uses it holds the spool's lock, or made it for itself alone.
final class SequenceMark: @unchecked Sendable {
    static let fileName = "sequence"
    private static let magic: UInt64 = 0x6B72_6D75_746E_6168

    private let path: String
    /// Open from the first note on: opening it costs twice as much as the note.
    private var descriptor: CInt = -1
    /// The number that the next record would have got; 1 where nothing is known.
    private(set) var sequence: Int64

    init(directory: String) {
        path = directory + "/" + SequenceMark.fileName
        sequence = SequenceMark.read(path) ?? 1
    }

    deinit { if descriptor >= 0 { close(descriptor) } }

    /// The spool has got this far; what can't be noted isn't.
    func note(_ reached: Int64) {
        guard reached > sequence else { return }
        sequence = reached
        if descriptor < 0 {
            descriptor = open(path, O_WRONLY | O_CREAT | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK, 0o640)
        }
        let number = UInt64(bitPattern: reached)
        let words = (SequenceMark.magic.littleEndian, number.littleEndian, (~number).littleEndian)
        _ = withUnsafeBytes(of: words) { pwrite(descriptor, $0.baseAddress!, $0.count, 0) }
    }

    private static func read(_ path: String) -> Int64? {
        let descriptor = open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var words: [UInt64] = [0, 0, 0]
        let got = words.withUnsafeMutableBytes { pread(descriptor, $0.baseAddress!, $0.count, 0) }
        let number = UInt64(littleEndian: words[1])
        guard got == 24, UInt64(littleEndian: words[0]) == magic, UInt64(littleEndian: words[2]) == ~number
        else { return nil }
        return Int64(bitPattern: number) > 0 ? Int64(bitPattern: number) : nil
    }
}
