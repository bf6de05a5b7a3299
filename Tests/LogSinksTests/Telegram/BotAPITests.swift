import LogSinks
import Testing

/// What is asked of the Bot API, and what its answers mean.
@Suite struct BotAPITests {
    private func classify(_ status: Int, _ body: String, retryAfter: Int = 0) -> TelegramAnswer {
        BotAPI.classify(HTTPResponse(status: status, body: Array(body.utf8), retryAfter: retryAfter))
    }

    private func refusal(_ status: Int, _ description: String, _ parameters: String = "{}") -> TelegramAnswer
    {
        classify(
            status,
            #"{"ok":false,"error_code":\#(status),"description":"\#(description)","parameters":\#(parameters)}"#
        )
    }

    @Test func aRequestIsJSONInHTMLMode() {
        let request = BotAPI.sendMessage(
            api: "https://api.telegram.org", token: "12:a-B_c", chat: "-100", text: "a \"b\"\n<pre>\\</pre> 한"
        )
        #expect(request.url == "https://api.telegram.org/bot12:a-B_c/sendMessage")
        #expect(
            String(decoding: request.body, as: UTF8.self)
                == #"{"chat_id":"-100","text":"a \"b\"\n<pre>\\</pre> 한","parse_mode":"HTML","#
                + #""link_preview_options":{"is_disabled":true}}"#)
    }

    @Test func aTokenCantBreakOutOfItsPlaceInTheAddress() {
        let request = BotAPI.sendMessage(api: "http://h", token: "1/../x?y#z", chat: "1", text: "t")
        #expect(request.url == "http://h/bot1%2F..%2Fx%3Fy%23z/sendMessage")
    }

    @Test func yesIsYesWithTheMessagesNumber() {
        #expect(
            classify(200, #"{"ok":true,"result":{"message_id":77,"x":[1]}}"#) == .accepted(messageID: "77"))
    }

    @Test func aPageThatIsNotTelegramsIsNoYes() {
        #expect(classify(200, "<html>log in</html>") == .unavailable(reason: "200 without a description"))
        #expect(classify(200, "") == .unavailable(reason: "200 without a description"))
        #expect(classify(302, "") == .unavailable(reason: "302 without a description"))
    }

    @Test func theLongerOfBothPausesIsKept() {
        #expect(refusal(429, "Too Many Requests", #"{"retry_after":17}"#) == .tooMany(milliseconds: 17_000))
        #expect(classify(429, "", retryAfter: 30) == .tooMany(milliseconds: 30_000))
        #expect(
            classify(429, #"{"ok":false,"parameters":{"retry_after":5}}"#, retryAfter: 9)
                == .tooMany(milliseconds: 9000))
        #expect(refusal(429, "x", #"{"retry_after":1.5}"#) == .tooMany(milliseconds: 2000))
        #expect(classify(429, "") == .tooMany(milliseconds: 1000))
    }

    @Test func aSupergroupsIdIsFollowed() {
        #expect(
            refusal(
                400, "Bad Request: group chat was upgraded to a supergroup chat",
                #"{"migrate_to_chat_id":-1001234567890}"#) == .moved(to: "-1001234567890"))
    }

    @Test func aNoSaysWhatItIsAbout() {
        #expect(refusal(401, "Unauthorized") == .refused(.token, reason: "401 Unauthorized"))
        #expect(refusal(404, "Not Found") == .refused(.token, reason: "404 Not Found"))
        let blocked = "Forbidden: bot was blocked by the user"
        #expect(refusal(403, blocked) == .refused(.chat, reason: "403 \(blocked)"))
        #expect(
            refusal(400, "Bad Request: chat not found")
                == .refused(.chat, reason: "400 Bad Request: chat not found"))
        #expect(
            refusal(400, "Bad Request: can't parse entities")
                == .refused(.message, reason: "400 Bad Request: can't parse entities"))
    }

    @Test func theServersOwnTroublesPass() {
        for status in [500, 502, 503, 504, 408] {
            guard case .unavailable = classify(status, "<html>") else {
                Issue.record("\(status)")
                continue
            }
        }
    }

    @Test func everyAnswerHasKoreanWords() {
        #expect(refusal(401, "Unauthorized").koreanText.contains("토큰"))
        #expect(refusal(403, "Forbidden: x").koreanText.contains("chat id"))
        #expect(TelegramAnswer.tooMany(milliseconds: 90_000).koreanText.contains("1분 30초"))
        #expect(TelegramAnswer.accepted(messageID: "3").koreanText == "전송했습니다. (message_id 3)")
    }
}
