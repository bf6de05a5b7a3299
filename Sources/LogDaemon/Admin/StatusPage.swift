import LogModel
import LogPipeline
import LogSinks
import LogSpool
import NIOHTTP1

/// The page for people: the status as one HTML document without scripts or anything from elsewhere.
enum StatusPage {
    static let headers = [
        (
            "Content-Security-Policy",
            "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'"
        ),
        ("Referrer-Policy", "no-referrer"), ("Refresh", "5"),
    ]

    private static let style = """
        body{font:14px/1.5 system-ui,sans-serif;margin:2rem auto;max-width:60rem;padding:0 1rem;color:#222;background:#fff}
        table{border-collapse:collapse;margin:.5rem 0 1.5rem}td,th{padding:.15rem 1rem .15rem 0;text-align:left;vertical-align:top}
        td.n{text-align:right;font-variant-numeric:tabular-nums}h2{font-size:1rem;margin:1.5rem 0 0}
        .READY{color:#176b2c}.WARNING,.DEGRADED,.PARTIAL,.STARTING{color:#8a5a00}.CRITICAL,.EMERGENCY,.STOPPING{color:#b00020}
        """

    static func html(_ report: StatusReport) -> [UInt8] {
        var page = """
            <!doctype html><html lang="en"><head><meta charset="utf-8"><title>hantu-logd: \(escaped(report.state))</title>
            <meta name="viewport" content="width=device-width"><style>\(style)</style></head><body>
            <h1>hantu-logd \(escaped(LogModel.version)): <span class="\(escaped(report.state))">\(escaped(report.state))</span></h1>
            <p>Up for \(Int(report.uptime)) s, since \(escaped(report.started.text(zone: report.zone))).</p>

            """
        let conditions = report.conditions.map {
            [$0.state.rawValue, $0.output, $0.since.text(zone: report.zone), $0.message]
        }
        page += table("Conditions", ["state", "output", "since", "message"], conditions)
        let services = (report.intake?.services.byService ?? [:]).sorted { $0.key < $1.key }.map {
            service, counts in
            [service] + counts.map(String.init)
        }
        page += table("Records", ["service"] + Severity.allCases.map(\.description), services, numbersFrom: 1)
        var outputs = [["files", "queued bytes", String(report.queuedFileBytes)]]
        for output in report.spool?.outputs ?? [] {
            outputs.append([output.output.metricName, "waiting", String(output.waiting)])
            outputs.append([output.output.metricName, "parked", String(output.parked)])
        }
        if let store = report.store {
            outputs.append(["store", "phase", store.status.phase.name])
            outputs.append(["store", "failures in a row", String(store.status.failures)])
        }
        page += table("Outputs", ["output", "", ""], outputs, numbersFrom: 2)
        let drops = report.allDrops.map { [$0.key.output, $0.key.reason, String($0.value)] }
            .sorted { $0.lexicographicallyPrecedes($1) }
        page += table("Dropped", ["output", "reason", "records"], drops, numbersFrom: 2)
        return Array((page + "</body></html>\n").utf8)
    }

    private static func table(
        _ title: String, _ heads: [String], _ rows: [[String]], numbersFrom: Int = .max
    ) -> String {
        guard !rows.isEmpty else { return "" }
        let head = heads.map { "<th>\(escaped($0))</th>" }.joined()
        let body = rows.map { row in
            "<tr>"
                + row.enumerated().map { index, cell in
                    "<td\(index >= numbersFrom ? " class=\"n\"" : "")>\(escaped(cell))</td>"
                }.joined() + "</tr>\n"
        }.joined()
        return "<h2>\(escaped(title))</h2><table><tr>\(head)</tr>\n\(body)</table>\n"
    }

    /// Text that stands for itself in HTML.
    static func escaped(_ text: String) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "\"": result += "&quot;"
            case "'": result += "&#39;"
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }
}
