/// Where and from whom records are taken (contract section 9, `intake`).
package struct IntakeConfiguration: Sendable, Equatable {
    /// A user and the service names it may use.
    package struct Allowance: Sendable, Equatable {
        /// A user's name or number.
        package var uid: String
        package var services: [String]

        package init(uid: String, services: [String]) {
            self.uid = uid
            self.services = services
        }
    }

    package var socket = "/run/hantu-logd/log.sock"
    package var socketMode: UInt32 = 0o660
    /// nil is the default group, `hantu-log`, which may be missing.
    package var socketGroup: String?
    package var maximumLineBytes = 1_048_576
    package var maximumConnections = 1024
    package var allow: [Allowance] = []

    package init() {}
}
