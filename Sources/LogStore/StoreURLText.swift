extension StoreURL {
    /// The URL in the form that libpq takes, with the password: only for the connection itself.
    ///
    /// Drivers' own parameters, which libpq would refuse, are left out (`ignoredParameters`); asyncpg's
    /// `ssl=require` becomes `sslmode=require`.
    package var connectionString: String {
        var text = "postgresql://"
        if let user { text += StoreURL.encoded(user) }
        if let password { text += ":" + StoreURL.encoded(password) }
        if user != nil || password != nil { text += "@" }
        text += place
        let known = libpqParameters
        if !known.isEmpty {
            text += "?" + known.map { "\($0.name)=\(StoreURL.encoded($0.value))" }.joined(separator: "&")
        }
        return text
    }

    /// Names of parameters that libpq doesn't know.
    package var ignoredParameters: [String] {
        parameters.map(\.name).filter { $0 != "ssl" && !StoreURL.libpqNames.contains($0) }
    }

    var libpqParameters: [Parameter] {
        parameters.compactMap { parameter in
            if StoreURL.libpqNames.contains(parameter.name) { return parameter }
            guard parameter.name == "ssl" else { return nil }
            switch parameter.value {
            case "true", "True", "1", "on": return Parameter(name: "sslmode", value: "require")
            case "false", "False", "0", "off": return Parameter(name: "sslmode", value: "disable")
            default: return Parameter(name: "sslmode", value: parameter.value)
            }
        }
    }

    private var place: String {
        let hosts = hosts.map { host in
            // Of libpq's separators, a colon is what an IPv6 address has, a slash a socket's directory.
            let name = host.name.contains(":") ? "[\(host.name)]" : StoreURL.encoded(host.name)
            return host.port.map { "\(name):\($0)" } ?? name
        }
        return hosts.joined(separator: ",") + (database.map { "/" + StoreURL.encoded($0) } ?? "")
    }

    private static func encoded(_ text: String) -> String {
        let hex = Array("0123456789ABCDEF".unicodeScalars)
        var out = String.UnicodeScalarView()
        for byte in text.utf8 {
            switch byte {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x5F, 0x7E:
                out.append(Unicode.Scalar(byte))
            default:
                out.append("%")
                out.append(hex[Int(byte >> 4)])
                out.append(hex[Int(byte & 15)])
            }
        }
        return String(out)
    }

    /// What a connection URI of libpq 15 may name.
    private static let libpqNames: Set<String> = [
        "application_name", "channel_binding", "client_encoding", "connect_timeout", "dbname",
        "fallback_application_name", "gssencmode", "gsslib", "host", "hostaddr", "keepalives",
        "keepalives_count", "keepalives_idle", "keepalives_interval", "krbsrvname", "options", "passfile",
        "password", "port", "replication", "requirepeer", "service", "ssl_max_protocol_version",
        "ssl_min_protocol_version", "sslcert", "sslcompression", "sslcrl", "sslcrldir", "sslkey", "sslmode",
        "sslpassword", "sslrootcert", "sslsni", "target_session_attrs", "tcp_user_timeout", "user",
    ]
}

extension StoreURL: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// The URL without password and without parameters, which may hold one.
    package var description: String {
        let credentials = user.map { StoreURL.encoded($0) + (password == nil ? "@" : ":***@") }
        return "postgresql://\(credentials ?? (password == nil ? "" : ":***@"))\(place)"
    }

    package var debugDescription: String { description }

    package var customMirror: Mirror { Mirror(self, children: ["url": description]) }
}
