import CVectorScan

/// What stood between the values of the lines that were scanned last: a client's lines are mostly of one shape, and
/// to compare a whole `","level":"` with the one expected is far shorter than to read it.
///
/// What matches was read and found right before, at the same place of a line; so it is right again.
struct LineShape: ~Copyable {
    static var unknownField: UInt8 { 255 }
    private static let members = 32
    private let joints: UnsafeMutablePointer<cvs_joint>

    init() {
        joints = .allocate(capacity: LineShape.members)
        joints.initialize(repeating: cvs_joint(), count: LineShape.members)
    }

    deinit { joints.deallocate() }

    /// Goes on over the members that stand as they stood before, each the first of its field and a string without
    /// escapes or a small integer: nearly all of them.
    @inline(__always)
    func pass(_ walk: LineWalk, _ state: inout cvs_walk, into slots: UnsafeMutablePointer<FieldSlot>) {
        // `LineFields` checks once that the two are laid out alike.
        let values = UnsafeMutableRawPointer(slots).assumingMemoryBound(to: cvs_value.self)
        cvs_walk_shape(walk.base, walk.end, walk.stops, joints, UInt32(LineShape.members), values, &state)
    }

    /// The joint before the `index`th member, where it is the one that stands at `start`; 33 bytes from there on must
    /// be readable.
    func match(_ start: UnsafePointer<UInt8>, at index: Int, limit: Int, followsString: Bool)
        -> UnsafePointer<cvs_joint>?
    {
        guard index < LineShape.members else { return nil }
        let joint = UnsafePointer(joints + index)
        let length = Int(joint.pointee.length)
        guard length > 0, length <= limit, (joint.pointee.follows_string != 0) == followsString,
            joint.pointee.counted
                & ~cvs_same32(start, UnsafeRawPointer(joint).assumingMemoryBound(to: UInt8.self)) == 0
        else { return nil }
        // What is no string begins right here: another line may have more white space, or a string after all.
        let next = start[length]
        return joint.pointee.opens_string != 0 || (next > 0x20 && next != UInt8(ascii: "\"")) ? joint : nil
    }

    /// Remembers a joint that was read.
    func note(
        _ start: UnsafePointer<UInt8>, length: Int, key: Range<Int>, field: Int?, rank: UInt8,
        opensString: Bool,
        followsString: Bool, at index: Int
    ) {
        guard index < LineShape.members, length <= 32 else { return }
        var joint = cvs_joint()
        joint.counted = ~0 >> UInt32(32 - length)
        joint.length = UInt8(length)
        joint.opens_string = opensString ? 1 : 0
        joint.follows_string = followsString ? 1 : 0
        joint.key_start = UInt8(key.lowerBound)
        joint.key_length = UInt8(key.count)
        joint.field = field.map { UInt8($0) } ?? LineShape.unknownField
        joint.sort.kind = (opensString ? JSONKind.plainString : .number).rawValue
        joint.sort.rank = rank
        joint.bit = field.map { 1 << UInt32($0) } ?? 0
        withUnsafeMutableBytes(of: &joint.bytes) {
            $0.copyMemory(from: UnsafeRawBufferPointer(start: start, count: length))
        }
        joints[index] = joint
    }
}
