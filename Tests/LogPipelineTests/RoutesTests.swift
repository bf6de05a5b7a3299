import LogModel
import Testing

@testable import LogPipeline

@Suite struct RoutesTests {
    @Test func `every output takes what its level says, and alerts what has a notice`() {
        let minimums: [Severity?] = [nil] + Severity.allCases
        for minimum in minimums {
            for other in minimums {
                var policy = RoutingPolicy()
                policy.text = minimum
                policy.errors = other
                policy.store = minimum
                policy.alerts = other
                policy.journal = minimum
                let routes = Routes(policy)
                for severity in Severity.allCases {
                    func takes(_ minimum: Severity?) -> Bool { minimum.map { severity >= $0 } ?? false }
                    for notice in [nil, Notice.allCases[0]] {
                        let outputs = routes.outputs(of: severity, notice: notice)
                        #expect(outputs.text == takes(minimum) && outputs.journal == takes(minimum))
                        #expect(outputs.errors == takes(other))
                        #expect(outputs.spool.contains(.store) == takes(minimum))
                        let alerted = takes(other) || (other != nil && notice != nil)
                        #expect(outputs.spool.contains(.alerts) == alerted)
                        #expect(outputs.spooled == !outputs.spool.isEmpty)
                        #expect(outputs.needsJSON == (outputs.errors || outputs.journal || outputs.spooled))
                    }
                }
            }
        }
    }

    @Test(arguments: [
        ("debug", Severity.debug), ("Trace", .debug), ("INFO", .info), ("notice", .info), ("success", .info),
        ("warn", .warning), ("Warning", .warning), ("err", .error), ("ERROR", .error), ("crit", .critical),
        ("Critical", .critical), ("fatal", .critical), ("panic", .critical), ("dpanic", .critical),
        ("alert", .critical),
        ("EMERG", .critical), ("info+2", .info), ("ERROR-4", .error),
    ])
    func `levels are read in any case`(name: String, severity: Severity) {
        for text in [name, name.uppercased(), name.lowercased()] {
            let reading = reading(text)
            #expect(reading.isKnown && reading.severity == severity)
            #expect(reading.succeeded == (name == "success"))
        }
    }

    @Test(arguments: ["", "i", "inf", "infos", "information", "criticals", "+2", "info+", "WARNINGS"])
    func `what is no level isn't taken for one`(text: String) {
        #expect(!reading(text).isKnown)
    }

    private func reading(_ text: String) -> LevelReading {
        let guarded = GuardedBytes(Array(text.utf8), trap: "FATAL")
        return LevelReader.read(guarded.bytes, isNumber: false, pinoScale: false)
    }
}
