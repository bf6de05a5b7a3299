import Glibc
import LogConfiguration
import LogPipeline

/// Which user may use which service names, by user number (contract section 9, `intake.allow`).
struct ServiceAllowances: Sendable, Equatable {
    private var names: [UInt32: Set<String>] = [:]
    private var isRestricted = false
    /// Users of the configuration that this host doesn't know.
    private(set) var unknownUsers: [String] = []

    /// Everybody may use all names.
    init() {}

    init(_ allowances: [IntakeConfiguration.Allowance]) {
        isRestricted = !allowances.isEmpty
        for allowance in allowances {
            guard let user = ServiceAllowances.number(of: allowance.uid) else {
                unknownUsers.append(allowance.uid)
                continue
            }
            names[user, default: []].formUnion(allowance.services)
        }
    }

    /// What a user may use; nil where that is anything, as for root.
    func of(_ user: UInt32) -> ServiceAllowance? {
        guard isRestricted, user != 0 else { return nil }
        return ServiceAllowance(names[user] ?? [])
    }

    private static func number(of user: String) -> UInt32? {
        if let number = UInt32(user) { return number }
        var record = passwd()
        var found: UnsafeMutablePointer<passwd>?
        var buffer = [CChar](repeating: 0, count: 16384)
        getpwnam_r(user, &record, &buffer, buffer.count, &found)
        return found == nil ? nil : record.pw_uid
    }
}
