import Dispatch
import Glibc

/// Gives connections into systemd's descriptor store and takes them out again, in order, on a queue of its own:
/// systemd may be busy, and the event loop doesn't wait.
final class DescriptorStore: Sendable {
    private let queue = DispatchQueue(label: "descriptor store")

    /// How many descriptors systemd keeps for this service; 0 where it keeps none. systemd tells it from version 254
    /// on, for earlier ones the unit does.
    static func capacity(environment: [String: String]) -> Int {
        guard environment["NOTIFY_SOCKET"] != nil else { return 0 }
        return environment["FDSTORE"].flatMap { Int($0) } ?? 0
    }

    /// Stores a descriptor; the caller may close its own at once.
    func store(_ descriptor: CInt, name: String) {
        let copy = fcntl(descriptor, F_DUPFD_CLOEXEC, 0)
        guard copy >= 0 else { return }
        queue.async {
            ServiceManager.store(copy, name: name)
            close(copy)
        }
    }

    /// Takes a descriptor out, and says when systemd was told.
    func remove(name: String, told: @escaping @Sendable () -> Void = {}) {
        queue.async {
            ServiceManager.removeStored(name: name)
            told()
        }
    }

    /// Blocks until systemd has taken all that came before.
    func settle() { queue.sync { ServiceManager.awaitTaken() } }
}
