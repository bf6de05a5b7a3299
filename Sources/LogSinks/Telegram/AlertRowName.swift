/// What a row of a gate's state is about.
enum AlertRowName: Hashable, Sendable {
    case pace, sending
    case waiting(Int)
    case cooldown(String)
    case trouble(String)
    case digest(AlertKind)
    case digestEntry(AlertKind, String)

    /// As it is stored.
    var text: String {
        switch self {
        case .pace: "pace"
        case .sending: "sending"
        case .waiting(let number): "waiting \(number)"
        case .cooldown(let key): "cooldown \(key)"
        case .trouble(let name): "trouble \(name)"
        case .digest(let kind): "digest \(kind.rawValue)"
        case .digestEntry(let kind, let key): "digest \(kind.rawValue) \(key)"
        }
    }

    init?(text: String) {
        let words = text.split(separator: " ", maxSplits: 1).map(String.init)
        switch (words.first, words.dropFirst().first) {
        case ("pace", nil): self = .pace
        case ("sending", nil): self = .sending
        case ("waiting", let number?):
            guard let number = Int(number) else { return nil }
            self = .waiting(number)
        case ("cooldown", let key?): self = .cooldown(key)
        case ("trouble", let name?): self = .trouble(name)
        case ("digest", let rest?):
            let parts = rest.split(separator: " ", maxSplits: 1).map(String.init)
            guard let kind = parts.first.flatMap(AlertKind.init(rawValue:)) else { return nil }
            self = parts.count == 1 ? .digest(kind) : .digestEntry(kind, parts[1])
        default: return nil
        }
    }
}
