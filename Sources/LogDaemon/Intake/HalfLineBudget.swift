/// How much the half-read lines of all connections hold together.
///
/// Each may hold `intake.max_line_bytes`; a thousand such lines would be more than the unit's `MemoryMax=`. So when
/// together they hold over `most`, one that gets longer keeps only its first `short` bytes, and is cut like a line over
/// the limit; what comes together with its end finds room.
struct HalfLineBudget: Equatable {
    /// What a line may hold when there is no room, in bytes.
    static let short = 16 * 1024

    private let limit: Int
    /// Bytes from which on there is no room.
    let most: Int
    private var held = 0
    private(set) var isShort = false

    /// `lineLimit`: most bytes of a line (`intake.max_line_bytes`).
    init(lineLimit: Int) {
        limit = lineLimit
        most = max(16 << 20, 2 * lineLimit)
    }

    /// What a line that has no end yet may hold now.
    var mostPerLine: Int { isShort ? min(limit, HalfLineBudget.short) : limit }

    /// Notes that a connection holds so much more (or less); true where that changes `isShort`.
    mutating func change(by bytes: Int) -> Bool {
        held += bytes
        let wasShort = isShort
        // Not to and fro with every line.
        isShort = held > (wasShort ? most / 2 : most)
        return isShort != wasShort
    }
}
