import LogModel
import LogSinks
import LogSpool
import Logging

/// Error lines that their file refused: the spool keeps them, so that they come into it whatever ends the daemon
/// meanwhile (contract section 3).
extension Spooling {
    /// Blocks until it is committed. Where that fails nothing is lost but by an end of the daemon: the file's
    /// writer has the lines too, and who waits for their acknowledgement waits for the spool as well.
    func owe(_ lines: UnsafeBufferPointer<UInt8>, of day: CivilDate) {
        do { try spool.owe(lines, of: day) } catch { tell(error) }
    }

    /// Every file has what it was owed.
    func settleOwed(through number: Int64 = .max) {
        do { try spool.settleOwed(through: number) } catch { tell(error) }
    }

    /// Hands the files what an earlier daemon owed them; what is refused is owed anew.
    func payOwed(to files: DailyFileWriter) {
        let owed: [OwedLines]
        do { owed = try spool.owedLines() } catch { return tell(error) }
        guard let last = owed.last?.number else { return }
        for entry in owed {
            var bytes = OutputBuffer(capacity: entry.bytes.count)
            entry.bytes.withUnsafeBufferPointer { bytes.append($0) }
            let records = entry.bytes.count { $0 == 0x0A }
            files.submit(FileChunk(kind: .errors, day: entry.day, bytes: bytes, records: records))
        }
        files.flush { self.settleOwed(through: last) }
    }

    /// No state of its own: what keeps this from working keeps the records out of the spool, and that is told.
    private func tell(_ error: SpoolError) { events.log.error("error lines owed to their file: \(error)") }
}
