/// A Postgres URL, as services share it in `DATABASE_URL` (contract sections 5 and 9).
///
/// Takes `postgres://`, `postgresql://` and SQLAlchemy's `postgresql+driver://`. A password may hold characters
/// that a URL should have escaped, as SQLAlchemy allows. The password never stands in a description or a fault.
package struct StoreURL: Sendable, Equatable {
    package struct Host: Sendable, Equatable {
        /// A name, an address (IPv6 without brackets), or a socket's directory; empty for the default.
        package var name: String
        package var port: UInt16?
    }

    package struct Parameter: Sendable, Equatable {
        package var name: String
        package var value: String
    }

    package var user: String?
    package var password: String?
    package var hosts: [Host]
    package var database: String?
    /// In the order given, decoded.
    package var parameters: [Parameter]

    /// Why a text is no such URL.
    package enum Fault: Error, Sendable, Equatable {
        /// No `scheme://` at its beginning.
        case noScheme
        /// Another database's; the scheme.
        case unknownScheme(String)
        /// A port that is no number of 1 to 65535.
        case badPort
        /// An IPv6 address without its closing bracket.
        case badHost

        package var reason: String {
            switch self {
            case .noScheme: "no postgres://, postgresql:// or postgresql+driver:// at its beginning"
            case .unknownScheme(let scheme): "\(scheme):// is not Postgres"
            case .badPort: "its port is no number of 1 to 65535"
            case .badHost: "its host has an opening [ without a ]"
            }
        }
    }

    package init(_ text: String) throws(Fault) {
        guard let (scheme, rest) = StoreURL.split(Array(text.utf8), at: "://") else { throw .noScheme }
        let name = String(decoding: scheme, as: UTF8.self).lowercased()
        guard
            name == "postgres" || name == "postgresql" || name.hasPrefix("postgresql+")
                || name.hasPrefix("postgres+")
        else { throw .unknownScheme(name) }

        let (credentials, place) = StoreURL.splitCredentials(rest)
        if let credentials {
            let parts = StoreURL.split(credentials, at: ":")
            user = StoreURL.decoded(parts?.0 ?? credentials)
            password = (parts?.1).map(StoreURL.decoded)
        }
        let (location, query) = StoreURL.split(place, at: "?") ?? (place, [])
        let (authority, path) = StoreURL.split(location, at: "/") ?? (location, [])
        hosts = []
        for host in authority.split(separator: UInt8(ascii: ",")) {
            hosts.append(try StoreURL.host(host))
        }
        database = path.isEmpty ? nil : StoreURL.decoded(path)
        parameters = query.split(separator: UInt8(ascii: "&")).map { pair in
            let parts = StoreURL.split(pair, at: "=") ?? (pair, [])
            return Parameter(
                name: StoreURL.decoded(parts.0), value: StoreURL.decoded(parts.1))
        }
    }
}

extension StoreURL {
    private typealias Bytes = ArraySlice<UInt8>

    private static func split(_ bytes: some Collection<UInt8>, at separator: StaticString) -> (Bytes, Bytes)?
    {
        let bytes = ArraySlice(bytes)
        let count = separator.utf8CodeUnitCount
        let mark = UnsafeBufferPointer(start: separator.utf8Start, count: count)
        var index = bytes.startIndex
        while index + count <= bytes.endIndex {
            if bytes[index..<index + count].elementsEqual(mark) {
                return (bytes[..<index], bytes[(index + count)...])
            }
            index += 1
        }
        return nil
    }

    /// What stands before the host, without its `@`. The host begins behind the last `@` before the first `/` or
    /// `?`; where there is none and what looks like a port is no number, these belong to the password.
    private static func splitCredentials(_ rest: Bytes) -> (Bytes?, Bytes) {
        let authority = rest.prefix { $0 != UInt8(ascii: "/") && $0 != UInt8(ascii: "?") }
        if let at = authority.lastIndex(of: UInt8(ascii: "@")) { return (rest[..<at], rest[(at + 1)...]) }
        guard let (name, port) = split(authority, at: ":"), !name.contains(UInt8(ascii: "[")),
            !port.allSatisfy({ 0x30...0x39 ~= $0 || $0 == UInt8(ascii: ",") || $0 == UInt8(ascii: ":") }),
            let at = rest.firstIndex(of: UInt8(ascii: "@"))
        else { return (nil, rest) }
        return (rest[..<at], rest[(at + 1)...])
    }

    private static func host(_ text: Bytes) throws(Fault) -> Host {
        var name = text
        var port: Bytes?
        if text.first == UInt8(ascii: "[") {
            guard let close = text.firstIndex(of: UInt8(ascii: "]")) else { throw .badHost }
            name = text[(text.startIndex + 1)..<close]
            let rest = text[(close + 1)...]
            if !rest.isEmpty {
                guard rest.first == UInt8(ascii: ":") else { throw .badPort }
                port = rest.dropFirst()
            }
        } else if let parts = split(text, at: ":") {
            (name, port) = parts
        }
        var number: UInt16?
        if let port, !port.isEmpty {
            guard let value = UInt16(String(decoding: port, as: UTF8.self)), value > 0 else { throw .badPort }
            number = value
        }
        return Host(name: decoded(name), port: number)
    }

    /// Percent escapes decoded; a `%` that begins none stays.
    private static func decoded(_ text: Bytes) -> String {
        var bytes: [UInt8] = []
        var index = text.startIndex
        while index < text.endIndex {
            if text[index] == UInt8(ascii: "%"), index + 2 < text.endIndex,
                let high = Character(Unicode.Scalar(text[index + 1])).hexDigitValue,
                let low = Character(Unicode.Scalar(text[index + 2])).hexDigitValue
            {
                bytes.append(UInt8(high << 4 | low))
                index += 3
            } else {
                bytes.append(text[index])
                index += 1
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
