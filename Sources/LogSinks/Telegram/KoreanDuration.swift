/// A length of time as operators read it.
enum KoreanDuration {
    /// `5분`, `1시간 30분`, `2초`, `0.5초`.
    static func text(milliseconds: Int64) -> String {
        guard milliseconds >= 1000 else {
            let tenths = max(1, (milliseconds + 50) / 100)
            return tenths == 10 ? "1초" : "0.\(tenths)초"
        }
        let seconds = (milliseconds + 500) / 1000
        let parts = [
            (seconds / 86_400, "일"), (seconds / 3600 % 24, "시간"), (seconds / 60 % 60, "분"),
            (seconds % 60, "초"),
        ]
        return parts.filter { $0.0 > 0 }.prefix(2).map { "\($0.0)\($0.1)" }.joined(separator: " ")
    }
}
