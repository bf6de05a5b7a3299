internal import CLibPQ
import Glibc

/// One connection to one server, for one thread at a time; no call takes longer than it was given.
///
/// libpq is used without blocking: every wait is a `poll` with what is left of the time. A connection on which
/// anything but a statement failed is of no more use. Sendable since its owner keeps it behind a lock.
final class PostgresConnection: @unchecked Sendable {
    private var connection: OpaquePointer?
    /// The server's version, for example 150018.
    let serverVersion: Int

    /// Connects with libpq's keywords (`host`, `user` and so on) within this time.
    ///
    /// Looking up a host's name is the resolver's business, and takes what that takes.
    init(_ keywords: [(name: String, value: String)], within time: Duration) throws(PostgresFailure) {
        let deadline = Deadline(time)
        let names = CStrings(keywords.map(\.name))
        let values = CStrings(keywords.map(\.value))
        let made = withExtendedLifetime((names, values)) {
            PQconnectStartParams(names.pointers, values.pointers, 0)
        }
        guard let started = made else { throw PostgresFailure(message: "out of memory") }
        _ = PQsetNoticeProcessor(started, { _, _ in }, nil)
        // So that the message of a failure has its SQLSTATE in it, which libpq gives in no other way.
        _ = PQsetErrorVerbosity(started, CInt(PQ_ERRORS_VERBOSE))
        do throws(PostgresFailure) {
            try PostgresConnection.connect(started, deadline)
        } catch {
            PostgresConnection.abandon(started)
            throw error
        }
        connection = started
        serverVersion = Int(PQserverVersion(started))
    }

    deinit { close() }

    /// Ends the connection; what is called after that fails.
    func close() {
        guard let connection else { return }
        PostgresConnection.abandon(connection)
        self.connection = nil
    }

    /// Runs these statements in one round trip and, as Postgres does it with what comes before one Sync, in one
    /// transaction: all or none. Returns an answer for each. `sent` is called when everything is under way and
    /// nothing is known to have arrived.
    func run(
        _ statements: [PostgresStatement], within time: Duration, sent: () -> Void = {}
    ) throws(PostgresFailure) -> [PostgresResult] {
        guard let connection else { throw PostgresFailure(message: "not connected") }
        let deadline = Deadline(time)
        for statement in statements { try send(statement, on: connection) }
        guard PQpipelineSync(connection) == 1 else { throw PostgresConnection.failure(of: connection) }
        var results: [PostgresResult] = []
        var failure: PostgresFailure?
        try flush(connection, deadline)
        sent()
        while true {
            try awaitResult(connection, deadline)
            guard let result = PQgetResult(connection) else {
                // nil stands between two statements' results, and at the end of a connection.
                guard !isBroken else { throw PostgresConnection.failure(of: connection) }
                continue
            }
            defer { PQclear(result) }
            switch Int(PQresultStatus(result)) {
            case PQ_PIPELINE_SYNC:
                if let failure { throw failure }
                return results
            case PQ_COMMAND_OK, PQ_TUPLES_OK:
                results.append(PostgresConnection.read(result))
            case PQ_PIPELINE_ABORTED: break
            default:
                failure = failure ?? PostgresConnection.failure(in: result)
                // Cut off: there is no Sync to wait for.
                if isBroken, let failure { throw failure }
            }
        }
    }

    /// Runs statements of which the last is a `COPY … FROM STDIN`, in one transaction, and gives it this data.
    /// Returns how many rows were taken.
    func copy(_ sql: String, _ data: [UInt8], within time: Duration, sent: () -> Void = {})
        throws(PostgresFailure) -> Int
    {
        guard let connection else { throw PostgresFailure(message: "not connected") }
        let deadline = Deadline(time)
        guard PQexitPipelineMode(connection) == 1, PQsendQuery(connection, sql) == 1 else {
            throw PostgresConnection.failure(of: connection)
        }
        var rows = 0
        var failure: PostgresFailure?
        try flush(connection, deadline)
        while true {
            try awaitResult(connection, deadline)
            guard let result = PQgetResult(connection) else { break }
            defer { PQclear(result) }
            switch Int(PQresultStatus(result)) {
            case PQ_COPY_IN:
                try put(data, on: connection, deadline)
                sent()
            case PQ_COMMAND_OK, PQ_TUPLES_OK: rows = PostgresConnection.read(result).affected
            default: failure = failure ?? PostgresConnection.failure(in: result)
            }
        }
        if let failure, isBroken { throw failure }
        guard !isBroken, PQenterPipelineMode(connection) == 1 else {
            throw PostgresConnection.failure(of: connection)
        }
        if let failure { throw failure }
        return rows
    }

    private func put(_ data: [UInt8], on connection: OpaquePointer, _ deadline: Deadline)
        throws(PostgresFailure)
    {
        let piece = 131_072
        for start in stride(from: 0, to: data.count, by: piece) {
            let taken = data.withUnsafeBytes { bytes in
                PQputCopyData(
                    connection, bytes.baseAddress?.advanced(by: start).assumingMemoryBound(to: CChar.self),
                    CInt(min(piece, data.count - start)))
            }
            guard taken == 1 else { throw PostgresConnection.failure(of: connection) }
            try flush(connection, deadline)
        }
        guard PQputCopyEnd(connection, nil) == 1 else { throw PostgresConnection.failure(of: connection) }
        try flush(connection, deadline)
    }

