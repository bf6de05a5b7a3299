import ArgumentParser
import Glibc
import LogModel

struct DoctorCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor",
        abstract: "Sends a test record down every path, and says which of them work.",
        discussion: """
            ✅ works, ⭕ is not set up, ❌ doesn't work, with what helps; exits 1 with any ❌. The test record is an
            ERROR of the service hantu-doctor: it stays in the files and, marked as resolved, in the error store,
            and where Telegram is set up its chats get a test message. With --json: {ok, checks: [{name, result, detail, help}]}.

              sudo hantu logd doctor
            """)

    @OptionGroup var common: CommonOptions

    func run() throws {
        let session = try common.session()
        let found = Examination(session: session, traceID: Examination.newTraceID()).run()
        let report = DoctorReport(checks: Diagnosis(found).checks)
        let output = Output()
        output.append { out in
            if common.json {
                report.appendJSON(to: &out)
            } else {
                report.append(to: &out, style: session.style)
            }
        }
        output.flush()
        guard report.isWell else { throw ExitCode(1) }
    }
}
