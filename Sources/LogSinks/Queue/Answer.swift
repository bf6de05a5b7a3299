import Glibc

/// What one thread waits for and another gives, once.
final class Answer<Value: Sendable>: @unchecked Sendable {
    // Unchecked: the value is written before the post and read behind the wait.
    private let given = UnsafeMutablePointer<sem_t>.allocate(capacity: 1)
    private var value: Value?

    init() { sem_init(given, 0, 0) }

    deinit {
        sem_destroy(given)
        given.deallocate()
    }

    func give(_ value: Value) {
        self.value = value
        sem_post(given)
    }

    /// Blocks the thread until it is given.
    func wait() -> Value {
        while sem_wait(given) != 0 {}
        return value!
    }
}
