/// How the values of a key are read and written, and what the allowed ones are called.
package struct ValueType<Value: Sendable>: Sendable {
    /// How a value of a flag or an environment variable, which is mere text, is taken apart.
    package enum Shape: Sendable { case scalar, list, structure }

    /// What is allowed, as it continues the words `allowed:`.
    let allowed: String
    let shape: Shape
    /// The value, or nil when at least one fault was added.
    let read: @Sendable (WrittenValue, Surroundings, inout [ValueFault]) -> Value?
    /// The value as YAML on one line, which `read` takes back.
    let write: @Sendable (Value) -> String
}

/// Why a value can't be taken, and where exactly it stands.
package struct ValueFault: Sendable {
    var origin: Origin
    var found: String
    /// What is wrong with it, where the allowed values don't say it well enough.
    var reason: String?
    var allowed: String
}

/// The reason why a text can't be a value of the type.
struct Refusal: Error {
    var reason: String?
    static let plain = Refusal()
}

extension ValueType {
    /// A type whose values are one piece of text. `quotedToo`: text between quotes is taken as well.
    static func scalar(
        _ allowed: String, quotedToo: Bool = true,
        write: @escaping @Sendable (Value) -> String,
        read: @escaping @Sendable (String, Surroundings) throws(Refusal) -> Value
    ) -> ValueType {
        ValueType(
            allowed: allowed, shape: .scalar,
            read: { written, surroundings, faults in
                var fault = ValueFault(origin: written.origin, found: written.found, allowed: allowed)
                guard case .scalar(let text, let isQuoted) = written.content else {
                    faults.append(fault)
                    return nil
                }
                if isQuoted && !quotedToo {
                    fault.reason = "text"
                    faults.append(fault)
                    return nil
                }
                do throws(Refusal) {
                    return try read(text, surroundings)
                } catch {
                    fault.reason = error.reason
                    faults.append(fault)
                    return nil
                }
            }, write: write)
    }

    /// A list of values of another type; every element that can't be taken is a fault of its own.
    static func list<Element>(of element: ValueType<Element>) -> ValueType where Value == [Element] {
        let allowed = "a list, each \(element.allowed)"
        return ValueType(
            allowed: allowed, shape: element.shape == .scalar ? .list : .structure,
            read: { written, surroundings, faults in
                guard case .list(let items) = written.content else {
                    faults.append(ValueFault(origin: written.origin, found: written.found, allowed: allowed))
                    return nil
                }
                let before = faults.count
                let values = items.compactMap { element.read($0, surroundings, &faults) }
                return faults.count == before ? values : nil
            },
            write: { "[" + $0.map(element.write).joined(separator: ", ") + "]" })
    }

    /// The same values, of which one text stands for nil.
    static func optional<Wrapped>(_ wrapped: ValueType<Wrapped>, none: String, _ meaning: String) -> ValueType
    where Value == Wrapped? {
        let allowed = wrapped.allowed + meaning
        return ValueType(
            allowed: allowed, shape: .scalar,
            read: { written, surroundings, faults in
                if case .scalar(let text, _) = written.content, text.lowercased() == none {
                    return .some(nil)
                }
                let before = faults.count
                let value = wrapped.read(written, surroundings, &faults)
                for index in before..<faults.count { faults[index].allowed = allowed }
                return value.map { .some($0) }
            },
            write: { $0.map(wrapped.write) ?? (none.isEmpty ? "\"\"" : none) })
    }
}
