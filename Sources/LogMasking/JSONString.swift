internal import LogModel

/// The content of one JSON string, `start..<end` of `json`, as it stands there and decoded.
struct JSONString {
    let json: MaskText
    let start: Int
    let end: Int
    let isEscaped: Bool

    init(_ json: MaskText, _ start: Int, _ end: Int, isEscaped: Bool) {
        self.json = json
        self.start = start
        self.end = end
        self.isEscaped = isEscaped
    }

    /// Calls `body` with the decoded content, which lies in `buffer` if there was something to decode.
    func withDecoded<Result>(_ buffer: inout OutputBuffer, _ body: (MaskText) -> Result) -> Result {
        guard isEscaped else { return body(MaskText(json.base + start, end - start)) }
        buffer.removeAll()
        buffer.reserve(end - start)
        var i = start
        while i < end {
            let unit = json.jsonUnit(at: i, end)
            for byte in 0..<unit.length { buffer.append(UInt8(truncatingIfNeeded: unit.bytes >> (8 * byte))) }
            i = unit.next
        }
        return body(MaskText(buffer.bytes.baseAddress!, buffer.count))
    }

    /// Applies the rules for text to the decoded content and appends what they find in offsets of the JSON.
    func search(
        _ names: SecretNames.Index, _ patterns: (any SecretPatternSearch)?, underAccountKey: Bool,
        _ ranges: inout MaskedRanges, _ scratch: inout MaskScratch
    ) {
        if end - start < 3 && patterns == nil { return }
        let first = ranges.count
        let anchors = scratch.anchors
        withDecoded(&scratch.decoded) { text in
            Masker.search(text, names, patterns, underAccountKey: underAccountKey, &ranges, anchors)
        }
        if ranges.count == first { return }
        if isEscaped {
            restore(&ranges, from: first)
        } else {
            for i in first..<ranges.count {
                ranges.move(i, to: ranges[i].start + start, ranges[i].end + start)
            }
        }
    }

    /// Turns the decoded offsets of the ranges from `first` on into raw ones, with a second walk.
    private func restore(_ ranges: inout MaskedRanges, from first: Int) {
        var raw = start
        var decoded = 0
        func advance(to offset: Int) -> Int {
            while decoded < offset {
                let unit = json.jsonUnit(at: raw, end)
                decoded += Int(unit.length)
                raw = unit.next
            }
            return raw
        }
        for i in first..<ranges.count {
            let range = ranges[i]
            let from = advance(to: range.start)
            ranges.move(i, to: from, advance(to: range.end))
        }
    }
}
