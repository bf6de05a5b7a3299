import Glibc
import LogModel
import LogPipeline
import LogSinks
import LogStore
import LogTesting
import Synchronization
import Testing

struct StoreSinkTests {
    private let executor = ThreadExecutor(name: "store-test")
    private let batch = (0..<3).map { ErrorStoreContract.sample($0) }

    private func sink(_ store: ScriptedStore) -> StoreSink {
        StoreSink(store: store, executor: executor, settings: StoreConfiguration())
    }

    @Test func connectsOnceAtTheFirstDelivery() async {
        let store = ScriptedStore()
        let sink = sink(store)
        #expect(store.calls == [])
        #expect(await sink.deliver([]) == .delivered)
        #expect(store.calls == [])
        #expect(await sink.deliver(batch) == .delivered)
        #expect(await sink.deliver(batch) == .delivered)
        #expect(store.calls == ["prepare", "insert 3", "insert 3"])
    }

    @Test func checksTheTableAgainOnceTheDatabaseIsBack() async {
        let store = ScriptedStore(insertions: [nil, .unreachable("gone"), nil])
        let sink = sink(store)
        _ = await sink.deliver(batch)
        #expect(await sink.deliver(batch) == .retry(after: nil, reason: "gone"))
        #expect(await sink.deliver(batch) == .delivered)
        #expect(store.calls == ["prepare", "insert 3", "insert 3", "prepare", "insert 3"])
    }

    @Test func aStoreThatCannotBeReachedAtAllIsTriedLater() async {
        let store = ScriptedStore(preparations: [.unreachable("refused"), nil])
        let sink = sink(store)
        #expect(await sink.deliver(batch) == .retry(after: nil, reason: "refused"))
        #expect(await sink.deliver(batch) == .delivered)
        #expect(store.calls == ["prepare", "prepare", "insert 3"])
    }

    @Test func whatAnOperatorMustMendIsTriedSeldom() async {
        let failures = [StoreError?](repeating: .misconfigured("no rights"), count: 4)
        let sink = sink(ScriptedStore(preparations: failures))
        // As often as for any other failure until the alert, then seldom.
        #expect(await sink.deliver(batch) == .retry(after: nil, reason: "no rights"))
        #expect(await sink.deliver(batch) == .retry(after: nil, reason: "no rights"))
        #expect(await sink.deliver(batch) == .retry(after: .seconds(300), reason: "no rights"))
        #expect(await sink.deliver(batch) == .retry(after: .seconds(300), reason: "no rights"))
        #expect(await sink.deliver(batch) == .delivered)
    }

    @Test func rowsThatCanNeverGoInAreRejectedAlone() async {
        let store = ScriptedStore(insertions: [.rejected([1: "no"])])
        let sink = sink(store)
        #expect(await sink.deliver(batch) == .rejected([1: "no"]))
        #expect(await sink.deliver(batch) == .delivered)
        #expect(store.calls == ["prepare", "insert 3", "insert 3"])
    }

    @Test func aDamagedStoreIsPreparedAnewAtOnce() async {
        let store = ScriptedStore(insertions: [.damaged("malformed"), nil])
        #expect(await sink(store).deliver(batch) == .delivered)
        #expect(store.calls == ["prepare", "insert 3", "prepare", "insert 3"])
    }

    @Test func aStoreThatStaysDamagedIsTriedLater() async {
        let store = ScriptedStore(insertions: [.damaged("malformed"), .damaged("malformed")])
        #expect(await sink(store).deliver(batch) == .retry(after: nil, reason: "malformed"))
        #expect(store.calls.count == 4)
    }

    @Test func deletesAPartAtATime() async throws {
        let directory = try TemporaryDirectory()
        let clock = ManualClock(seconds: 1_769_916_896)
        let store = EmbeddedStore(path: directory.file("errors.db"), access: .own, clock: clock)
        let sink = StoreSink(store: store, executor: executor, settings: StoreConfiguration())
        #expect(await sink.deliver(batch) == .delivered)
        let all = Timestamp(seconds: 1_769_999_999)
        #expect(try await sink.delete(before: all, limit: 2) == 2)
        #expect(try await sink.delete(before: all, limit: 2) == 1)
        #expect(try await sink.delete(before: all, limit: 2) == 0)
    }

    @Test func keepsTheSinkContract() async throws {
        let directory = try TemporaryDirectory()
        let paths = Mutex<[ObjectIdentifier: String]>([:])
        @Sendable func path(_ sink: StoreSink) -> String {
            paths.withLock { $0[ObjectIdentifier(sink)] } ?? ""
        }
        let sinks = Mutex<[StoreSink]>([])
        var contract = SinkContract(
            makeSink: {
                let path = directory.file("store-\(paths.withLock { $0.count }).db")
                let store = EmbeddedStore(path: path, access: .own, clock: ManualClock())
                let sink = StoreSink(store: store, executor: executor, settings: StoreConfiguration())
                // Kept, so that no two have one address.
                sinks.withLock { $0.append(sink) }
                paths.withLock { $0[ObjectIdentifier(sink)] = path }
                return sink
            },
            delivered: { sink in
                let store = EmbeddedStore(path: path(sink), access: .read, clock: ManualClock())
                do {
                    return try store.records(matching: StoreQuery()).map(\.record.message)
                } catch StoreError.absent {
                    return []
                }
            })
        contract.interrupt = { sink, isReachable in
            let path = path(sink)
            if isReachable {
                rmdir(path)
                rename(path + ".away", path)
            } else {
                rename(path, path + ".away")
                mkdir(path, 0o755)
            }
        }
        #expect(await contract.violations() == [])
    }
}

/// A store that answers as it is told to, and keeps what it was asked.
private final class ScriptedStore: ErrorStore {
    private struct State {
        var preparations: [StoreError?]
        var insertions: [StoreError?]
        var calls: [String] = []
    }

    private let state: Mutex<State>

    /// What each call in turn throws; nothing where the list ends.
    init(preparations: [StoreError?] = [], insertions: [StoreError?] = []) {
        state = Mutex(State(preparations: preparations, insertions: insertions))
    }

    var calls: [String] { state.withLock { $0.calls } }

    func prepare() throws(StoreError) {
        let failure = state.withLock { state in
            state.calls.append("prepare")
            return state.preparations.isEmpty ? nil : state.preparations.removeFirst()
        }
        if let failure { throw failure }
    }

    func insert(_ records: [LogRecord]) throws(StoreError) -> InsertCount {
        let failure = state.withLock { state in
            state.calls.append("insert \(records.count)")
            return state.insertions.isEmpty ? nil : state.insertions.removeFirst()
        }
        if let failure { throw failure }
        return InsertCount(new: records.count, duplicate: 0)
    }

    func records(matching query: StoreQuery) throws(StoreError) -> [StoredRecord] { [] }
    func find(_ reference: RecordReference) throws(StoreError) -> RecordLookup { .missing }
    func resolve(_ rows: [Int64], note: String?) throws(StoreError) -> ChangeCount { ChangeCount() }
    func reopen(_ rows: [Int64]) throws(StoreError) -> ChangeCount { ChangeCount() }
    func firstResolved(of fingerprints: Set<String>) throws(StoreError) -> [String: Timestamp] { [:] }
    func statistics(
        since: Timestamp?, by grouping: StoreGrouping, zone: ZoneRules
    ) throws(StoreError) -> [StoreGroup] { [] }
    func delete(before: Timestamp, limit: Int) throws(StoreError) -> Int { 0 }
    func count() throws(StoreError) -> Int { 0 }
}
