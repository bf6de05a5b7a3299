import LogModel

/// What a migration will do, or did, for people and as JSON.
struct MigrationReport {
    let migration: Migration
    let table: TablePreparation
    let isApplied: Bool

    /// How many names are listed at most.
    private static let listed = 20

    func append(to out: inout OutputBuffer, style: Style) {
        out.append("ℹ️  ")
        style.paint(.bold, &out) { TerminalText.append(migration.directory, to: &$0) }
        out.append("\n")
        line("백업", backup, &out, style)
        let old = migration.inventory?.old ?? []
        let size = StatusView.bytes(old.reduce(0) { $0 + $1.size })
        line("삭제", old.isEmpty ? "옛 *.log 파일이 없습니다" : "옛 *.log 파일 \(old.count)개 (\(size))", &out, style)
        for item in old.prefix(MigrationReport.listed) {
            line("", "\(item.way.text)  \(StatusView.bytes(item.size))", &out, style)
        }
        if old.count > MigrationReport.listed {
            line("", "그 밖에 \(old.count - MigrationReport.listed)개", &out, style)
        }
        let own = migration.inventory?.own.count ?? 0
        let other = (migration.inventory?.other.count ?? 0) + (migration.inventory?.special.count ?? 0)
        line("유지", "새 형식의 파일 \(own)개, 그 밖의 파일 \(other)개", &out, style)
        for folder in migration.folders {
            let what =
                switch folder.action {
                case .make: "만듭니다 (755)"
                case .mode: "권한을 755로 바꿉니다"
                case .ready: "그대로 둡니다 (755)"
                }
            line("폴더", "\(folder.path): \(what)", &out, style)
        }
        line("테이블", table.text, &out, style)
    }

    private var backup: String {
        guard let backup = migration.backup else { return "지울 것이 없어 백업하지 않습니다" }
        let path = migration.place.path(of: backup.name)
        if backup.isThere { return "\(path) 에 이미 모두 들어 있습니다" }
        let items = migration.inventory?.copied ?? []
        return "\(path) (파일 \(items.count)개, \(StatusView.bytes(items.reduce(0) { $0 + $1.size })))"
    }

    private func line(_ name: String, _ text: String, _ out: inout OutputBuffer, _ style: Style) {
        out.append("   ")
        style.paint(.dim, &out) { $0.append(text: DisplayWidth.padded(name, to: 8)) }
        TerminalText.append(text, to: &out)
        out.append("\n")
    }

    /// What was done with the directories.
    func sayFolders() {
        for folder in migration.folders {
            switch folder.action {
            case .make: Report.success("\(folder.path): 만들었습니다 (755)")
            case .mode: Report.success("\(folder.path): 권한을 755로 바꿨습니다")
            case .ready: break
            }
        }
    }

    /// What stands in the way of applying the plan, each behind its mark.
    func sayProblems() {
        for writer in migration.writers {
            let by = writer.by.map { "\($0.command) (pid \($0.pid))" }.joined(separator: ", ")
            Report.warning("\(writer.file): 아직 쓰고 있습니다: \(by)")
        }
        if migration.missingBytes > 0 {
            Report.warning("백업할 공간이 \(StatusView.bytes(migration.missingBytes)) 모자랍니다")
        }
        for item in migration.inventory?.special ?? [] {
            Report.warning("\(item.way.text): 파이프나 소켓이라 백업하지 않습니다")
        }
        for path in migration.warnings {
            Report.warning("\(path): 복사하는 동안 바뀌었거나 읽을 수 없어 백업과 다를 수 있습니다 (삭제하지 않습니다)")
        }
        for path in migration.changed {
            Report.failure("\(path): 백업한 뒤에 바뀌어 삭제하지 않았습니다")
        }
        if table.isBroken { Report.failure(table.text) }
    }

    func appendJSON(to out: inout OutputBuffer) {
        let old = migration.inventory?.old ?? []
        out.append("{\"directory\":")
        JSONString.append(migration.directory, to: &out)
        out.append(text: ",\"applied\":\(isApplied),\"backup\":")
        if let backup = migration.backup {
            JSONString.append(migration.place.path(of: backup.name), to: &out)
        } else {
            out.append("null")
        }
        out.append(text: ",\"backup_exists\":\(migration.backup?.isThere ?? false)")
        out.append(text: ",\"missing_bytes\":\(migration.missingBytes)")
        out.append(text: ",\"old_bytes\":\(old.reduce(0) { $0 + $1.size }),\"old\":")
        JSONString.append(list: old.map(\.way.text), to: &out)
        out.append(text: ",\"deleted\":\(migration.deleted),\"changed\":")
        JSONString.append(list: migration.changed, to: &out)
        out.append(text: ",\"own\":\(migration.inventory?.own.count ?? 0)")
        out.append(text: ",\"other\":\(migration.inventory?.other.count ?? 0),\"writers\":[")
        for (index, writer) in migration.writers.enumerated() {
            out.append(index > 0 ? ",{\"file\":" : "{\"file\":")
            JSONString.append(writer.file, to: &out)
            out.append(text: ",\"pids\":[\(writer.by.map { String($0.pid) }.joined(separator: ","))]}")
        }
        out.append("],\"directories\":[")
        for (index, folder) in migration.folders.enumerated() {
            out.append(index > 0 ? ",{\"path\":" : "{\"path\":")
            JSONString.append(folder.path, to: &out)
            out.append(text: ",\"action\":\"\(folder.action.rawValue)\"}")
        }
        out.append(text: "],\"table\":\"\(table.state.rawValue)\",\"warnings\":")
        JSONString.append(list: migration.warnings, to: &out)
        out.append("}\n")
    }
}
