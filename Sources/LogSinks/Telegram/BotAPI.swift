internal import LogModel

/// Telegram's Bot API, as far as it is used: what is asked, and what the answers mean. Pure.
package enum BotAPI {
    /// `sendMessage` in HTML, without a preview of links.
    package static func sendMessage(api: String, token: String, chat: String, text: String) -> HTTPRequest {
        var body = OutputBuffer(capacity: text.utf8.count + 128)
        body.append("{\"chat_id\":")
        appendString(chat, to: &body)
        body.append(",\"text\":")
        appendString(text, to: &body)
        body.append(",\"parse_mode\":\"HTML\",\"link_preview_options\":{\"is_disabled\":true}}")
        return HTTPRequest(url: "\(api)/bot\(pathPart(token))/sendMessage", body: Array(body.bytes))
    }

    /// What an answer says about the message.
    package static func classify(_ response: HTTPResponse) -> TelegramAnswer {
        let answer = BotAnswer(response.body)
        if (200..<300).contains(response.status), answer?.ok == true {
            return .accepted(messageID: answer?.messageID ?? "")
        }
        // A 200 that says no, or isn't Telegram's at all.
        let status = (200..<300).contains(response.status) ? answer?.code ?? 0 : response.status
        let reason =
            "\(status == 0 ? response.status : status) \(answer?.description ?? "without a description")"
        if let seconds = answer?.retryAfter ?? (status == 429 ? response.retryAfter : nil) {
            let longest = max(seconds, status == 429 ? response.retryAfter : 0)
            return .tooMany(milliseconds: Int64(min(max(longest, 1), 86_400)) * 1000)
        }
        if let chat = answer?.movedTo { return .moved(to: chat) }
        switch status {
        case 401, 404: return .refused(.token, reason: reason)
        case 408, 425: return .unavailable(reason: reason)
        case 400: return .refused(isAboutChat(answer?.description) ? .chat : .message, reason: reason)
        case 413: return .refused(.message, reason: reason)
        case 400..<500: return .refused(.chat, reason: reason)
        default: return .unavailable(reason: reason)
        }
    }

    /// The text with every occurrence of the secret replaced.
    static func withoutSecret(_ text: String, _ secret: String) -> String {
        guard !secret.isEmpty else { return text }
        var text = text[...]
        var out = ""
        for hidden in [secret, pathPart(secret)] {
            out = ""
            while let range = text.firstRange(of: hidden) {
                out += text[..<range.lowerBound] + "***"
                text = text[range.upperBound...]
            }
            out += text
            text = out[...]
        }
        return out
    }

    /// Whether a 400 is about the chat rather than the message.
    private static func isAboutChat(_ description: String?) -> Bool {
        guard let text = description?.lowercased() else { return true }
        let words = [
            "chat not found", "chat_id", "peer_id", "user not found", "rights", "forbidden", "kicked",
            "blocked", "deactivated", "not a member", "group chat", "administrator", "thread not found",
            "topic",
        ]
        return words.contains { text.contains($0) }
    }

    private static func appendString(_ value: String, to out: inout OutputBuffer) {
        var text = OutputBuffer(capacity: value.utf8.count)
        text.append(text: value)
        out.append(UInt8(ascii: "\""))
        JSONText.encode(text.bytes, into: &out)
        out.append(UInt8(ascii: "\""))
    }

    /// A token as part of a path; what a real one is made of stays as it is.
    private static func pathPart(_ token: String) -> String {
        var out = ""
        for byte in token.utf8 {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: ":"), UInt8(ascii: "-"),
                UInt8(ascii: "_"), UInt8(ascii: "."), UInt8(ascii: "~"):
                out.unicodeScalars.append(Unicode.Scalar(byte))
            default:
                let hex = String(byte, radix: 16, uppercase: true)
                out += hex.utf8.count == 1 ? "%0\(hex)" : "%\(hex)"
            }
        }
        return out
    }
}
