extension PostgresStore {
    /// Brings what was found to what is needed, where that is allowed, or says what stands in the way.
    func usable(_ found: PostgresInspection.Findings) throws(PostgresFailure) -> PostgresTable {
        let faults = PostgresStore.faults(found)
        guard faults.isEmpty else { throw misfit(faults.joined(separator: "; ")) }
        if found.hasVersions {
            let version = try run([PostgresInspection.version])[0].rows.first?.first.flatMap { $0 }
            if let number = version.flatMap({ Int($0) }), number > PostgresMigration.version {
                throw misfit("it was made by a newer version (schema \(number))")
            }
        }
        let migration = PostgresMigration(from: found.table)
        guard access == .own else { return found.table ?? PostgresTable() }
        guard migrates else { return try unchanged(found.table, migration) }
        guard !migration.isEmpty || !found.hasVersions else { return found.table ?? PostgresTable() }
        return try migrate(migration)
    }

    /// Why what has the name can't be used, whatever is added to it.
    static func faults(_ found: PostgresInspection.Findings) -> [String] {
        if let kind = found.otherKind { return [kind == "v" ? "it is a view" : "it is no table"] }
        return found.table?.unusable ?? []
    }

    private func unchanged(
        _ table: PostgresTable?, _ migration: PostgresMigration
    ) throws(PostgresFailure) -> PostgresTable {
        let lacks = "missing: " + migration.missing.joined(separator: ", ") + "; store.migrate is false"
        guard let table, migration.isOptional else { throw misfit(lacks) }
        if !migration.isEmpty { report(.incomplete("error_logs: \(lacks)")) }
        return table
    }

    private func migrate(_ migration: PostgresMigration) throws(PostgresFailure) -> PostgresTable {
        if !migration.isEmpty {
            _ = try run(migration.transaction(lockTimeout: 5000), within: PostgresPatience().migration)
            reach(.migrated)
            report(.migrated(migration.missing))
        }
        do throws(PostgresFailure) {
            _ = try run(PostgresMigration.record)
        } catch  where error.state == "42501" {
            // The table is as it should be; only the note of it has no place.
        }
        let found = PostgresInspection.findings(try run(PostgresInspection.statements))
        let left = PostgresMigration(from: found.table)
        guard let table = found.table, left.isOptional else {
            throw misfit("still missing after a migration: \(left.missing.joined(separator: ", "))")
        }
        return table
    }

    /// What an operator must mend; SQLSTATE's own word for a table that isn't the right one.
    private func misfit(_ what: String) -> PostgresFailure {
        PostgresFailure(state: "42P16", message: "error_logs can't be used: \(what)")
    }
}

extension PostgresFailure {
    /// Whether the session is over with this, or another one may fare better: after a failover the same name may
    /// lead to a server that can be written to.
    var endsConnection: Bool {
        guard let state else { return true }
        return ["08", "25", "57P"].contains { state.hasPrefix($0) }
    }
}
