import LogModel

/// Writes samples in Prometheus's text format, version 0.0.4.
struct MetricsText: ~Copyable {
    enum Kind: String { case counter, gauge, histogram }

    private var out = OutputBuffer(capacity: 16 << 10)
    private var name = ""

    /// Begins a family; the samples that follow belong to it.
    mutating func family(_ name: String, _ kind: Kind, _ help: String) {
        self.name = name
        out.append(text: "# HELP \(name) \(help)\n# TYPE \(name) \(kind.rawValue)\n")
    }

    mutating func sample(_ labels: KeyValuePairs<String, String>, _ value: Int) {
        line("", labels.map { ($0.key, $0.value) }, String(value))
    }

    mutating func sample(_ labels: KeyValuePairs<String, String> = [:], value: Double) {
        line("", labels.map { ($0.key, $0.value) }, String(value))
    }

    mutating func histogram(_ labels: KeyValuePairs<String, String>, _ snapshot: Histogram.Snapshot) {
        let labels = labels.map { ($0.key, $0.value) }
        var total: UInt64 = 0
        for (index, count) in snapshot.counts.enumerated() {
            total += count
            let bound = index < Histogram.bounds.count ? String(Histogram.bounds[index]) : "+Inf"
            line("_bucket", labels + [("le", bound)], String(total))
        }
        line("_sum", labels, String(snapshot.seconds))
        line("_count", labels, String(total))
    }

    var bytes: [UInt8] { Array(out.bytes) }

    private mutating func line(_ suffix: String, _ labels: [(String, String)], _ value: String) {
        out.append(text: name + suffix)
        if !labels.isEmpty {
            out.append("{")
            for (index, (key, text)) in labels.enumerated() {
                out.append(text: index > 0 ? ",\(key)=\"" : "\(key)=\"")
                append(escaped: text)
                out.append("\"")
            }
            out.append("}")
        }
        out.append(text: " \(value)\n")
    }

    private mutating func append(escaped text: String) {
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "\\"): out.append("\\\\")
            case UInt8(ascii: "\""): out.append("\\\"")
            case UInt8(ascii: "\n"): out.append("\\n")
            default: out.append(byte)
            }
        }
    }
}
