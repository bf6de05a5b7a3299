import Glibc
import LogConfiguration
import LogModel
import LogSinks
import LogStore

/// Sends one record through the daemon and looks for it in every place where it should arrive.
struct Examination {
    private let session: Session
    private var found: Findings

    /// `traceID` is the probe's, and no other record's.
    init(session: Session, traceID: String) {
        self.session = session
        found = Findings(
            configuration: session.configuration, traceID: traceID, status: Examination.status(session))
    }

    /// An id that no other record has.
    static func newTraceID() -> String {
        "doctor-" + String(UInt64.random(in: .min ... .max), radix: 16)
    }

    consuming func run() -> Findings {
        found.refusal = LogConnection(path: session.configuration.intake.socket).sendSafely(probe)
        guard found.refusal == nil else { return found }
        found.text = look(in: .text, for: "(trace_id=\(found.traceID))")
        found.errors = look(in: .errors, for: "\"trace_id\":\"\(found.traceID)\"")
        if found.reachesStore { found.store = lookInStore() }
        if found.reachesJournal { found.journal = lookInJournal() }
        found.alertTest = try? session.admin.call("POST", "/v1/alerts/test")
        var trace = TraceSearch(session: session, traceID: found.traceID)
        trace.read()
        found.timelineEntries = trace.timeline.entries().count
        return found
    }

    private static func status(_ session: Session) -> Result<JSONValue, AdminFailure> {
        do throws(AdminFailure) {
            let answer = try session.admin.call("GET", "/v1/status")
            guard answer.status == 200, let status = JSONValue(answer.body) else {
                throw .malformed(path: session.configuration.admin.socket)
            }
            return .success(status)
        } catch {
            return .failure(error)
        }
    }

    private var probe: [UInt8] {
        Array(
            """
            {"level":"ERROR","service":"\(Probe.service)","logger":"hantu.doctor","module":"doctor",\
            "function":"run","message":"hantu logd doctor 점검","error_type":"DoctorTest","trace_id":"\(found.traceID)",\
            "stack_trace":"DoctorTest: 점검용 기록이며 실제 에러가 아닙니다"}
            """.utf8)
    }

    private func look(in kind: DailyFileKind, for needle: String) -> Findings.InFiles {
        let log = DailyLog(
            directory: session.configuration.files.directory, kind: kind, zone: session.zone)
        var problems = ReadProblems()
        var path: String?
        do throws(PlainFile.Failure) {
            for file in try log.files().suffix(3).map(log.path(of:)) {
                FileSearch(needles: [Array(needle.utf8)]).forEach(in: file, &problems) { _ in path = file }
            }
        } catch { problems.unreadable.append("\(log.path): \(error.reason)") }
        return Findings.InFiles(path: path, problem: problems.unreadable.first)
    }

    private func lookInStore() -> Findings.InStore {
        // A flush that isn't complete is no proof: the row is.
        _ = try? session.admin.call("POST", "/v1/flush")
        guard let database = try? session.store(.change) else { return .unusable }
        do throws(StoreError) {
            var query = StoreQuery()
            query.traceID = found.traceID
            let rows = try database.records(matching: query).map(\.row)
            guard let row = rows.first else { return .missing }
            // It is nobody's open problem.
            _ = try database.resolve(rows, note: "hantu logd doctor")
            return .row(row)
        } catch {
            return .failed("\(error)")
        }
    }

    private func lookInJournal() -> Findings.InJournal {
        guard access("/run/systemd/journal/socket", F_OK) == 0 else { return .absent }
        return .answered(JournalSearch.TraceName(found.traceID).map(JournalSearch.look) ?? .unreadable)
    }
}
