/// Why a store didn't do what it was asked to, by what the caller can do about it.
package enum StoreError: Error, Sendable, Equatable {
    /// The database can't be reached, is locked, or has no room: the same call may succeed later.
    case unreachable(String)
    /// These records, by their index, can never go in, each with the database's message; all others are in.
    case rejected([Int: String])
    /// Something that an operator must mend first: the URL, rights, a table of another make.
    case misconfigured(String)
    /// What the database holds can't be read. The next `prepare` of a store that may sets it aside.
    case damaged(String)
    /// There is no store at this place yet. Only stores that are opened to look at them say so.
    case absent(String)
}

extension StoreError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .unreachable(let reason), .misconfigured(let reason), .damaged(let reason): reason
        case .rejected(let rows):
            rows.count == 1
                ? "a record was rejected: \(rows.first?.value ?? "")" : "\(rows.count) records were rejected"
        case .absent(let place): "no error store yet at \(place)"
        }
    }
}
