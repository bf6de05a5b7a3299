import Glibc

/// The trace that the running task belongs to (contract section 12): 1 to 64 of `A-Z a-z 0-9 _ -`.
public enum TraceID {
    /// Of this task; records are sent with it. Child tasks inherit it.
    @TaskLocal public static var current: String?

    /// A new one: eight hex digits.
    public static func make() -> String {
        let hex = String(UInt32.random(in: .min ... .max), radix: 16)
        return String(repeating: "0", count: 8 - hex.count) + hex
    }
}

/// Runs `body` as one trace.
public func withTraceID<Result, Failure: Error>(
    _ id: String = TraceID.make(), _ body: () throws(Failure) -> Result
) throws(Failure) -> Result {
    let result = TraceID.$current.withValue(id) {
        () -> Swift.Result<Result, Failure> in
        do throws(Failure) { return .success(try body()) } catch { return .failure(error) }
    }
    return try result.get()
}

/// Runs `body` as one trace.
public func withTraceID<Result>(
    _ id: String = TraceID.make(), isolation: isolated (any Actor)? = #isolation,
    _ body: () async throws -> Result
) async rethrows -> Result {
    try await TraceID.$current.withValue(id, operation: body, isolation: isolation)
}
