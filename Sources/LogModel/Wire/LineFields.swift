import CVectorScan

/// Where in a line the value of a field stands.
public struct FieldSlot: Sendable {
    /// Offset from the line's start; of a string behind its opening quote.
    public var start: UInt32 = 0
    /// Offset behind the value; of a string before its closing quote.
    public var end: UInt32 = 0
    /// What kind of value it is.
    public var kind = JSONKind.null
    /// 0 for the contract's own name, then the aliases in order.
    public var rank: UInt8 = 0
    /// Whether all escapes are of two bytes and stay as they are when the string is written anew (`\/` doesn't); false
    /// where that isn't known.
    public var isNormal = false

    package init(start: UInt32 = 0, end: UInt32 = 0, kind: JSONKind = .null, rank: UInt8 = 0) {
        self.start = start
        self.end = end
        self.kind = kind
        self.rank = rank
    }

    /// Bytes of the value.
    @inlinable @inline(__always) public var count: Int { Int(end - start) }
}

/// A field that goes to the context: one that nobody knows, or one whose place was taken.
public struct ExtraField: Sendable {
    /// The name as it stands in the line, without its quotes; not used for an alias.
    package var keyStart: UInt32 = 0
    package var keyEnd: UInt32 = 0
    package var keyHasEscape = false
    /// The field whose name or alias this is, where a better name took its place; the value has the rank.
    package var field: Field?
    package var value: FieldSlot

    /// A name that the contract knows and its value.
    package init(field: Field?, value: FieldSlot) {
        self.field = field
        self.value = value
    }

    init(keyStart: UInt32, keyEnd: UInt32, keyHasEscape: Bool, value: FieldSlot) {
        self.keyStart = keyStart
        self.keyEnd = keyEnd
        self.keyHasEscape = keyHasEscape
        self.value = value
    }

    /// The name of an alias that lost its place.
    package var aliasName: StaticString? { field.map { $0.names[Int(value.rank)] } }
}

/// What a scan found in one line; made once and used for line after line.
public struct LineFields: ~Copyable {
    @usableFromInline let slots: UnsafeMutablePointer<FieldSlot>
    /// One bit for each field that is there.
    public var present: UInt32 = 0
    /// What goes to the context, in the line's order.
    public var extras: [ExtraField] = []
    var stops = StringStops()
    let shape = LineShape()
    /// Members of the top-level object.
    public var memberCount = 0

    package init() {
        // C writes them (`cvs_walk_shape`).
        precondition(
            MemoryLayout<FieldSlot>.stride == MemoryLayout<cvs_value>.stride
                && MemoryLayout<FieldSlot>.offset(of: \.end) == MemoryLayout<cvs_value>.offset(of: \.end)
                && MemoryLayout<FieldSlot>.offset(of: \.kind)
                    == MemoryLayout<cvs_value>.offset(of: \.sort.kind)
                && MemoryLayout<FieldSlot>.offset(of: \.rank)
                    == MemoryLayout<cvs_value>.offset(of: \.sort.rank)
        )
        slots = .allocate(capacity: Field.allCases.count)
        slots.initialize(repeating: FieldSlot(), count: Field.allCases.count)
    }

    deinit { slots.deallocate() }

    /// Whether the line has this field, with a value that isn't null.
    @inlinable @inline(__always) public func has(_ field: Field) -> Bool {
        present & (1 << UInt32(field.rawValue)) != 0
    }

    /// Where the field's value stands; undefined where the line doesn't have it.
    @inlinable @inline(__always) public subscript(field: Field) -> FieldSlot { slots[Int(field.rawValue)] }

    /// Whether the line has bytes from 0x7F on, and its UTF-8 must be checked.
    public internal(set) var hasSpecialBytes = false
    /// Whether the line's strings are known to have no unsafe characters but in escapes (C0 can't stand in them).
    package var isSafe = false

    package mutating func reset() {
        present = 0
        memberCount = 0
        isSafe = false
        if !extras.isEmpty { extras.removeAll(keepingCapacity: true) }
    }

    /// Takes a field's place in the record away; the caller decides what becomes of the value.
    package mutating func remove(_ field: Field) { present &= ~(1 << UInt32(field.rawValue)) }
}
