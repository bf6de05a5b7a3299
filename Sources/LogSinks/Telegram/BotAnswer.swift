internal import LogModel

/// The JSON object that the Bot API answers with.
struct BotAnswer: Equatable {
    var ok = false
    var code: Int?
    var description: String?
    /// Seconds.
    var retryAfter: Int?
    /// The id of the supergroup that the group has become.
    var movedTo: String?
    var messageID: String?

    /// nil where the body is no JSON object.
    init?(_ body: [UInt8]) {
        var buffer = OutputBuffer(capacity: body.count)
        for byte in body { buffer.append(byte) }
        let line = buffer.bytes
        var fields = LineFields()
        guard LineScanner().scan(line, into: &fields) == nil else { return nil }
        let reader = WireReader(line: line)
        JSONMembers.forEach(in: line) { name, value in
            switch name {
            case "ok": ok = reader.text(value) == "true"
            case "error_code": code = reader.text(value).flatMap { Int($0) }
            case "description": description = reader.text(value).map { String($0.prefix(200)) }
            case "parameters" where value.kind == .object:
                BotAnswer.forEach(in: value, of: line) { name, text in
                    if name == "retry_after" {
                        retryAfter = text.flatMap { Double($0) }.map {
                            Int(min(max($0, 0), 1e6).rounded(.up))
                        }
                    }
                    if name == "migrate_to_chat_id" { movedTo = text }
                }
            case "result" where value.kind == .object:
                BotAnswer.forEach(in: value, of: line) { name, text in
                    if name == "message_id" { messageID = text }
                }
            default: break
            }
        }
    }

    private static func forEach(
        in slot: FieldSlot, of line: UnsafeBufferPointer<UInt8>, _ body: (String, String?) -> Void
    ) {
        let object = UnsafeBufferPointer(rebasing: line[Int(slot.start)..<Int(slot.end)])
        let reader = WireReader(line: object)
        JSONMembers.forEach(in: object) { name, value in body(name, reader.text(value)) }
    }
}
