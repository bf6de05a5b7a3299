/// Where the daemon is operated from (contract sections 9 and 11, `admin`).
package struct AdminConfiguration: Sendable, Equatable {
    package var socket = "/run/hantu-logd/admin.sock"
    /// `ADDRESS:PORT`, or empty for no TCP.
    package var http = ""
    package var tokenFile = ""
    package var allowRemote = false

    package init() {}
}
