import CVectorScan

/// What stood between the values of the lines that were scanned last: a client's lines are mostly of one shape, and
/// to compare a whole `","level":"` with the one expected is far shorter than to read it.
///
/// What matches was read and found right before, at the same place of a line; so it is right again.
struct LineShape: ~Copyable {
    /// The joint before a member's value.
    struct Joint {
        /// The bytes from the end of the last value (a string's closing quote is part of it) to the value, with the
        /// opening quote where it is a string.
        var bytes: (UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0)
        /// How many bytes it has; 0 where nothing is known.
        var length: UInt8 = 0
        var opensString = false
        /// Whether the value before it is a string, whose closing quote it begins with.
        var followsString = false
        /// Where in it the name stands.
        var keyStart: UInt8 = 0
        var keyLength: UInt8 = 0
        /// The field of that name, and the name's rank.
        var field: UInt8 = LineShape.unknownField
        var rank: UInt8 = 0
        /// The field's bit among those of `LineFields.present`; none where nobody knows it.
        var bit: UInt32 = 0
    }

    static var unknownField: UInt8 { 255 }
    private static let members = 32
    private let joints: UnsafeMutablePointer<Joint>

    init() {
        joints = .allocate(capacity: LineShape.members)
        joints.initialize(repeating: Joint(), count: LineShape.members)
    }

    deinit { joints.deallocate() }

    /// The joint before the `index`th member, where it is the one that stands at `start`; 33 bytes from there on must
    /// be readable.
    @inline(__always)
    func match(_ start: UnsafePointer<UInt8>, at index: Int, limit: Int, followsString: Bool)
        -> UnsafePointer<Joint>?
    {
        guard index < LineShape.members else { return nil }
        let joint = UnsafePointer(joints + index)
        let length = Int(joint.pointee.length)
        guard length > 0, length <= limit, joint.pointee.followsString == followsString,
            cvs_same32(start, UnsafeRawPointer(joint).assumingMemoryBound(to: UInt8.self), UInt32(length))
                != 0
        else { return nil }
        // What is no string begins right here: another line may have more white space, or a string after all.
        let next = start[length]
        return joint.pointee.opensString || (next > 0x20 && next != UInt8(ascii: "\"")) ? joint : nil
    }

    /// Remembers a joint that was read.
    func note(
        _ start: UnsafePointer<UInt8>, length: Int, key: Range<Int>, field: Int?, rank: UInt8,
        opensString: Bool,
        followsString: Bool, at index: Int
    ) {
        guard index < LineShape.members, length <= 32 else { return }
        var joint = Joint()
        joint.length = UInt8(length)
        joint.opensString = opensString
        joint.followsString = followsString
        joint.keyStart = UInt8(key.lowerBound)
        joint.keyLength = UInt8(key.count)
        joint.field = field.map { UInt8($0) } ?? LineShape.unknownField
        joint.rank = rank
        joint.bit = field.map { 1 << UInt32($0) } ?? 0
        withUnsafeMutableBytes(of: &joint.bytes) {
            $0.copyMemory(from: UnsafeRawBufferPointer(start: start, count: length))
        }
        joints[index] = joint
    }
}
