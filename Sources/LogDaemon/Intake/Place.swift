/// Memory of its own for a part of an object that is borrowed for long: borrowed from the object itself, each time costs
/// an exclusivity check, which for a connection's source, line by line, was 1 % of all CPU.
struct Place<Value: ~Copyable>: ~Copyable {
    private let pointer: UnsafeMutablePointer<Value>

    init(_ value: consuming Value) {
        pointer = .allocate(capacity: 1)
        pointer.initialize(to: value)
    }

    @inline(__always)
    var value: Value {
        _read { yield pointer.pointee }
        nonmutating _modify { yield &pointer.pointee }
    }

    deinit {
        pointer.deinitialize(count: 1)
        pointer.deallocate()
    }
}
