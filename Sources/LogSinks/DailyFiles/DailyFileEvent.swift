package import LogModel

/// What happened to a daily file that the state, an alert or a counter should tell (contract section 7).
package enum DailyFileEvent: Sendable, Equatable {
    /// Files of this kind can't be written; their lines go to stderr until `recovered`.
    case failing(DailyFileKind, SystemCallError, since: Timestamp)
    /// The same because the disk or the quota is full, also after the emergency clean-up.
    case diskFull(DailyFileKind, since: Timestamp)
    /// All files of this kind can be written again.
    case recovered(DailyFileKind)
    /// This many lines went to stderr; of these, the last `keptForLater` will be in their file too.
    case toStandardError(DailyFileKind, records: Int, keptForLater: Int)
    /// The file ended in half a line, which now has a line of its own.
    case tornLine(DailyFileKind, CivilDate)
    /// Somebody removed or replaced the file; a new one was begun.
    case replaced(DailyFileKind, CivilDate)
    /// So many lines that waited for their file had to go, the oldest first or all of them at the end: they are on
    /// stderr and in the spool only.
    case backlogDropped(DailyFileKind, records: Int)
}
