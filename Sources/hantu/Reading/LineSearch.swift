import CVectorScan
import Glibc

/// Finds the lines that hold one of some texts, at the speed of the search: no other line is looked at.
struct LineSearch {
    /// nil where every line is wanted.
    let needles: [[UInt8]]?

    /// Such lines of a run of whole lines, without their newlines, in order. Empty ones, and those that are longer
    /// than any record may be, are left out.
    func lines(in bytes: UnsafeBufferPointer<UInt8>) -> [Range<Int>] {
        guard let base = bytes.baseAddress else { return [] }
        var lines: [Range<Int>] = []
        func add(around hit: Int, after start: Int) -> Int {
            let before = Int(cvs_find_last(base + start, hit - start, 0x0A))
            let end =
                memchr(base + hit, 0x0A, bytes.count - hit).map {
                    UnsafeRawPointer($0) - UnsafeRawPointer(base)
                } ?? bytes.count
            let line = (start + before + 1)..<end
            if !line.isEmpty, line.count <= longestLine { lines.append(line) }
            return end + 1
        }
        guard let needles else {
            var position = 0
            while position < bytes.count { position = add(around: position, after: position) }
            return lines
        }
        for pair in stride(from: 0, to: needles.count, by: 2) {
            let (one, other) = (needles[pair], needles[min(pair + 1, needles.count - 1)])
            var position = 0
            while position < bytes.count {
                let (start, rest) = (base + position, bytes.count - position)
                let found =
                    one == other
                    ? cvs_find(start, rest, one, one.count)
                    : cvs_find_either(start, rest, one, one.count, other, other.count)
                guard found >= 0 else { break }
                position = add(around: position + Int(found), after: position)
            }
        }
        guard needles.count > 2 else { return lines }
        // Found by several pairs, a line is still one.
        lines.sort { $0.lowerBound < $1.lowerBound }
        return lines.indices.filter { $0 == 0 || lines[$0] != lines[$0 - 1] }.map { lines[$0] }
    }
}
