/// Account numbers and resident registration numbers.
extension MaskText {
    /// The account number (8-2 digits, the eight no date) or resident registration number (a date, then seven
    /// digits) around the hyphen at `position`.
    func hyphenatedNumber(around position: Int, floor: Int) -> Range<Int>? {
        guard position - floor >= 6, self[position - 1].isDigit, base[position - 6].isDigit else {
            return nil
        }
        var start = position
        while start > floor, position - start < 9, base[start - 1].isDigit { start -= 1 }
        switch position - start {
        case 8: return isAccountNumber(start, announced: false) ? start..<position + 3 : nil
        case 6: return isResidentNumber(start) ? start..<position + 8 : nil
        default: return nil
        }
    }

    /// Behind the account word around the anchor at `position`: the first c of account or acct, or 좌.
    func accountWordEnd(inside position: Int) -> Int? {
        accountWordEnd(at: position - (base[position] < 0x80 ? 1 : 3))
    }

    /// Behind the account word (계좌, account, acct; also accounts, acctNo and the like) at `start`.
    func accountWordEnd(at start: Int) -> Int? {
        if has("계좌", at: start) { return start + 6 }
        let end: Int
        if has("account", at: start) {
            end = start + 7
        } else if has("acct", at: start) {
            end = start + 4
        } else {
            return nil
        }
        // "accounting", "accountable" are other words.
        guard self[end].isLowercase, base[end - 1].isLowercase else { return end }
        for ending: StaticString in ["s", "no", "num", "number", "id"] where has(ending, at: end) {
            let after = end + ending.utf8CodeUnitCount
            if !self[after].isLowercase { return after }
        }
        return nil
    }

    /// The number that follows an account word which ends at `start`: the first one on the line, at most 24
    /// bytes away, of 8-2 digits or of ten.
    func announcedAccountNumber(from start: Int) -> Range<Int>? {
        let limit = min(start + 25, count)
        var number = start
        while number < limit, !base[number].isDigit {
            if base[number].isLineEnd { return nil }
            // What is masked doesn't come between a word and its number.
            if base[number] == UInt8(ascii: "*"), has("***", at: number) { return nil }
            number += 1
        }
        if number == limit { return nil }
        if number > start, base[number - 1].isLetter { return nil }
        if isAccountNumber(number, announced: true) { return number..<number + 11 }
        return isTenDigitAccount(number) ? number..<number + 10 : nil
    }

    /// Whether this, as a field's name, is an account word or ends in one: `account`, `kisAcct`, `위탁계좌`.
    var endsInAccountWord: Bool {
        guard count >= 4 else { return false }
        // The last two letters turn nearly every name away.
        switch (base[count - 2] | 0x20, base[count - 1] | 0x20) {
        case (UInt8(ascii: "n"), UInt8(ascii: "t")): return accountWordEnd(at: count - 7) == count
        case (UInt8(ascii: "c"), UInt8(ascii: "t")): return accountWordEnd(at: count - 4) == count
        case (UInt8(ascii: "t"), UInt8(ascii: "s")):
            return accountWordEnd(at: count - 8) == count || accountWordEnd(at: count - 5) == count
        default: return base[count - 1] >= 0x80 && has("계좌", at: count - 6)
        }
    }

    private func isTenDigitAccount(_ start: Int) -> Bool {
        let end = start + 10
        guard isNumber(start, digits: 10) else { return false }
        switch self[end] {
        case UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: ","):
            // More digits, which may have been masked since, make another number of it.
            return !self[end + 1].isDigit && self[end + 1] != UInt8(ascii: "*")
        case UInt8(ascii: ":"):
            return botToken(around: end, floor: start) == nil
        case let byte where byte >= 0x80:
            // An amount, not an account: "1234567890원".
            for unit: StaticString in ["원", "주", "개", "건", "달러", "만", "억", "초", "회"]
            where has(unit, at: end) { return false }
            return true
        default:
            return true
        }
    }

    /// Eight digits, a hyphen, two digits. Unless it was announced, the eight must be no date.
    private func isAccountNumber(_ start: Int, announced: Bool) -> Bool {
        guard self[start + 8] == UInt8(ascii: "-"), areDigits(start, 8), isNumber(start + 9, digits: 2),
            start == 0 || !base[start - 1].isAlphanumeric || announced
        else { return false }
        if announced { return true }
        let year = value(start, 4)
        return !(1990...2099 ~= year && isDate(year, value(start + 4, 2), value(start + 6, 2)))
    }

    private func isResidentNumber(_ start: Int) -> Bool {
        guard areDigits(start + 7, 7), !self[start + 14].isDigit else { return false }
        // The century is no matter: leap years are the same but for 1900, whose 29 February we let pass.
        return isDate(2000 + value(start, 2), value(start + 2, 2), value(start + 4, 2))
    }

    /// `digits` digits from `start` on, with neither a letter nor a digit behind them.
    private func isNumber(_ start: Int, digits: Int) -> Bool {
        areDigits(start, digits) && !self[start + digits].isAlphanumeric
    }

    private func areDigits(_ start: Int, _ count: Int) -> Bool {
        for i in start..<start + count where !self[i].isDigit { return false }
        return true
    }

    private func value(_ start: Int, _ count: Int) -> Int {
        var value = 0
        for i in start..<start + count { value = value * 10 + Int(base[i] - UInt8(ascii: "0")) }
        return value
    }

    private func isDate(_ year: Int, _ month: Int, _ day: Int) -> Bool {
        let length =
            switch month {
            case 1, 3, 5, 7, 8, 10, 12: 31
            case 4, 6, 9, 11: 30
            case 2: year % 4 == 0 ? 29 : 28
            default: 0
            }
        return 1...max(length, 1) ~= day && length > 0
    }
}
