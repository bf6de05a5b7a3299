/// How long Postgres may take.
package struct PostgresPatience: Sendable {
    /// For a connection, unless the URL has a `connect_timeout`.
    package var connecting = Duration.seconds(5)
    /// For a statement; after that the server ends it, or else the connection is given up.
    package var statement = Duration.seconds(10)
    /// For a migration, which may have indexes to make.
    package var migration = Duration.seconds(600)

    package init() {}

    /// How much longer than the server itself to wait for its answer.
    static let grace = Duration.seconds(2)
}

/// Makes connections, and runs statements with their time limit on the server's side too.
struct PostgresLink: Sendable {
    let url: StoreURL
    let applicationName: String
    var patience = PostgresPatience()

    /// Connects to the first of the URL's hosts that answers.
    func connect() throws(PostgresFailure) -> PostgresConnection {
        var failure: PostgresFailure?
        for host in url.hosts.isEmpty ? [nil] : url.hosts.map(Optional.some) {
            do throws(PostgresFailure) {
                return try PostgresConnection(keywords(host), within: connectTime)
            } catch {
                // What a server said says more than that another one is silent.
                if failure?.state == nil { failure = error }
            }
        }
        throw redacted(failure ?? PostgresFailure(message: "no host"))
    }

    /// Runs statements in one round trip and transaction. The limit is set for the transaction only, so that it
    /// holds behind pgbouncer too and stays with nobody else.
    func run(
        _ statements: [PostgresStatement], on connection: PostgresConnection, within time: Duration? = nil,
        sent: () -> Void = {}
    ) throws(PostgresFailure) -> [PostgresResult] {
        let time = time ?? patience.statement
        do throws(PostgresFailure) {
            let limits = PostgresStatement(PostgresLink.limits, [.text(String(milliseconds(time)))])
            let results = try connection.run(
                [limits] + statements, within: time + PostgresPatience.grace, sent: sent)
            return Array(results.dropFirst())
        } catch { throw redacted(error) }
    }

    /// Gives a COPY its data, in a transaction of its own.
    func copy(
        _ command: String, _ data: [UInt8], on connection: PostgresConnection, sent: () -> Void
    ) throws(PostgresFailure) -> Int {
        // No parameters here: this is the protocol's way of several statements in one message.
        let limits = PostgresLink.limits.split(separator: "$1").joined(
            separator: "'\(milliseconds(patience.statement))'")
        do throws(PostgresFailure) {
            return try connection.copy(
                limits + "; " + command, data, within: patience.statement + PostgresPatience.grace, sent: sent
            )
        } catch { throw redacted(error) }
    }

    private func milliseconds(_ time: Duration) -> Int64 {
        let (seconds, attoseconds) = time.components
        return seconds * 1000 + attoseconds / 1_000_000_000_000_000
    }

    /// Whoever has turned synchronous commits off for everything else wouldn't want to lose errors by it.
    private static let limits = """
        SELECT set_config('statement_timeout', $1, true),
            CASE WHEN current_setting('synchronous_commit') = 'off'
                THEN set_config('synchronous_commit', 'local', true) END
        """

    private var connectTime: Duration {
        guard
            let given = url.parameters.last(where: { $0.name == "connect_timeout" }).flatMap({ Int($0.value) }
            ),
            given > 0
        else { return patience.connecting }
        return .seconds(min(given, 600))
    }

    private func keywords(_ host: StoreURL.Host?) -> [(name: String, value: String)] {
        // GSSAPI costs each connection a look for tickets and some memory; a URL may ask for it.
        var words = [
            ("gssencmode", "disable"), ("keepalives_idle", "30"), ("keepalives_interval", "10"),
            ("keepalives_count", "3"), ("tcp_user_timeout", "15000"),
        ]
        if let host, !host.name.isEmpty { words.append(("host", host.name)) }
        if let port = host?.port { words.append(("port", String(port))) }
        if let user = url.user { words.append(("user", user)) }
        if let password = url.password { words.append(("password", password)) }
        if let database = url.database, !database.isEmpty { words.append(("dbname", database)) }
        words += url.libpqParameters.map { ($0.name, $0.value) }
        // A word that comes twice counts as it comes last.
        words += [("application_name", applicationName), ("client_encoding", "UTF8")]
        return words.map { (name: $0.0, value: $0.1) }
    }

    /// Neither libpq nor the server repeats a password; should one ever, it goes no further.
    private func redacted(_ failure: PostgresFailure) -> PostgresFailure {
        let secrets = [url.password] + url.parameters.filter { $0.name.hasSuffix("password") }.map(\.value)
        var failure = failure
        for case .some(let secret) in secrets where secret.utf8.count > 2 {
            failure.message = failure.message.split(separator: secret, omittingEmptySubsequences: false)
                .joined(separator: "***")
        }
        return failure
    }
}
