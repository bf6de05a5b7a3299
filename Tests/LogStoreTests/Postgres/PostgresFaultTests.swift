import LogModel
import LogTesting
import Testing

@testable import LogStore

/// What each SQLSTATE means for the records, without a server.
struct PostgresFaultTests {
    @Test(arguments: [
        nil, "08006", "57P01", "57P03", "57014", "53100", "53300", "40001", "40P01", "25006", "55P03",
        "58030",
        "XX000",
    ])
    func theServersTroubleIsRetried(_ state: String?) {
        let failure = PostgresFailure(state: state, message: "m")
        #expect(!failure.isTheRowsFault)
        if case .unreachable = failure.storeError {} else { Issue.record("\(failure.storeError)") }
    }

    @Test(arguments: ["22001", "22P02", "22P05", "23502", "23505", "23514", "44000", "54000", "P0001"])
    func theRowsTroubleIsTheRows(_ state: String) {
        #expect(PostgresFailure(state: state, message: "m").isTheRowsFault)
    }

    @Test(arguments: ["28P01", "28000", "3D000", "3F000", "42501", "42P01", "42703", "2200H", "0A000"])
    func theRestIsForAnOperator(_ state: String) {
        let failure = PostgresFailure(state: state, message: "m")
        #expect(!failure.isTheRowsFault)
        #expect(failure.storeError == .misconfigured("m (SQLSTATE \(state))"))
    }

    @Test func theCodeOfAFailedConnectionIsFound() {
        let failure = PostgresFailure(
            verbose: """
                connection to server at "127.0.0.1", port 5432 failed: FATAL:  28P01: password authentication failed
                LOCATION:  auth_failed, auth.c:338
                """)
        #expect(failure.state == "28P01")
        #expect(failure.reason.hasSuffix("FATAL:  28P01: password authentication failed"))
        let refused = PostgresFailure(
            verbose: """
                connection to server at "::1", port 1 failed: Connection refused
                \tIs the server running on that host and accepting TCP/IP connections?
                """)
        #expect(refused.state == nil)
        #expect(PostgresFailure(verbose: "\n").message == "the connection was lost")
    }

    @Test func aLongMessageIsCut() {
        let failure = PostgresFailure(state: "22P02", message: String(repeating: "가", count: 5000))
        #expect(failure.reason.count < 530)
    }

    @Test func aHostThatIsNotThereIsPassedOver() throws {
        let server = try PostgresServer.shared()
        let hosts = "127.0.0.1:1,\(server.directory.replacing("/", with: "%2F"))"
        let store = PostgresStore(
            url: try StoreURL("postgresql://hantu@\(hosts)/postgres?options=-csearch_path%3Dnowhere"),
            access: .read, zone: .utc, clock: ManualClock())
        #expect(throws: StoreError.absent("Postgres (error_logs)")) { try store.count() }
    }
}
