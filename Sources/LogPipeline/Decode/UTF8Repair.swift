internal import CVectorScan
import LogModel

/// Whether text is UTF-8, and what to do where it isn't (contract section 2: U+FFFD, flagged).
enum UTF8Repair {
    static func isValid(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
        guard let base = text.baseAddress else { return true }
        return cvs_is_utf8(base, text.count) != 0
    }

    /// Appends the text with U+FFFD for each sequence that is none.
    static func repair(_ text: UnsafeBufferPointer<UInt8>, into out: inout OutputBuffer) {
        out.append(text: String(decoding: text, as: UTF8.self))
    }
}
