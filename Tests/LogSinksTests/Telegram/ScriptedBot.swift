import Foundation
import LogSinks
import Synchronization

/// Stands in for the way to Telegram: keeps what was sent, answers as it is told, hangs where it is told to.
final class ScriptedBot: BotConnection {
    private struct State {
        var sent: [(chat: String, text: String)] = []
        var answers: [String: [Result<HTTPResponse, BotUnreachable>]] = [:]
        var hanging: [CheckedContinuation<Void, Never>] = []
        var hangs: Set<String> = []
    }

    private let state = Mutex(State())

    static let yes = HTTPResponse(status: 200, body: Array(#"{"ok":true,"result":{"message_id":1}}"#.utf8))

    static func no(_ status: Int, _ description: String) -> Result<HTTPResponse, BotUnreachable> {
        let body = #"{"ok":false,"error_code":\#(status),"description":"\#(description)"}"#
        return .success(HTTPResponse(status: status, body: Array(body.utf8)))
    }

    func post(_ request: HTTPRequest) async -> Result<HTTPResponse, BotUnreachable> {
        let body = try? JSONSerialization.jsonObject(with: Data(request.body)) as? [String: Any]
        let chat = body?["chat_id"] as? String ?? ""
        let text = body?["text"] as? String ?? ""
        if state.withLock({ $0.hangs.contains(chat) }) {
            await withCheckedContinuation { waiting in state.withLock { $0.hanging.append(waiting) } }
        }
        return state.withLock { state in
            let answer =
                state.answers[chat]?.isEmpty == false
                ? state.answers[chat]!.removeFirst() : .success(ScriptedBot.yes)
            if case .success(let response) = answer, response.status == 200 {
                state.sent.append((chat, text))
            }
            return answer
        }
    }

    func close() {}

    func answer(_ chat: String, _ answers: Result<HTTPResponse, BotUnreachable>...) {
        state.withLock { $0.answers[chat, default: []] += answers }
    }

    func hang(_ chat: String) { _ = state.withLock { $0.hangs.insert(chat) } }

    func release() {
        let waiting = state.withLock { state in
            defer { state.hanging = [] }
            state.hangs = []
            return state.hanging
        }
        for one in waiting { one.resume() }
    }

    func texts(_ chat: String = "1") -> [String] {
        state.withLock { $0.sent.filter { $0.chat == chat }.map(\.text) }
    }

    func total(_ chat: String = "1") -> Int { texts(chat).reduce(0) { $0 + ChatModel.count(in: $1) } }
}
