/// What couldn't be read, which never keeps the rest from being shown.
struct ReadProblems: Equatable {
    /// Files, or the directory, and the system's words.
    var unreadable: [String] = []
    /// Lines that are no records.
    var brokenLines = 0

    func report() {
        for problem in unreadable { Report.failure("읽을 수 없습니다: \(problem)") }
        if brokenLines > 0 { Report.warning("기록이 아닌 줄 \(brokenLines)개를 건너뛰었습니다") }
    }
}
