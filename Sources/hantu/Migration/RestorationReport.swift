import LogModel

/// What a roll-back will do, or did, for people and as JSON.
struct RestorationReport {
    let restoration: Restoration
    let isApplied: Bool

    private static let listed = 20

    func append(to out: inout OutputBuffer, style: Style) {
        out.append("ℹ️  ")
        style.paint(.bold, &out) { TerminalText.append(restoration.directory, to: &$0) }
        out.append("\n")
        for name in restoration.backups { line("백업", restoration.place.path(of: name), &out, style) }
        let count = restoration.restored.count
        line("복원", "\(count)개 (\(StatusView.bytes(restoration.bytes)))", &out, style)
        for path in restoration.restored.prefix(RestorationReport.listed) { line("", path, &out, style) }
        if count > RestorationReport.listed {
            line("", "그 밖에 \(count - RestorationReport.listed)개", &out, style)
        }
        line("유지", "이미 있는 파일 \(restoration.present)개", &out, style)
    }

    private func line(_ name: String, _ text: String, _ out: inout OutputBuffer, _ style: Style) {
        out.append("   ")
        style.paint(.dim, &out) { $0.append(text: DisplayWidth.padded(name, to: 8)) }
        TerminalText.append(text, to: &out)
        out.append("\n")
    }

    func sayProblems() {
        for path in restoration.conflicts {
            Report.warning("\(path): 다른 내용의 파일이 이미 있어 그대로 둡니다 (백업은 남아 있습니다)")
        }
        if !restoration.older.isEmpty {
            let paths = restoration.older.map(\.text).joined(separator: ", ")
            Report.information("더 오래된 백업도 있습니다: \(paths)")
        }
    }

    func appendJSON(to out: inout OutputBuffer) {
        out.append("{\"directory\":")
        JSONString.append(restoration.directory, to: &out)
        out.append(text: ",\"applied\":\(isApplied),\"backups\":")
        JSONString.append(list: restoration.backups.map { restoration.place.path(of: $0) }, to: &out)
        out.append(text: ",\"restored_bytes\":\(restoration.bytes),\"restored\":")
        JSONString.append(list: restoration.restored, to: &out)
        out.append(text: ",\"present\":\(restoration.present),\"conflicts\":")
        JSONString.append(list: restoration.conflicts, to: &out)
        out.append("}\n")
    }
}
