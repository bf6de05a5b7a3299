import LogModel

/// What a client asks for with a control line (contract section 3).
enum ControlRequest: Equatable {
    case hello(protocolNumber: Int, service: String?, acknowledgements: Bool)
    case flush
    case unknown(String)

    /// The protocol that the daemon speaks.
    static let protocolNumber = 1

    /// Reads a line that is known to be an object whose only key is `hantu`.
    init(line: UnsafeBufferPointer<UInt8>) {
        let reader = WireReader(line: line)
        var request = ControlRequest.unknown("'hantu' must be an object")
        JSONMembers.forEach(in: line) { _, value in
            if value.kind == .object { request = ControlRequest(object: reader.raw(value)) }
        }
        self = request
    }

    private init(object: UnsafeBufferPointer<UInt8>) {
        let reader = WireReader(line: object)
        var values: [String: (kind: JSONKind, text: String)] = [:]
        JSONMembers.forEach(in: object) { values[$0] = ($1.kind, reader.text($1) ?? "null") }
        if let number = values["protocol"] {
            guard number.kind == .number, let number = Int(number.text) else {
                self = .unknown("'protocol' must be a number")
                return
            }
            if let service = values["service"], !service.kind.isString, service.kind != .null {
                self = .unknown("'service' must be a string")
                return
            }
            if let acks = values["acks"], acks.kind != .boolean {
                self = .unknown("'acks' must be true or false")
                return
            }
            let service = values["service"].flatMap { $0.kind.isString && !$0.text.isEmpty ? $0.text : nil }
            self = .hello(
                protocolNumber: number, service: service, acknowledgements: values["acks"]?.text == "true")
        } else if let flush = values["flush"] {
            self = flush.kind == .boolean && flush.text == "true" ? .flush : .unknown("'flush' must be true")
        } else {
            let names = values.keys.sorted().map { "'\($0)'" }.joined(separator: ", ")
            self = .unknown(names.isEmpty ? "nothing asked for" : "don't know \(names)")
        }
    }
}

/// What the daemon answers, one line each.
enum ControlReply: Equatable {
    case hello
    /// To a client that said hello to an earlier daemon.
    case resumed
    case acknowledged(Int)
    case error(String)

    func append(to out: inout OutputBuffer) {
        switch self {
        case .hello, .resumed:
            out.append("{\"hantu\":{\"protocol\":1,\"server\":\"hantu-logd/")
            out.append(text: LogModel.version)
            out.append(self == .resumed ? "\",\"resumed\":true}}\n" : "\"}}\n")
        case .acknowledged(let count):
            out.append("{\"hantu\":{\"acked\":")
            out.append(text: String(count))
            out.append("}}\n")
        case .error(let reason):
            var text = OutputBuffer()
            text.append(text: reason)
            out.append("{\"hantu\":{\"error\":\"")
            JSONText.encode(text.bytes, into: &out)
            out.append("\"}}\n")
        }
    }
}
