internal import LogModel

/// What a summary says about one kind of alert: a few short texts of the first record of that kind.
struct AlertSample: Sendable, Equatable {
    var service: String
    var place: String
    var type: String
    /// The message's first line.
    var message: String
    /// When the first and the last record of what is summed up were, in Unix seconds.
    var first: Int64
    var last: Int64

    init(_ record: LogRecord) {
        service = AlertSample.start(of: record.service, 64)
        place = AlertSample.start(of: record.place, 128)
        type = AlertSample.start(of: record.errorType ?? "", 96)
        message = AlertSample.start(of: record.message, 160)
        first = record.timestamp.seconds
        last = first
    }

    /// What Telegram refused, and why.
    init(refusal: String, at time: Int64) {
        service = "hantu-logd"
        place = ""
        type = "Telegram 거부"
        message = AlertSample.start(of: refusal, 160)
        first = time
        last = time
    }

    /// Takes in when another record of the kind was.
    mutating func extend(to time: Int64) {
        first = min(first, time)
        last = max(last, time)
    }

    /// The first line, at most so many characters of it, without a number of cases: a summary's own total is the
    /// only `N건` in it.
    private static func start(of text: String, _ limit: Int) -> String {
        var line = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            if scalar == "\n" || scalar == "\r" {
                if line.isEmpty { continue }
                break
            }
            guard line.count < limit else {
                line.append("…")
                break
            }
            line.append(scalar)
        }
        return withoutCounts(line)
    }

    /// `주문 37건` becomes `주문 N건`.
    static func withoutCounts(_ text: String.UnicodeScalarView) -> String {
        var out = String.UnicodeScalarView()
        for scalar in text {
            if scalar == "건" {
                var end = out.endIndex
                while end > out.startIndex, out[out.index(before: end)].properties.isWhitespace {
                    end = out.index(before: end)
                }
                var start = end
                while start > out.startIndex, isPartOfNumber(out[out.index(before: start)]) {
                    start = out.index(before: start)
                }
                if start < end { out.replaceSubrange(start..<end, with: "N".unicodeScalars) }
            }
            out.append(scalar)
        }
        return String(out)
    }

    private static func isPartOfNumber(_ scalar: Unicode.Scalar) -> Bool {
        scalar == "," || scalar == "." || scalar.properties.numericType != nil
    }
}
