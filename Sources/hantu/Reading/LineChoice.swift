import LogModel
import LogSinks

/// Which lines of one file are to be printed.
enum LineChoice {
    /// Where they stand, the last first.
    case places([Range<Int>])
    /// All wanted lines of a compressed file but for so many at its beginning.
    case behind(skipped: Int, count: Int)

    var count: Int {
        switch self {
        case .places(let places): places.count
        case .behind(_, let count): count
        }
    }

    /// The last `limit` lines that the view wants; `searched` is told of the bytes that were gone over.
    static func last(
        _ limit: Int, in path: String, _ compression: RetentionConfiguration.Compression, upTo end: Int?,
        _ view: any LineView, _ problems: inout ReadProblems, searched: (Int) -> Void = { _ in }
    ) -> LineChoice {
        guard compression == .none else {
            var found = 0
            var broken = 0
            forEachUnpackedLine(of: path, &problems) { line in
                switch view.judge(line) {
                case .wanted: found += 1
                case .unwanted: break
                case .broken: broken += 1
                }
            }
            problems.brokenLines += broken
            return .behind(skipped: max(0, found - limit), count: min(found, limit))
        }
        var places: [Range<Int>] = []
        do throws(PlainFile.Failure) {
            let file = try PlainFile(path)
            let end = min(end ?? file.size, file.size)
            if let needles = view.needles {
                try FileSearch(needles: needles).forEachBackward(in: file, upTo: end, searched: searched) {
                    line, place in
                    switch view.judge(line) {
                    case .wanted: places.append(place)
                    case .unwanted: break
                    case .broken: problems.brokenLines += 1
                    }
                    return places.count < limit
                }
                return .places(places)
            }
            var lines = BackwardLines(endingAt: end)
            while places.count < limit, let (line, place) = try lines.next(of: file) {
                searched(place.count + 1)
                if line.isEmpty { continue }
                switch view.judge(line) {
                case .wanted: places.append(place)
                case .unwanted: break
                case .broken: problems.brokenLines += 1
                }
            }
        } catch {
            problems.unreadable.append("\(path): \(error.reason)")
        }
        return .places(places)
    }

    func print(
        _ path: String, _ compression: RetentionConfiguration.Compression, _ view: any LineView,
        _ output: Output, _ problems: inout ReadProblems
    ) {
        switch self {
        case .behind(var skipped, _):
            var none = ReadProblems()
            forEachUnpackedLine(of: path, &none) { line in
                guard view.judge(line) == .wanted else { return }
                if skipped > 0 { skipped -= 1 } else { output.append(line, view) }
            }
        case .places(let places):
            guard !places.isEmpty else { return }
            do throws(PlainFile.Failure) {
                let file = try PlainFile(path)
                var block = ByteBlock(capacity: 64 << 10)
                for place in places.reversed() {
                    if place.count > block.capacity { block.grow(to: place.count, moving: 0, to: 0) }
                    let got = try file.read(at: place.lowerBound, into: block.start, count: place.count)
                    output.append(block.bytes(0..<got), view)
                }
            } catch {
                problems.unreadable.append("\(path): \(error.reason)")
            }
        }
    }
}
