import CVectorScan
import Glibc

/// A text of lines taken apart into runs of whole lines that a search goes over at once.
///
/// Each is twice as large as the one before, up to a limit: what the first has is there soon, and a disk is read
/// forward in long runs, which it does best, also on the way from the end to the beginning.
struct LineRuns {
    /// Bytes of the first run, unless its line is longer.
    let first: Int
    /// Bytes of any, unless its line is longer.
    let largest: Int

    /// Calls `body` with each run, from the first to the last.
    func forEach(in bytes: UnsafeBufferPointer<UInt8>, _ body: (Range<Int>) -> Void) {
        var (start, size) = (0, first)
        while start < bytes.count {
            var end = min(bytes.count, start + size)
            if end < bytes.count {
                end = lastEnd(in: bytes, start..<end) ?? firstEnd(in: bytes, from: end)
            }
            body(start..<end)
            start = end
            size = min(size * 2, largest)
        }
    }

    /// Calls `body` with each run, from the last to the first, until it returns false.
    func forEachBackward(in bytes: UnsafeBufferPointer<UInt8>, _ body: (Range<Int>) -> Bool) {
        var (end, size) = (bytes.count, first)
        while end > 0 {
            var start = max(0, end - size)
            if start > 0 {
                // Where the first line begins whose newline before it lies in the run; else the long one's beginning.
                let first = firstEnd(in: bytes, from: start - 1)
                start = first < end ? first : lastEnd(in: bytes, 0..<start) ?? 0
            }
            guard body(start..<end) else { return }
            end = start
            size = min(size * 2, largest)
        }
    }

    /// Behind the first newline from here on; the end where there is none.
    private func firstEnd(in bytes: UnsafeBufferPointer<UInt8>, from start: Int) -> Int {
        guard let base = bytes.baseAddress, let found = memchr(base + start, 0x0A, bytes.count - start)
        else { return bytes.count }
        return UnsafeRawPointer(found) - UnsafeRawPointer(base) + 1
    }

    /// Behind the last newline in this range.
    private func lastEnd(in bytes: UnsafeBufferPointer<UInt8>, _ range: Range<Int>) -> Int? {
        guard let base = bytes.baseAddress else { return nil }
        let found = Int(cvs_find_last(base + range.lowerBound, range.count, 0x0A))
        return found < 0 ? nil : range.lowerBound + found + 1
    }
}
