/// What the daemon says (contract section 3), as far as it matters here.
enum DaemonAnswer: Equatable {
    /// The first N records of this connection are safe.
    case acknowledged(Int)
    case greeting
    /// A daemon that was started again kept the connection: it counts from the next empty line.
    case resumed
    case other

    /// The daemon writes its answers without blanks; another, or one of later, may not.
    init(_ line: some Collection<UInt8>) {
        let text = String(decoding: line.filter { $0 != UInt8(ascii: " ") }, as: UTF8.self)
        if let number = Self.number(behind: "\"acked\":", in: text) {
            self = .acknowledged(number)
        } else if text.contains("\"resumed\":true") {
            self = .resumed
        } else {
            self = text.contains("\"server\":") ? .greeting : .other
        }
    }

    private static func number(behind key: String, in text: String) -> Int? {
        guard let at = text.firstRange(of: key) else { return nil }
        return Int(text[at.upperBound...].prefix { $0.isNumber })
    }
}
