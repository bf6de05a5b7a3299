import LogModel
import LogPipeline
import LogSinks
import LogSpool

/// The metrics in Prometheus's text format (contract section 11, docs/admin.md).
enum MetricsPage {
    static func text(_ report: StatusReport, _ vitals: DaemonVitals) -> [UInt8] {
        var page = MetricsText()
        daemon(report, &page)
        intake(report, &page)
        losses(report, &page)
        outputs(report, &page)
        timings(vitals.timings, &page)
        return page.bytes
    }

    private static func daemon(_ report: StatusReport, _ page: inout MetricsText) {
        page.family("hantu_logd_build_info", .gauge, "Always 1; the version is in the label.")
        page.sample(["version": LogModel.version], 1)
        let started = report.started.secondsSince1970
        page.family("hantu_logd_start_time_seconds", .gauge, "When the daemon started, in Unix time.")
        page.sample(value: started)
        page.family("process_start_time_seconds", .gauge, "When the process started, in Unix time.")
        page.sample(value: started)
        page.family("hantu_logd_state", .gauge, "1 for the state that holds, 0 for the others.")
        for state in ["STARTING"] + DaemonState.allCases.map(\.rawValue) {
            page.sample(["state": state], state == report.state ? 1 : 0)
        }
        page.family("hantu_logd_conditions", .gauge, "Conditions that hold, by state.")
        for state in DaemonState.allCases where state != .ready {
            page.sample(["state": state.rawValue], report.conditions.count { $0.state == state })
        }
    }

    private static func intake(_ report: StatusReport, _ page: inout MetricsText) {
        let intake = report.intake ?? StatusReport.Intake()
        page.family("hantu_logd_records_total", .counter, "Records received, by level and service.")
        for (service, counts) in intake.services.byService.sorted(by: { $0.key < $1.key }) {
            for level in Severity.allCases where counts[Int(level.rawValue)] > 0 {
                page.sample(["level": "\(level)", "service": service], Int(counts[Int(level.rawValue)]))
            }
        }
        page.family("hantu_logd_bytes_total", .counter, "Bytes of the lines received, without line ends.")
        page.sample([:], Int(intake.counters.bytes))
        page.family(
            "hantu_logd_damaged_total", .counter, "Lines received with a damage; one may have several.")
        for damage in PipelineCounters.Damage.allCases {
            page.sample(["reason": damage.name], Int(intake.counters.damaged[damage.rawValue]))
        }
        page.family("hantu_logd_connections", .gauge, "Connections that are open.")
        page.sample([:], intake.connections)
        page.family(
            "hantu_logd_connections_refused_total", .counter, "Connections over intake.max_connections.")
        page.sample([:], report.refusedConnections)
    }

    private static func losses(_ report: StatusReport, _ page: inout MetricsText) {
        page.family(
            "hantu_logd_dropped_total", .counter,
            "Records that an output didn't get, and why (docs/admin.md).")
        let drops = report.allDrops.map { ($0.key.output, $0.key.reason, $0.value) }
        let unrouted = Int(report.intake?.counters.unrouted ?? 0)
        for (output, reason, count) in (drops + [("all", "by_configuration", unrouted)]).sorted(by: <) {
            page.sample(["output": output, "reason": reason], count)
        }
        page.family("hantu_logd_alerts_total", .counter, "Telegram messages, by what became of them.")
        let results = (report.alerts ?? AlertStatus()).results
        for (result, count) in results { page.sample(["result": result], count) }
    }

    private static func outputs(_ report: StatusReport, _ page: inout MetricsText) {
        page.family(
            "hantu_logd_files_queued_bytes", .gauge, "Bytes that wait to be written to the daily files.")
        page.sample([:], report.queuedFileBytes)
        let spool = report.spool
        page.family(
            "hantu_logd_spool_records", .gauge, "Records in the spool that an output has yet to take.")
        for output in spool?.outputs ?? [] {
            page.sample(["output": output.output.metricName], output.waiting)
        }
        page.family(
            "hantu_logd_spool_bytes", .gauge, "Bytes of the records in the spool, parked ones included.")
        page.sample([:], spool?.bytes ?? 0)
        page.family(
            "hantu_logd_spool_oldest_seconds", .gauge, "Age of the oldest record that waits, 0 for none.")
        for output in spool?.outputs ?? [] {
            page.sample(
                ["output": output.output.metricName], value: output.oldest.map(report.age) ?? 0)
        }
        page.family(
            "hantu_logd_parked_records", .gauge, "Records that an output refused, which wait for you.")
        page.sample([:], spool?.parked ?? 0)
        page.family("hantu_logd_output_failures", .gauge, "Failed attempts in a row.")
        if let store = report.store { page.sample(["output": "store"], store.status.failures) }
    }

    private static func timings(_ timings: Timings, _ page: inout MetricsText) {
        page.family(
            "hantu_logd_file_write_seconds", .histogram, "Time to write a run of lines to the daily files.")
        page.histogram([:], timings.fileWrites.snapshot)
        page.family(
            "hantu_logd_spool_commit_seconds", .histogram, "Time to commit a group of records to the spool.")
        page.histogram([:], timings.spoolCommits.snapshot)
        page.family(
            "hantu_logd_delivery_seconds", .histogram, "Time of one attempt to deliver a batch, by output.")
        page.histogram(["output": "alerts"], timings.alertDeliveries.snapshot)
        page.histogram(["output": "store"], timings.storeDeliveries.snapshot)
    }
}
