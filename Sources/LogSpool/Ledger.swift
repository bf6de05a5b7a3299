internal import LogModel

/// The spool's numbers, in one row that every commit writes anew: how far each output is, and what waits.
///
/// A value: a commit works on a copy, which counts once the commit is durable.
struct Ledger: Equatable, Sendable {
    /// One output's numbers.
    struct Output: Equatable, Sendable {
        /// The record it takes next; everything before it is done with.
        var next: Int64 = 1
        var waiting = 0
        var overflowed = 0
        var damaged = 0
        var parked = 0
    }

    /// The number of the record that is appended next.
    var sequence: Int64 = 1
    /// Bytes of frames, in segments and parked.
    var bytes = 0
    /// Segments that hold a record of this severity, by its raw value.
    var segments = [Int](repeating: 0, count: Severity.allCases.count)
    /// By bit of `OutputSet`.
    var outputs = [Output](repeating: Output(), count: 8)
    /// How many segments lie in each of the `SegmentFiles`.
    var files: [Int64: Int] = [:]

    /// Counts one segment in.
    mutating func add(_ segment: SegmentHeader) {
        bytes += segment.bytes
        if let place = segment.place { files[place.file, default: 0] += 1 }
        for level in Severity.allCases where segment.holds(level) { segments[Int(level.rawValue)] += 1 }
    }

    /// Counts one segment out.
    mutating func remove(_ segment: SegmentHeader) {
        bytes -= segment.bytes
        if let place = segment.place {
            let left = files[place.file, default: 1] - 1
            files[place.file] = left > 0 ? left : nil
        }
        for level in Severity.allCases where segment.holds(level) { segments[Int(level.rawValue)] -= 1 }
    }

    /// Whether every output that has records in the segment is past it; one that waits for nothing is past all.
    func isDone(_ segment: SegmentHeader) -> Bool {
        outputs.indices.allSatisfy { bit in
            !segment.isFor(bit: bit) || outputs[bit].waiting == 0 || outputs[bit].next >= segment.end
        }
    }

    var isEmpty: Bool { bytes == 0 }
}

extension Ledger {
    /// One `name value…` line for each entry; outputs that have nothing to say are left out.
    var text: String {
        var text = "sequence \(sequence)\nbytes \(bytes)\nsegments"
        for count in segments { text += " \(count)" }
        for (bit, output) in outputs.enumerated() where output != Output() {
            text += "\noutput \(bit) \(output.next) \(output.waiting)"
            text += " \(output.overflowed) \(output.damaged) \(output.parked)"
        }
        for (number, count) in files.sorted(by: { $0.key < $1.key }) { text += "\nfile \(number) \(count)" }
        return text + "\n"
    }

    /// Reads `text` back; nil where it is none.
    init?(text: String) {
        self.init()
        var found = 0
        for line in text.split(separator: "\n") {
            let words = line.split(separator: " ")
            let numbers = words.dropFirst().compactMap { Int64($0) }
            guard numbers.count == words.count - 1, numbers.allSatisfy({ $0 >= 0 }) else { return nil }
            switch (words[0], numbers.count) {
            case ("sequence", 1):
                sequence = numbers[0]
                found += 1
            case ("bytes", 1):
                bytes = Int(numbers[0])
                found += 1
            case ("segments", segments.count):
                segments = numbers.map(Int.init)
                found += 1
            case ("output", 6) where numbers[0] < outputs.count:
                outputs[Int(numbers[0])] = Output(
                    next: numbers[1], waiting: Int(numbers[2]), overflowed: Int(numbers[3]),
                    damaged: Int(numbers[4]), parked: Int(numbers[5]))
            case ("file", 2): files[numbers[0]] = Int(numbers[1])
            default: return nil
            }
        }
        guard found == 3 else { return nil }
    }
}
