internal import Glibc
internal import LogModel

/// The memory in which a thread encodes one record after the other, so that a record needs none but its own.
///
/// A value that logs while it is described finds it taken, and gets another.
enum EncodingMemory {
    /// More than this isn't kept for the next record.
    private static let mostKept = 16 << 10

    private typealias Place = UnsafeMutablePointer<OutputBuffer?>

    private static let key: pthread_key_t = {
        var key = pthread_key_t()
        pthread_key_create(&key) { place in
            guard let place = place?.assumingMemoryBound(to: OutputBuffer?.self) else { return }
            place.deinitialize(count: 1)
            place.deallocate()
        }
        return key
    }()

    private static func place() -> Place? {
        pthread_getspecific(key)?.assumingMemoryBound(to: OutputBuffer?.self)
    }

    /// The thread's memory, empty.
    static func take() -> OutputBuffer { place()?.pointee.take() ?? OutputBuffer(capacity: 1024) }

    /// Keeps it for the thread's next record.
    static func keep(_ memory: consuming OutputBuffer) {
        if memory.count > mostKept { return }
        memory.removeAll()
        if let place = place() {
            place.pointee = consume memory
            return
        }
        let place = Place.allocate(capacity: 1)
        place.initialize(to: consume memory)
        pthread_setspecific(key, place)
    }
}
