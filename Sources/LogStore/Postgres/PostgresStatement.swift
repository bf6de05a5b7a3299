/// One SQL statement with its parameters; a value never becomes part of the SQL.
struct PostgresStatement: Sendable {
    enum Parameter: Sendable, Equatable {
        case null
        /// In the text form of whatever type the statement wants.
        case text(String)
        /// An array of this element type, in Postgres's binary form.
        case array(PostgresArray)

        static func text(_ value: String?) -> Parameter { value.map { .text($0) } ?? .null }
    }

    var sql: String
    var parameters: [Parameter] = []

    init(_ sql: String, _ parameters: [Parameter] = []) {
        self.sql = sql
        self.parameters = parameters
    }
}

/// What a statement answered.
struct PostgresResult: Sendable, Equatable {
    /// Values in their text form, nil for NULL.
    var rows: [[String?]] = []
    /// Rows that the statement changed.
    var affected = 0
}

/// What went wrong with a connection or a statement.
struct PostgresFailure: Error, Equatable {
    /// Five characters of SQLSTATE; nil where the server said nothing (refused, timed out, cut off).
    var state: String?
    var message: String
}
