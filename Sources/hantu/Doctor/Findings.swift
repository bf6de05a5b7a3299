import LogConfiguration

/// What the doctor saw, before anything is concluded from it.
struct Findings {
    /// Where a line of a daily file with the probe was looked for.
    struct InFiles {
        /// The file that has it; nil where none has.
        var path: String?
        /// Why a file or the directory couldn't be read.
        var problem: String?
    }

    enum InStore {
        case row(Int64)
        case missing
        /// `store.url` names no database.
        case unusable
        case failed(String)
    }

    enum InJournal {
        /// This host has no journald.
        case absent
        case answered(JournalSearch.Answer)
    }

    var configuration: Configuration
    var traceID: String
    /// What `/v1/status` answered.
    var status: Result<JSONValue, AdminFailure>
    /// Why the daemon didn't take the probe; where it didn't, nothing else was looked at.
    var refusal: String?

    var text = InFiles()
    var errors = InFiles()
    /// nil where the configuration sends no probe there, as for the journal.
    var store: InStore?
    var journal: InJournal?
    /// What `/v1/alerts/test` answered; nil where it didn't.
    var alertTest: AdminAnswer?
    /// How often the timeline of the probe's trace has it.
    var timelineEntries = 0
}
