import LogModel

/// One input of libFuzzer, taken for a log file that somebody else wrote: the first byte chooses what is looked for,
/// every line is taken for an error line and for a text line.
@_cdecl("LLVMFuzzerTestOneInput")
func fuzz(_ data: UnsafePointer<UInt8>, _ size: Int) -> CInt {
    guard size > 1 else { return 0 }
    var filter = ErrorLineFilter(query: queries[Int(data[0]) % queries.count], zone: .utc)
    var everything = ErrorLineFilter(query: RecordQuery(), zone: .utc)
    for line in UnsafeBufferPointer(start: data + 1, count: size - 1).split(separator: 0x0A) {
        // The reader's blocks have slack behind them; libFuzzer's memory has none.
        var padded = OutputBuffer(capacity: line.count)
        padded.append(UnsafeBufferPointer(rebasing: line))
        check(padded.bytes, &filter, &everything)
        check(text: padded.bytes)
    }
    return 0
}

private let queries: [RecordQuery] = {
    var all = [RecordQuery()]
    for pattern in ["주문", "a", "\\d+ (x|y)", "[^a]b?", "\\s$", "주문|bb", "a/\"b"] {
        var query = RecordQuery()
        query.pattern = try? SearchPattern(pattern)
        all.append(query)
    }
    var strict = RecordQuery()
    strict.minimumLevel = .error
    strict.service = "scheduler"
    strict.since = Timestamp(seconds: 1_769_916_896)
    return all + [strict]
}()

private func check(
    _ line: UnsafeBufferPointer<UInt8>, _ filter: inout ErrorLineFilter, _ everything: inout ErrorLineFilter
) {
    let verdict = filter.judge(line)
    // What is no line of ours is so whatever is looked for, and only what has a record is shown.
    let isBroken = everything.judge(line) == .broken
    precondition(verdict != .wanted || !isBroken, "a broken line is wanted")
    let record = everything.record(line)
    precondition(!isBroken || record == nil, "a broken line has a record")
    guard let record else { return }
    // No line is passed over for what it lacks that has what is looked for.
    if filter.needles != nil, let pattern = filter.query.pattern, pattern.occurs(in: record) {
        precondition(verdict == .wanted, "a hit is passed over")
    }
    // A record that was read is written as one line that reads back.
    var wire = OutputBuffer()
    record.appendWire(to: &wire, zone: .utc)
    precondition(!wire.bytes.contains(0x0A), "a line in two")
    precondition(LogRecord(wire: wire.bytes) != nil, "what was written doesn't read back")
}

private func check(text line: UnsafeBufferPointer<UInt8>) {
    guard let parts = TextLine(line, zone: .utc) else { return }
    precondition(
        parts.logger.upperBound <= parts.message.lowerBound && parts.message.upperBound <= line.count)
    guard let trace = parts.traceID else { return }
    precondition((1...64).contains(trace.count) && parts.message.upperBound <= trace.lowerBound)
    precondition(trace.upperBound == line.count - 1)
}
