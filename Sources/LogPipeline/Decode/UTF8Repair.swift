internal import CVectorScan
import LogModel

/// Whether text is UTF-8, and what to do where it isn't (contract section 2: U+FFFD, flagged).
enum UTF8Repair {
    static func isValid(_ text: UnsafeBufferPointer<UInt8>) -> Bool { check(text).isValid }

    /// Whether it is UTF-8, and whether it has none of the unsafe characters (but for C0, which isn't looked for).
    @inline(__always)
    static func check(_ text: UnsafeBufferPointer<UInt8>) -> (isValid: Bool, isSafe: Bool) {
        guard let base = text.baseAddress else { return (true, true) }
        let found = Int(cvs_check_utf8(base, text.count))
        return (found & CVS_VALID != 0, found & CVS_SAFE != 0)
    }

    /// Appends the text with U+FFFD for each sequence that is none.
    static func repair(_ text: UnsafeBufferPointer<UInt8>, into out: inout OutputBuffer) {
        out.append(text: String(decoding: text, as: UTF8.self))
    }
}
