import Glibc
import LogModel

/// Compresses the file of a closed day, or appends its late records to what is compressed already.
///
/// With X for `info_20260201.log`, the steps and what a crash behind each leaves:
///
///     1  .X.gz.new    is written: X.gz as it is, then X as a further member; fsync      X counts
///     2  X         -> .X.closed, while the writer has it closed and only if it didn't grow   both parts are known
///     3  .X.gz.new -> X.gz; fsync of the directory                                       X.gz counts
///     4  .X.closed    is deleted
///
/// `recover` finishes from step 2 on, and throws a half `.new` away before it. A record is thus in exactly one of
/// the files that count.
struct DayCompressor {
    let directory: LogDirectory
    /// Runs the body while the writer has this day's file closed; false where there is no writer to ask.
    let whileClosed: (CivilDate, _ body: @escaping @Sendable () -> Void) -> Bool
    /// Whether the daemon ends, so that the rest is for the next start.
    let shouldStop: () -> Bool

    /// Bytes before and after of what was packed; nil where there was nothing to do, or it has to be done later.
    func compress(_ name: DailyFileName, with configured: RetentionConfiguration.Compression)
        throws(SystemCallError) -> (from: Int, to: Int)?
    {
        // An archive keeps its format for what comes late, whatever is configured by now.
        let archives = [.gzip, .zstd].map { DailyFileName(kind: name.kind, day: name.day, compression: $0) }
        let existing = archives.first { directory.size(of: $0.text) != nil }
        let archive =
            existing ?? DailyFileName(kind: name.kind, day: name.day, compression: configured)
        let new = DayCompressor.new(archive)
        do {
            try? directory.remove(new)
            guard let packed = try pack(name, behind: existing, into: new, as: archive.compression),
                try setAside(name, size: packed.from)
            else {
                try directory.remove(new)
                return nil
            }
            try finish(name, archive)
            return packed
        } catch {
            if directory.size(of: DayCompressor.closed(name)) == nil { try? directory.remove(new) }
            throw error
        }
    }

    /// Brings what a crash interrupted to an end.
    func recover() throws(SystemCallError) {
        let names = try directory.names()
        let entries = names.compactMap { DailyFileName($0, kind: directory.kind) }
        for text in names {
            guard let name = DayCompressor.name(of: text, suffix: ".closed", directory.kind) else { continue }
            let archives = [.gzip, .zstd].map {
                DailyFileName(kind: name.kind, day: name.day, compression: $0)
            }
            if let archive = archives.first(where: { names.contains(DayCompressor.new($0)) }) {
                try finish(name, archive)
            } else if archives.contains(where: entries.contains) {
                try directory.remove(text)
            } else if !entries.contains(name) {
                try directory.rename(text, to: name.text)
            }
        }
        for text in try directory.names()
        where DayCompressor.name(of: text, suffix: ".new", directory.kind) != nil {
            try directory.remove(text)
        }
    }

    /// Step 1. Nil where the daemon ends before it is done.
    private func pack(
        _ name: DailyFileName, behind existing: DailyFileName?, into new: String,
        as compression: RetentionConfiguration.Compression
    ) throws(SystemCallError) -> (from: Int, to: Int)? {
        let target = try directory.create(new)
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 64 << 10, alignment: 16)
        defer { buffer.deallocate() }
        if let existing {
            let source = try directory.read(existing.text)
            while !shouldStop() {
                let count = try source.read(into: buffer)
                guard count > 0 else { break }
                try target.write(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
            }
        }
        let encoder: any StreamEncoder = compression == .zstd ? ZstdEncoder() : GzipEncoder()
        let source = try directory.read(name.text)
        var size = 0
        while true {
            if shouldStop() { return nil }
            let count = try source.read(into: buffer)
            size += count
            try encoder.encode(UnsafeRawBufferPointer(rebasing: buffer[..<count]), last: count == 0) {
                (bytes) throws(SystemCallError) in try target.write(bytes)
            }
            if count == 0 { break }
        }
        try target.sync()
        return (size, target.size)
    }

    /// Step 2, on the writer's thread, so that no line can be written to the file meanwhile. False where the file
    /// isn't what was packed any more.
    private func setAside(_ name: DailyFileName, size: Int) throws(SystemCallError) -> Bool {
        let answer = Answer<Result<Bool, SystemCallError>>()
        let box = UncheckedBox(directory)
        let asked = whileClosed(name.day) {
            let directory = box.value
            answer.give(
                Result { () throws(SystemCallError) in
                    let unchanged = directory.size(of: name.text) == size
                    if unchanged { try directory.rename(name.text, to: DayCompressor.closed(name)) }
                    return unchanged
                })
        }
        return asked ? try answer.wait().get() : false
    }

    /// Steps 3 and 4.
    private func finish(_ name: DailyFileName, _ archive: DailyFileName) throws(SystemCallError) {
        try directory.rename(DayCompressor.new(archive), to: archive.text)
        try directory.sync()
        try directory.remove(DayCompressor.closed(name))
    }

    static func new(_ archive: DailyFileName) -> String { ".\(archive.text).new" }
    static func closed(_ name: DailyFileName) -> String { ".\(name.text).closed" }

    /// The daily file that this temporary name was made from.
    static func name(of text: String, suffix: String, _ kind: DailyFileKind) -> DailyFileName? {
        guard text.hasPrefix("."), text.hasSuffix(suffix) else { return nil }
        return DailyFileName(text.dropFirst().dropLast(suffix.utf8.count), kind: kind)
    }
}

/// Lets the writer's thread use the directory while its owner waits.
private struct UncheckedBox<Value>: @unchecked Sendable {
    let value: Value
    init(_ value: Value) { self.value = value }
}
