import LogModel
import LogStore
import LogTesting
import Testing

struct StoreLocationTests {
    @Test func aDatabaseThatIsNotThereIsUnreachable() throws {
        let location = try StoreLocation(
            url: "postgres://u:hunter2@127.0.0.1:1/db", spoolDirectory: "/none")
        let store = location.store(access: .own, zone: .utc, clock: ManualClock())
        #expect {
            try store.prepare()
        } throws: { error in
            guard case .unreachable(let reason) = error as? StoreError else { return false }
            return reason.contains("refused") && !reason.contains("hunter2")
        }
    }

    @Test func theEmbeddedStoreLiesBesideTheSpool() throws {
        let directory = try TemporaryDirectory()
        let location = try StoreLocation(url: "", spoolDirectory: directory.path)
        let store = location.store(access: .own, zone: .utc, clock: ManualClock())
        _ = try store.insert([ErrorStoreContract.sample(1)])
        let reader = EmbeddedStore(
            path: directory.file("errors.db"), access: .read, clock: ManualClock())
        #expect(try reader.count() == 1)
    }
}

struct RecordReferenceTests {
    private static let references: [(String, Int64?, String?)] = [
        ("17", 17, nil), ("1234", 1234, "1234"), ("0190ABcd0000", nil, "0190abcd-0000"),
        ("0190abcd-0000-7000-8000-000000000000", nil, "0190abcd-0000-7000-8000-000000000000"),
        ("99999999999999999999", nil, "99999999-9999-9999-9999"),
    ]

    @Test(arguments: references)
    func isARowOrTheBeginningOfAnEvent(_ text: String, _ row: Int64?, _ prefix: String?) throws {
        let reference = try #require(RecordReference(text))
        #expect(reference.row == row)
        #expect(reference.eventPrefix == prefix)
    }

    @Test(arguments: [
        "", "abc", "12x4", "-5", "%", "0190abcd-0000-7000-8000-0000000000000", "0190 abcd", "----",
    ])
    func whatIsNeitherNamesNothing(_ text: String) { #expect(RecordReference(text) == nil) }
}
