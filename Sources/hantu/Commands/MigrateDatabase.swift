import ArgumentParser
import LogConfiguration
import LogModel
import LogSpool
import LogStore

/// The database's part of `hantu logs migrate`: the table, then the embedded store's rows.
struct MigrateDatabase {
    let session: Session
    let json: Bool

    func run(applying: Bool) throws {
        let spool = session.configuration.spool.directory
        guard
            case .postgres(let url)? = try? StoreLocation(
                url: session.configuration.store.url, spoolDirectory: spool)
        else {
            Report.failure("store.url에 Postgres 주소가 없습니다: 옮길 곳이 없습니다")
            throw ExitCode(1)
        }
        let clock = CommandClock()
        let source = EmbeddedStore(path: spool + "/errors.db", access: .read, clock: clock)
        // Whoever says --apply wants it, whatever the daemon is allowed to do by itself.
        let target = PostgresStore(url: url, access: .own, zone: session.zone, clock: clock)
        let transfer = StoreTransfer(from: source, to: target)
        let plan = try ask { () throws(StoreError) in try target.plan() }
        let waiting = try ask { () throws(StoreError) in try transfer.waiting() }
        guard plan.unusable.isEmpty else {
            Report.failure("error_logs 테이블을 쓸 수 없습니다: \(plan.unusable.joined(separator: "; "))")
            throw ExitCode(1)
        }
        guard applying else { return show(plan, waiting, nil) }
        try ask { () throws(StoreError) in try target.prepare() }
        if !plan.statements.isEmpty {
            Report.success(plan.exists ? "error_logs 테이블을 보완했습니다" : "error_logs 테이블을 만들었습니다")
        }
        let progress = Progress("이동", total: waiting) { "\($0)건" }
        defer { progress.end() }
        let count = try ask { () throws(StoreError) in try transfer.run(progress: progress.reach) }
        progress.end()
        show(plan, waiting, count)
        guard count.refused.isEmpty else { throw ExitCode(1) }
    }

    private func show(_ plan: StorePlan, _ waiting: Int, _ count: StoreTransfer.Count?) {
        let output = Output()
        output.append { out in
            if json { append(plan, waiting, count, to: &out) } else { describe(plan, waiting, count, &out) }
        }
        output.flush()
        if let count {
            Report.success("기록 \(count.moved)건을 옮겼습니다 (이미 있던 것 \(count.present)건)")
            for (row, reason) in count.refused.sorted(by: { $0.key < $1.key }) {
                Report.failure("기록 \(row)번은 데이터베이스가 거부했습니다: \(reason)")
            }
        } else {
            Report.information("계획일 뿐입니다. 실행하려면 --apply를 붙이세요")
        }
    }

    private func describe(
        _ plan: StorePlan, _ waiting: Int, _ count: StoreTransfer.Count?, _ out: inout OutputBuffer
    ) {
        guard count == nil else { return }
        if plan.statements.isEmpty {
            out.append("error_logs: 그대로 쓸 수 있습니다\n")
        } else {
            out.append(plan.exists ? "error_logs: 보완합니다\n" : "error_logs: 만듭니다\n")
            for statement in plan.statements { out.append(text: "\(statement);\n") }
        }
        out.append(text: "errors.db에서 옮길 기록: \(waiting)건\n")
    }

    private func append(
        _ plan: StorePlan, _ waiting: Int, _ count: StoreTransfer.Count?, to out: inout OutputBuffer
    ) {
        out.append(
            text: "{\"table\":\"\(!plan.exists ? "missing" : plan.missing.isEmpty ? "ready" : "incomplete")\""
        )
        out.append(",\"missing\":")
        JSONString.append(list: plan.missing, to: &out)
        out.append(",\"statements\":")
        JSONString.append(list: plan.statements, to: &out)
        out.append(text: ",\"rows\":\(waiting),\"applied\":\(count != nil)")
        if let count {
            out.append(text: ",\"moved\":\(count.moved),\"present\":\(count.present)")
            out.append(text: ",\"refused\":\(count.refused.count)")
        }
        out.append("}\n")
    }
}
