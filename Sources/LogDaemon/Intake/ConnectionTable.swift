import CMemoryFile
import Glibc
import LogPipeline

/// What the next daemon must know of a kept connection.
struct ConnectionState: Equatable {
    /// The name of its records that name no service.
    var service: String
    var sawLine = false
    var saidHello = false
    var acknowledges = false
    /// What was read last ended within a line, and is lost with the process.
    var endsAmidLine = false
    /// Something was read of which it isn't noted yet whether it was a hello.
    var isUnsettled = false
    /// Hellos (`resumed`) that it was told and hasn't answered.
    var unanswered: UInt8 = 0
    /// A line that has no end yet, where it could be handed on.
    var halfLine: LineFramer.HalfLine?
}

/// The states of all kept connections, in memory that systemd keeps with the connections' own descriptors: it
/// outlives the process, by whatever the process ends.
///
/// A memory file: slots of 512 bytes, the first of which holds the format's name; behind them, from a clean stop to
/// the next start, the half-read lines. All numbers are the host's own. A slot's flags are written last, so that a
/// process which dies amid a change leaves the state before or behind it.
final class ConnectionTable {
    static let slots = 512
    private static let format = "hantu-logd connections 1"
    private static let slotSize = 512
    private static let size = slotSize * (slots + 1)
    /// Behind the slot's numbers.
    private static let longestService = slotSize - 32

    private enum Flag {
        static let used: UInt8 = 1
        static let sawLine: UInt8 = 2
        static let hello: UInt8 = 4
        static let acknowledges: UInt8 = 8
        static let amidLine: UInt8 = 16
        static let unsettled: UInt8 = 32
        static let returnIsLast: UInt8 = 64
    }

    let descriptor: CInt
    private let memory: UnsafeMutableRawPointer
    private var end = off_t(ConnectionTable.size)

    /// An empty table; nil where the kernel gives no memory for it.
    convenience init?() {
        let descriptor = memfd_create("hantu-logd connections", MFD_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        guard ftruncate(descriptor, off_t(ConnectionTable.size)) == 0 else {
            close(descriptor)
            return nil
        }
        self.init(mapping: descriptor)
        memory.copyMemory(
            from: Array(ConnectionTable.format.utf8), byteCount: ConnectionTable.format.utf8.count)
    }

    /// The table of an earlier daemon; nil where it is none, or in another format.
    convenience init?(passed descriptor: CInt) {
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_size >= ConnectionTable.size else { return nil }
        self.init(mapping: descriptor)
        let name = UnsafeRawBufferPointer(start: memory, count: ConnectionTable.format.utf8.count)
        guard name.elementsEqual(ConnectionTable.format.utf8) else { return nil }
    }

    private init?(mapping descriptor: CInt) {
        guard
            let memory = mmap(
                nil, ConnectionTable.size, PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0),
            memory != MAP_FAILED
        else { return nil }
        self.descriptor = descriptor
        self.memory = memory
    }

    deinit { munmap(memory, ConnectionTable.size) }

    /// Whether a name is short enough for a slot.
    static func holds(_ service: String) -> Bool { service.utf8.count <= longestService }

    /// Notes a connection's state. `ConnectionTable.holds` its service.
    func write(_ state: ConnectionState, to slot: Int) {
        let place = place(of: slot)
        var service = state.service
        service.withUTF8 { (place + 32).copyMemory(from: $0.baseAddress!, byteCount: $0.count) }
        place.storeBytes(of: state.unanswered, toByteOffset: 1, as: UInt8.self)
        place.storeBytes(of: UInt16(service.utf8.count), toByteOffset: 2, as: UInt16.self)
        var flags = Flag.used
        if state.sawLine { flags |= Flag.sawLine }
        if state.saidHello { flags |= Flag.hello }
        if state.acknowledges { flags |= Flag.acknowledges }
        if state.endsAmidLine { flags |= Flag.amidLine }
        if state.isUnsettled { flags |= Flag.unsettled }
        var length = UInt32(0)
        if let half = state.halfLine, let offset = append(half.bytes) {
            length = UInt32(half.bytes.count)
            place.storeBytes(of: UInt64(offset), toByteOffset: 8, as: UInt64.self)
            place.storeBytes(of: UInt64(half.lost), toByteOffset: 16, as: UInt64.self)
            if half.lostEndsInReturn { flags |= Flag.returnIsLast }
        }
        place.storeBytes(of: length, toByteOffset: 4, as: UInt32.self)
        place.storeBytes(of: flags, as: UInt8.self)
    }

    /// Notes only, before each read's bytes are looked at, how they end.
    func noteRead(endsAmidLine: Bool, isUnsettled: Bool, in slot: Int) {
        let place = place(of: slot)
        var flags = place.load(as: UInt8.self) & ~(Flag.amidLine | Flag.unsettled)
        if endsAmidLine { flags |= Flag.amidLine }
        if isUnsettled { flags |= Flag.unsettled }
        place.storeBytes(of: flags, as: UInt8.self)
    }

    /// Notes only how many hellos aren't answered.
    func note(unanswered: UInt8, in slot: Int) {
        place(of: slot).storeBytes(of: unanswered, toByteOffset: 1, as: UInt8.self)
    }

    func clear(_ slot: Int) { place(of: slot).storeBytes(of: 0, as: UInt8.self) }

    /// nil for a slot that holds none.
    func read(_ slot: Int) -> ConnectionState? {
        let place = place(of: slot)
        let flags = place.load(as: UInt8.self)
        guard flags & Flag.used != 0 else { return nil }
        let count = min(Int(place.load(fromByteOffset: 2, as: UInt16.self)), ConnectionTable.longestService)
        var state = ConnectionState(
            service: String(decoding: UnsafeRawBufferPointer(start: place + 32, count: count), as: UTF8.self))
        state.sawLine = flags & Flag.sawLine != 0
        state.saidHello = flags & Flag.hello != 0
        state.acknowledges = flags & Flag.acknowledges != 0
        state.endsAmidLine = flags & Flag.amidLine != 0
        state.isUnsettled = flags & Flag.unsettled != 0
        state.unanswered = place.load(fromByteOffset: 1, as: UInt8.self)
        let length = Int(place.load(fromByteOffset: 4, as: UInt32.self))
        if length > 0 {
            state.halfLine = LineFramer.HalfLine(
                bytes: bytes(at: place.load(fromByteOffset: 8, as: UInt64.self), count: length),
                lost: Int(place.load(fromByteOffset: 16, as: UInt64.self)),
                lostEndsInReturn: flags & Flag.returnIsLast != 0)
        }
        return state
    }

    /// Gives back the memory of half-read lines, which their readers have taken.
    func forgetHalfLines() {
        for slot in 0..<ConnectionTable.slots {
            place(of: slot).storeBytes(of: 0, toByteOffset: 4, as: UInt32.self)
        }
        end = off_t(ConnectionTable.size)
        ftruncate(descriptor, end)
    }

    private func place(of slot: Int) -> UnsafeMutableRawPointer {
        precondition((0..<ConnectionTable.slots).contains(slot))
        return memory + ConnectionTable.slotSize * (slot + 1)
    }

    /// nil where there is no memory for it.
    private func append(_ bytes: [UInt8]) -> off_t? {
        let offset = end
        guard pwrite(descriptor, bytes, bytes.count, offset) == bytes.count else { return nil }
        end += off_t(bytes.count)
        return offset
    }

    private func bytes(at offset: UInt64, count: Int) -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
            filled = max(0, pread(descriptor, buffer.baseAddress, count, off_t(offset)))
        }
    }
}
