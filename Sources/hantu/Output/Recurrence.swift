import LogModel
import LogStore

/// Which errors came back after somebody had resolved them.
struct Recurrence {
    /// What is said of them.
    static let mark = "다시 발생"

    /// Fingerprints of which rows were resolved, and when the first of those was.
    private let firstResolved: [String: Timestamp]

    init(of rows: [StoredRecord], in store: any ErrorStore) throws(StoreError) {
        let open = rows.filter { $0.resolved == nil }.compactMap(\.record.fingerprint)
        firstResolved = open.isEmpty ? [:] : try store.firstResolved(of: Set(open))
    }

    /// Of groups by fingerprint.
    init(of groups: [StoreGroup], in store: any ErrorStore) throws(StoreError) {
        let open = groups.filter { $0.unresolved > 0 }.compactMap(\.key)
        firstResolved = open.isEmpty ? [:] : try store.firstResolved(of: Set(open))
    }

    /// Whether the row is unresolved, and newer than one of its kind that was resolved.
    func isBack(_ row: StoredRecord) -> Bool {
        guard row.resolved == nil, let fingerprint = row.record.fingerprint else { return false }
        return firstResolved[fingerprint].map { row.record.timestamp > $0 } ?? false
    }

    func isBack(_ group: StoreGroup) -> Bool {
        guard group.unresolved > 0, let key = group.key else { return false }
        return firstResolved[key].map { group.lastSeen > $0 } ?? false
    }
}
