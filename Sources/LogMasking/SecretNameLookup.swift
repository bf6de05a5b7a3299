extension SecretNames.Index {
    /// Whether a name may end before `position`: rarely wrong, and quick.
    @inline(__always) func mayEnd(_ text: MaskText, before position: Int) -> Bool {
        if position == 0 { return false }
        let here = text.base + position
        let last = endings[Int(here[-1])].asLast
        if position < 3 { return last != 0 }
        return last & endings[Int(here[-2])].asSecondLast & endings[Int(here[-3])].asThirdLast != 0
    }

    /// The name that ends before the separator at `separator`, spaces, quotes and a closing bracket apart:
    /// `password=`, `'password' :`, `\"password\":`, `headers["Authorization"] =`.
    func field(_ text: MaskText, before separator: Int, floor: Int) -> SecretNames.Extent? {
        var end = separator
        while end > floor, text.base[end - 1].isBlank { end -= 1 }
        if end > floor, text.base[end - 1] == UInt8(ascii: "]") { end -= 1 }
        if end > floor, text.base[end - 1].isQuote {
            end -= 1
            while end > floor, text.base[end - 1] == UInt8(ascii: "\\") { end -= 1 }
        }
        return name(text, before: end, floor: floor)
    }

    /// The secret name that ends before `end`, as a whole word or as the last part of a longer name.
    func name(_ text: MaskText, before end: Int, floor: Int) -> SecretNames.Extent? {
        var node = 0
        var i = end
        while i > floor {
            let byte = text.base[i - 1].lowercased
            if byte.isNameFiller {
                i -= 1
                continue
            }
            var child = Int(node == 0 ? endings[Int(byte)].node : nodes[node].child)
            while child != 0, nodes[child].byte != byte { child = Int(nodes[child].sibling) }
            if child == 0 { return nil }
            node = child
            i -= 1
            if let extent = SecretNames.Extent(rawValue: nodes[node].extent), isPartStart(text, i, floor) {
                return exemptCount > 0 && isExempt(text, before: end, floor: floor) ? nil : extent
            }
        }
        return nil
    }

    func isSecret(_ name: MaskText) -> Bool {
        mayEnd(name, before: name.count) && self.name(name, before: name.count, floor: 0) != nil
    }

    /// Whether a part of a snake, kebab, camel or dotted name begins at `start`: `api_key`, `x-api-key`,
    /// `appKey`, `KISSecret`. A Korean name may end any longer word.
    private func isPartStart(_ text: MaskText, _ start: Int, _ floor: Int) -> Bool {
        let first = text.base[start]
        if first >= 0x80 || text.isWordStart(start, floor: floor) { return true }
        guard first.isUppercase else { return false }
        return !text.base[start - 1].isUppercase || text[start + 1].isLowercase
    }

    /// Whether the whole name before `end`, or its part behind the last dot, is exempt: letter for letter but
    /// for case.
    private func isExempt(_ text: MaskText, before end: Int, floor: Int) -> Bool {
        var start = end
        var dot = -1
        while start > floor {
            let byte = text.base[start - 1]
            if byte == UInt8(ascii: ".") {
                if dot < 0 { dot = start }
            } else if !byte.isAlphanumeric && !byte.isNameFiller && byte < 0x80 {
                break
            }
            start -= 1
        }
        while start < end, text.base[start] == UInt8(ascii: "-") { start += 1 }
        for i in 0..<exemptCount {
            if text.holds(exempt[i], start, end) || dot >= 0 && text.holds(exempt[i], dot, end) {
                return true
            }
        }
        return false
    }
}

extension MaskText {
    /// Whether exactly `word` stands from `start` to `end`, letters compared without case.
    fileprivate func holds(_ word: [UInt8], _ start: Int, _ end: Int) -> Bool {
        guard word.count == end - start else { return false }
        for i in 0..<word.count where base[start + i].lowercased != word[i] { return false }
        return true
    }
}
