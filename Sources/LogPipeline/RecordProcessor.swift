internal import LogMasking
package import LogModel

/// What a line turned out to be.
package enum LineOutcome: Sendable, Equatable {
    case record(Severity)
    /// A control line of the socket protocol (contract section 3), which the caller answers.
    case control
}

/// The way of a record from a line to the outputs' buffers: decode, mask, route, format.
///
/// One loop owns one processor; nothing here allocates per record, blocks or waits.
package struct RecordProcessor: ~Copyable {
    /// What doesn't change while the daemon runs.
    package struct Settings: Sendable {
        package var policy = RoutingPolicy()
        package var zone = ZoneRules.utc
        package var host = ""
        /// Whether text lines carry marks (`files.emoji`).
        package var marks = true
        /// Days that files are kept (`files.retention.days`); older timestamps go to today's file.
        package var days = 3

        package init() {}
    }

    let settings: Settings
    private let routes: Routes
    private let scanner = LineScanner()
    var fields = LineFields()
    var times: TimeReader
    var masker: Masker
    var identifiers: IdentifierSource
    package var counters = PipelineCounters()
    package var services = ServiceCounts()

    // Outputs, taken by the daemon when they are full or due.
    package var text: DayBuffers
    package var errors: DayBuffers
    package var spool = OutputBuffer(capacity: 4096)
    package var spoolCount = 0
    package var journal = OutputBuffer(capacity: 256)
    package var journalCount = 0
    package var live = LiveTap()

    // Scratch, each for one purpose.
    private var repaired = OutputBuffer()
    var decodedMessage = OutputBuffer(capacity: 1024)
    var maskedMessage = OutputBuffer(capacity: 1024)
    var decodedField = OutputBuffer(capacity: 1024)
    var maskedField = OutputBuffer(capacity: 1024)
    var traceScratch = OutputBuffer(capacity: 64)
    var json = OutputBuffer(capacity: 8192)
    var contexts = ContextBuilder()
    let heads: TextHeads
    /// The host's name as a JSON string.
    let hostJSON: OutputBuffer

    private(set) var now = Timestamp(seconds: 0)
    private var today = 0
    private var todayUntil = Int64.min
    private var todayFrom = Int64.max

    package init(_ settings: Settings, masker: consuming Masker, clock: any Clock) {
        self.settings = settings
        routes = Routes(settings.policy)
        self.masker = masker
        heads = TextHeads(marks: settings.marks)
        hostJSON = OutputBuffer(copying: ContextBuilder.quoted(settings.host))
        times = TimeReader(zone: settings.zone)
        identifiers = IdentifierSource()
        text = DayBuffers(day: 0)
        errors = DayBuffers(day: 0)
        setTime(clock.now())
    }

    /// Least severity whose records are safe without their text line, since the error file has them (contract section 3).
    package var safeWithoutText: Severity { max(.error, settings.policy.errors ?? .critical) }

    /// Hands out the frames that wait for the spool.
    package mutating func takeSpoolChunk() -> RecordChunk? {
        guard spoolCount > 0 else { return nil }
        defer { spoolCount = 0 }
        return RecordChunk(spool.replace(with: OutputBuffer(capacity: 16 * 1024)), count: spoolCount)
    }

    /// Hands out the frames that wait for journald.
    package mutating func takeJournalChunk() -> RecordChunk? {
        guard journalCount > 0 else { return nil }
        defer { journalCount = 0 }
        return RecordChunk(journal.replace(with: OutputBuffer(capacity: 4096)), count: journalCount)
    }

    /// Sets the time of receipt of the lines that follow, and with it the day that is today.
    package mutating func setTime(_ time: Timestamp) {
        now = time
        guard time.seconds < todayFrom || time.seconds >= todayUntil else { return }
        let date = settings.zone.date(of: time)
        today = date.dayNumber
        todayFrom = settings.zone.startOfDay(date)
        todayUntil = settings.zone.startOfDay(date.adding(days: 1))
    }

    /// Processes one line without its line end, `lost` bytes of which were cut off behind it.
    ///
    /// `OutputBuffer.slack` bytes behind the line must be readable. An empty line must not be given.
    package mutating func process(
        _ line: UnsafeBufferPointer<UInt8>, lost: Int = 0, from source: borrowing LineSource
    ) -> LineOutcome {
        counters.bytes &+= UInt64(line.count)
        let failure = scanner.scan(line, cut: lost > 0, into: &fields)
        if _slowPath(failure != nil || lost > 0) {
            return processDamaged(line, failure, lost: lost, from: source)
        }
        if fields.hasSpecialBytes {
            let found = UTF8Repair.check(line)
            if _slowPath(!found.isValid) { return processDamaged(line, nil, lost: 0, from: source) }
            fields.isSafe = found.isSafe
        } else {
            fields.isSafe = true
        }
        if fields.memberCount == 1, fields.extras.count == 1, isControl(line) { return .control }
        var notes = LineNotes()
        return finish(line, &notes, from: source)
    }

    /// Processes text that isn't a line of a client, as a record of its own: what the daemon says about itself.
    private mutating func processDamaged(
        _ line: UnsafeBufferPointer<UInt8>, _ failure: LineScanner.Failure?, lost: Int,
        from source: borrowing LineSource
    ) -> LineOutcome {
        var notes = LineNotes()
        var text = line
        var failure = failure
        if lost > 0 {
            counters.count(.truncated)
            notes.flag("truncated_bytes", String(lost))
        }
        if !UTF8Repair.isValid(line) {
            counters.count(.utf8)
            notes.flag("invalid_utf8", "true")
            repaired.removeAll()
            UTF8Repair.repair(line, into: &repaired)
            // The processor's own memory, which nothing else touches until the line is done.
            text = repaired.bytes
            failure = scanner.scan(text, cut: lost > 0, into: &fields)
        }
        if let failure {
            counters.count(.decode)
            notes.flag("decode_error", "\"\(failure.fault.reason) at byte \(failure.offset)\"")
            fields.reset()
            return finish(text, &notes, from: source, raw: true)
        }
        if fields.memberCount == 1, fields.extras.count == 1, isControl(text) { return .control }
        return finish(text, &notes, from: source)
    }

    private func isControl(_ line: UnsafeBufferPointer<UInt8>) -> Bool {
        let extra = fields.extras[0]
        return extra.field == nil
            && LineValue.equals(
                UnsafeBufferPointer(rebasing: line[Int(extra.keyStart)..<Int(extra.keyEnd)]), "hantu")
    }

    /// Makes the record of a scanned line, or of a raw text, and writes it into the buffers of its outputs.
    @inline(__always)
    private mutating func finish(
        _ line: UnsafeBufferPointer<UInt8>, _ notes: inout LineNotes, from source: borrowing LineSource,
        raw: Bool = false
    ) -> LineOutcome {
        if let allowance = source.allowance { refuseService(line, &notes, allowance) }
        var reading = raw ? LevelReading(severity: .warning) : readLevel(line, &notes)
        var notice: Notice?
        if fields.has(.outcome) { reading.succeeded = readOutcome(line, &notes) || reading.succeeded }
        if fields.has(.notify) { notice = readNotice(line, &notes) }
        let severity = reading.severity
        countService(line, severity, source)
        let listeners = severity.rawValue >= live.leastLevel ? liveTakers(line, severity, source) : 0

        let outputs = routes.outputs(of: severity, notice: notice)
        if !(outputs.text || outputs.needsJSON) {
            counters.unrouted &+= 1
            guard listeners != 0 else { return .record(severity) }
        }

        let time = readTime(line, &notes)
        let traceID = readTraceID(line, &notes, severity)
        let message = raw ? maskedText(line) : readMessage(line)
        let day = clamped(time.dayNumber)
        if outputs.text {
            writeText(line, time, reading, message, traceID, day: day, source)
        }
        if outputs.needsJSON || listeners != 0 {
            encode(line, time, reading, notice, message, traceID, &notes, source)
            if outputs.errors {
                errors.select(day)
                errors.current.pointee.records += 1
                errors.current.pointee.buffer.append(json.bytes)
                errors.current.pointee.buffer.append(UInt8(ascii: "\n"))
            }
            if outputs.journal || outputs.spooled || listeners != 0 {
                frame(reading, notice, outputs, listeners: listeners)
            }
        }
        return .record(severity)
    }

    /// The day of a record's file: its own where files of that day are kept, else today (contract section 5).
    @inline(__always)
    private func clamped(_ day: Int) -> Int {
        day >= today - (settings.days - 1) && day <= today + 1 ? day : today
    }

    @inline(__always)
    private mutating func readTime(_ line: UnsafeBufferPointer<UInt8>, _ notes: inout LineNotes) -> RecordTime
    {
        if fields.has(.timestamp) {
            if let time = times.read(fields[.timestamp], in: line) { return time }
            counters.count(.timestamp)
            notes.keep(.timestamp, of: fields, in: line)
        }
        return times.resolve(now)
    }

    @inline(__always)
    private mutating func readLevel(
        _ line: UnsafeBufferPointer<UInt8>, _ notes: inout LineNotes
    ) -> LevelReading {
        guard fields.has(.level) else { return LevelReading() }
        let slot = fields[.level]
        let text = decoded(slot, in: line)
        let isNumber = slot.kind == .number
        let pino =
            isNumber && fields.has(.message) && fields[.message].rank == 1 && fields.has(.timestamp)
            && fields[.timestamp].rank == 1 && fields[.timestamp].kind == .number
        let reading = LevelReader.read(text, isNumber: isNumber, pinoScale: pino)
        if !reading.isKnown {
            counters.count(.level)
            let raw = String(decoding: text, as: UTF8.self)
            notes.flag("unknown_level", ContextBuilder.quoted(raw))
        }
        return reading
    }

    @inline(never)
    private func readOutcome(_ line: UnsafeBufferPointer<UInt8>, _ notes: inout LineNotes) -> Bool {
        let slot = fields[.outcome]
        if slot.kind == .plainString, LineValue.equals(slice(slot, of: line), "success") { return true }
        notes.keep(.outcome, of: fields, in: line)
        return false
    }

    @inline(never)
    private func readNotice(_ line: UnsafeBufferPointer<UInt8>, _ notes: inout LineNotes) -> Notice? {
        let slot = fields[.notify]
        if slot.kind == .plainString,
            let notice = Notice(rawValue: String(decoding: slice(slot, of: line), as: UTF8.self))
        {
            return notice
        }
        notes.keep(.notify, of: fields, in: line)
        return nil
    }

    /// The trace id, or on ERROR and above a new one; nil without one.
    @inline(__always)
    private mutating func readTraceID(
        _ line: UnsafeBufferPointer<UInt8>, _ notes: inout LineNotes, _ severity: Severity
    ) -> UnsafeBufferPointer<UInt8>? {
        if fields.has(.traceID) {
            let text = decoded(fields[.traceID], in: line)
            if fields[.traceID].kind != .object, LineValue.isTraceID(text) {
                if fields[.traceID].kind != .escapedString { return text }
                traceScratch.removeAll()
                traceScratch.append(text)
                return traceScratch.bytes
            }
            notes.keep(.traceID, of: fields, in: line)
        }
        guard severity >= .error else { return nil }
        traceScratch.removeAll()
        identifiers.appendTraceID(to: &traceScratch)
        return traceScratch.bytes
    }
}
