import LogModel

/// A JSON value to be written.
enum JSONNode: Sendable {
    case text(String)
    case number(Int)
    /// Seconds and the like, with three digits of the fraction.
    case decimal(Double)
    case flag(Bool)
    case null
    case list([JSONNode])
    /// In this order.
    case object([(String, JSONNode)])
    /// JSON as it is.
    case raw([UInt8])

    /// null for a text that isn't there.
    static func optional(_ text: String?) -> JSONNode { text.map { .text($0) } ?? .null }

    func append(to out: inout OutputBuffer) {
        switch self {
        case .text(let text): JSONNode.append(text, to: &out)
        case .number(let number): out.append(text: String(number))
        case .decimal(let number): out.append(text: JSONNode.decimal(number))
        case .flag(let flag): out.append(flag ? "true" : "false")
        case .null: out.append("null")
        case .list(let nodes):
            out.append("[")
            for (index, node) in nodes.enumerated() {
                if index > 0 { out.append(",") }
                node.append(to: &out)
            }
            out.append("]")
        case .object(let members):
            out.append("{")
            for (index, (name, node)) in members.enumerated() {
                if index > 0 { out.append(",") }
                JSONNode.append(name, to: &out)
                out.append(":")
                node.append(to: &out)
            }
            out.append("}")
        case .raw(let bytes): bytes.withUnsafeBufferPointer { out.append($0) }
        }
    }

    /// The value on a line of its own.
    var line: [UInt8] {
        var out = OutputBuffer(capacity: 1024)
        append(to: &out)
        out.append("\n")
        return Array(out.bytes)
    }

    private static func append(_ text: String, to out: inout OutputBuffer) {
        var text = text
        out.append("\"")
        text.withUTF8 { JSONText.encode($0, into: &out) }
        out.append("\"")
    }

    private static func decimal(_ number: Double) -> String {
        let thousandths = Int64((number * 1000).rounded())
        let fraction = String(abs(thousandths % 1000))
        let sign = thousandths < 0 && thousandths > -1000 ? "-" : ""
        return "\(sign)\(thousandths / 1000).\(String(repeating: "0", count: 3 - fraction.count))\(fraction)"
    }
}
