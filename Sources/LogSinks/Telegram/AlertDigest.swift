/// Many alerts of one kind that are told in one message.
struct AlertDigest: Sendable, Equatable {
    struct Entry: Sendable, Equatable {
        var sample: AlertSample
        var count: Int
    }

    /// Kinds with a line of their own; the others are only counted.
    static let kindLimit = 128

    private(set) var total = 0
    private(set) var kinds: [String: Entry] = [:]

    /// Adds what has this key; false where there was no room for another kind.
    mutating func add(_ key: String, _ sample: AlertSample, count: Int) -> Bool {
        total += count
        if var entry = kinds[key] {
            entry.count += count
            entry.sample.first = min(entry.sample.first, sample.first)
            entry.sample.last = max(entry.sample.last, sample.last)
            kinds[key] = entry
            return true
        }
        guard kinds.count < AlertDigest.kindLimit else { return false }
        kinds[key] = Entry(sample: sample, count: count)
        return true
    }
}

extension AlertDigest {
    /// As it was saved, without its kinds.
    init(total: Int) { self.total = total }

    /// Puts back a kind that `total` counts already.
    mutating func restore(_ key: String, _ entry: Entry) { kinds[key] = entry }
}
