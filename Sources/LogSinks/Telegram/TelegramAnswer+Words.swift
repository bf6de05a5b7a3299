extension TelegramAnswer {
    /// What Telegram answered, in words for operators.
    package var koreanText: String {
        switch self {
        case .accepted(let id): id.isEmpty ? "전송했습니다." : "전송했습니다. (message_id \(id))"
        case .tooMany(let milliseconds):
            "메시지가 너무 많아 Telegram이 제한하고 있습니다. \(KoreanDuration.text(milliseconds: milliseconds)) 뒤에 다시 시도해 주세요."
        case .moved(let id): "그룹이 슈퍼그룹으로 바뀌었습니다. 설정의 chat id를 \(id)(으)로 바꿔 주세요."
        case .refused(.token, let reason):
            "봇 토큰을 Telegram이 거부했습니다. 토큰과 api_url을 확인해 주세요. (\(reason))"
        case .refused(.chat, let reason):
            "이 채팅으로 보낼 수 없습니다. chat id와 봇의 참여 여부를 확인해 주세요. (\(reason))"
        case .refused(.message, let reason): "Telegram이 메시지를 거부했습니다. (\(reason))"
        case .unavailable(let reason): "Telegram에 연결할 수 없습니다. (\(reason))"
        }
    }

    /// The same in short, for status and the daemon's log; nil where nothing is wrong.
    var problem: String? {
        switch self {
        case .accepted, .moved: nil
        case .tooMany: "too many messages; waiting as told"
        case .refused(_, let reason): "refused: \(reason)"
        case .unavailable(let reason): "no answer: \(reason)"
        }
    }
}