    private func send(_ statement: PostgresStatement, on connection: OpaquePointer) throws(PostgresFailure) {
        let parameters = PostgresParameters(statement.parameters)
        let sent = parameters.withPointers { values in
            PQsendQueryParams(
                connection, statement.sql, CInt(statement.parameters.count), parameters.types, values,
                parameters.lengths, parameters.formats, 0)
        }
        guard sent == 1 else { throw PostgresConnection.failure(of: connection) }
    }

    private var isBroken: Bool { Int(PQstatus(connection)) == PQ_CONNECTION_BAD }

    /// Sends everything, and takes what the server says meanwhile, since it may not read on before.
    private func flush(_ connection: OpaquePointer, _ deadline: Deadline) throws(PostgresFailure) {
        while true {
            let left = PQflush(connection)
            guard left >= 0 else { throw PostgresConnection.failure(of: connection) }
            guard left > 0 else { return }
            let ready = try PostgresConnection.wait(PQsocket(connection), POLLIN | POLLOUT, deadline)
            if ready & ~Int16(POLLOUT) != 0 { try consume(connection) }
        }
    }

    /// Waits until a result can be taken without waiting.
    private func awaitResult(_ connection: OpaquePointer, _ deadline: Deadline) throws(PostgresFailure) {
        while PQisBusy(connection) != 0 {
            _ = try PostgresConnection.wait(PQsocket(connection), POLLIN, deadline)
            try consume(connection)
        }
    }

    private func consume(_ connection: OpaquePointer) throws(PostgresFailure) {
        guard PQconsumeInput(connection) == 1 else { throw PostgresConnection.failure(of: connection) }
    }
}

extension PostgresConnection {
    private static func connect(_ connection: OpaquePointer, _ deadline: Deadline) throws(PostgresFailure) {
        guard Int(PQstatus(connection)) != PQ_CONNECTION_BAD else {
            throw failure(of: connection)
        }
        var next = PQ_POLLING_WRITING
        while next != PQ_POLLING_OK {
            guard next != PQ_POLLING_FAILED else { throw failure(of: connection) }
            let isReading = next == PQ_POLLING_READING
            _ = try wait(PQsocket(connection), isReading ? POLLIN : POLLOUT, deadline)
            next = Int(PQconnectPoll(connection))
        }
        guard PQsetnonblocking(connection, 1) == 0, PQenterPipelineMode(connection) == 1 else {
            throw failure(of: connection)
        }
    }

    private static func wait(_ socket: CInt, _ events: CInt, _ deadline: Deadline) throws(PostgresFailure)
        -> Int16
    {
        var entry = pollfd(fd: socket, events: Int16(events), revents: 0)
        while true {
            let left = deadline.milliseconds
            guard left > 0 else { throw PostgresFailure(message: "no answer for \(deadline.time)") }
            let ready = poll(&entry, 1, left)
            if ready > 0 { return entry.revents }
            guard ready == 0 || errno == EINTR else {
                throw PostgresFailure(message: String(cString: strerror(errno)))
            }
        }
    }

    /// Ends a connection without a word to a server that may hang.
    private static func abandon(_ connection: OpaquePointer) {
        let descriptor = PQsocket(connection)
        if descriptor >= 0 { shutdown(descriptor, CInt(SHUT_RDWR)) }
        PQfinish(connection)
    }

    private static func failure(of connection: OpaquePointer) -> PostgresFailure {
        PostgresFailure(verbose: String(cString: PQerrorMessage(connection)))
    }

    private static func failure(in result: OpaquePointer) -> PostgresFailure {
        func field(_ code: CInt) -> String? {
            PQresultErrorField(result, code).map { String(cString: $0) }
        }
        guard let state = field(CInt(PQ_FIELD_SQLSTATE)),
            var message = field(CInt(PQ_FIELD_MESSAGE))
        else { return PostgresFailure(verbose: String(cString: PQresultErrorMessage(result))) }
        if let constraint = field(CInt(PQ_FIELD_CONSTRAINT)), !message.contains(constraint) {
            message += " (constraint \(constraint))"
        }
        return PostgresFailure(state: state, message: message)
    }

    private static func read(_ result: OpaquePointer) -> PostgresResult {
        let columns = PQnfields(result)
        let rows = (0..<PQntuples(result)).map { row in
            (0..<columns).map { column -> String? in
                guard PQgetisnull(result, row, column) == 0, let start = PQgetvalue(result, row, column)
                else {
                    return nil
                }
                let bytes = UnsafeRawBufferPointer(start: start, count: Int(PQgetlength(result, row, column)))
                return String(decoding: bytes, as: UTF8.self)
            }
        }
        let affected = PQcmdTuples(result).flatMap { Int(String(cString: $0)) } ?? 0
        return PostgresResult(rows: rows, affected: affected)
    }
}
