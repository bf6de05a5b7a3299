import Glibc
import LogConfiguration
import LogModel
import LogSpool
import LogStore

/// The table `error_logs` as `hantu logs migrate` finds it, and makes it where it is missing.
struct TablePreparation {
    enum State: String { case off, missing, incomplete, ready, unusable, unreachable }

    private(set) var state = State.off
    /// What is missing, or why it can't be used.
    private(set) var detail: [String] = []
    private var make: (() throws(StoreError) -> Void)?

    /// Looks at the store of this configuration.
    init(_ session: Session) {
        let configuration = session.configuration
        let spool = configuration.spool.directory
        guard configuration.store.enabled else { return }
        let location: StoreLocation
        do throws(StoreURL.Fault) {
            location = try StoreLocation(url: configuration.store.url, spoolDirectory: spool)
        } catch {
            (state, detail) = (.unusable, ["\(error)"])
            return
        }
        let clock = CommandClock()
        do throws(StoreError) {
            switch location {
            case .postgres(let url):
                let store = PostgresStore(url: url, access: .own, zone: session.zone, clock: clock)
                let plan = try store.plan()
                make = { () throws(StoreError) in try store.prepare() }
                guard plan.unusable.isEmpty else {
                    (state, detail) = (.unusable, plan.unusable)
                    return
                }
                state = !plan.exists ? .missing : plan.missing.isEmpty ? .ready : .incomplete
                detail = plan.missing
            case .embedded(let path):
                make = { () throws(StoreError) in try TablePreparation.makeEmbedded(path, clock) }
                try EmbeddedStore(path: path, access: .read, clock: clock).prepare()
                state = .ready
            }
        } catch {
            switch error {
            case .absent: state = .missing
            default: (state, detail) = (.unreachable, ["\(error)"])
            }
        }
    }

    /// Makes what is missing; exits 1 where the table can't be used or reached.
    mutating func apply() throws {
        switch state {
        case .off, .ready: return
        case .missing, .incomplete:
            guard let make else { return }
            let made = state == .missing
            try ask(make)
            Report.success(made ? "error_logs 테이블을 만들었습니다" : "error_logs 테이블을 보완했습니다")
            (state, detail) = (.ready, [])
        case .unusable, .unreachable: break
        }
    }

    var isBroken: Bool { state == .unusable || state == .unreachable }

    /// For people.
    var text: String {
        switch state {
        case .off: "에러 저장소가 꺼져 있습니다 (store.enabled)"
        case .ready: "error_logs 테이블을 그대로 쓸 수 있습니다"
        case .missing: "error_logs 테이블을 만듭니다"
        case .incomplete: "error_logs 테이블을 보완합니다: \(detail.joined(separator: ", "))"
        case .unusable: "error_logs 테이블을 쓸 수 없습니다: \(detail.joined(separator: "; "))"
        case .unreachable: "에러 저장소에 연결할 수 없습니다: \(detail.joined(separator: "; "))"
        }
    }

    /// Makes `errors.db`; made by root, it still belongs to whoever owns the directory.
    private static func makeEmbedded(_ path: String, _ clock: CommandClock) throws(StoreError) {
        let store = EmbeddedStore(path: path, access: .own, clock: clock)
        try store.prepare()
        var owner = stat()
        if geteuid() == 0, let slash = path.lastIndex(of: "/"), stat(String(path[..<slash]), &owner) == 0 {
            for suffix in ["", "-wal", "-shm"] { lchown(path + suffix, owner.st_uid, owner.st_gid) }
        }
        store.close()
    }
}
