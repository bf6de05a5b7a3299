internal import CVectorScan
internal import LogModel

/// Memory that searches need for a moment, kept from call to call.
struct MaskScratch: ~Copyable {
    /// A JSON string without its escapes.
    var decoded = OutputBuffer()
    /// Where in a chunk of text the rules have to look, one bit a byte.
    let anchors: UnsafeMutablePointer<UInt64>

    init() {
        anchors = .allocate(capacity: Int(CVS_MASK_CHUNK) / 64)
        anchors.initialize(repeating: 0, count: Int(CVS_MASK_CHUNK) / 64)
    }

    deinit { anchors.deallocate() }
}
