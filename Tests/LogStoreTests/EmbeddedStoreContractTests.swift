import LogStore
import LogTesting
import Testing

struct EmbeddedStoreContractTests {
    @Test(arguments: ErrorStoreContract.checks)
    func theEmbeddedStoreKeepsTheContract(_ check: ErrorStoreContract.Check) throws {
        let directory = try TemporaryDirectory()
        let clock = ManualClock()
        let store = EmbeddedStore(path: directory.file("errors.db"), access: .own, clock: clock)
        defer { store.close() }
        try check.run(store, clock)
    }
}
