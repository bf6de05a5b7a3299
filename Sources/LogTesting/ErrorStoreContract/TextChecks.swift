import Foundation
import LogModel
import LogStore

extension ErrorStoreContract {
    static let textChecks: [Check] = [
        Check(description: "any text comes back as it is") { store, _ in
            let texts = [
                "'; DROP TABLE error_logs; --", "\"quoted\" 'single' `back`", "100% of _all_ \\ back",
                "한글 日本語 🇰🇷 👩‍👩‍👧 e\u{301} \u{202E}", "$1 ? :name @x", "\u{1}\t\r\n\u{7F}\u{FFFD}\u{10FFFF}", "",
            ]
            let records = texts.enumerated().map { number, text in
                var record = sample(number)
                record.service = text
                record.logger = text
                record.module = text
                record.function = text
                record.message = text
                record.errorType = text
                record.stackTrace = text
                record.host = text
                return record
            }
            try same(try store.insert(records), InsertCount(new: records.count, duplicate: 0))
            try same(try all(store).map(\.record), records)
            for record in records {
                let found = try store.records(matching: query { $0.service = record.service })
                try same(found.map(\.record), [record])
            }
        },
        Check(description: "NUL becomes a readable escape, flagged") { store, _ in
            var record = sample(1)
            record.message = "a\0b\0"
            record.service = "s\0"
            record.context = nil
            _ = try store.insert([record])
            let stored = try all(store)[0].record
            try same(stored.message, "a\\u0000b\\u0000")
            try same(stored.service, "s\\u0000")
            try same(stored.context, #"{"escaped":true}"#)
            try same(try store.records(matching: query { $0.service = "s\0" }).count, 1)
            try same(try store.records(matching: query { $0.service = "s" }).count, 0)
        },
        Check(description: "NUL and lone surrogates in the context become readable, flagged") { store, _ in
            var record = sample(1)
            record.context = #"{"a\u0000":"\ud83d","b":"\ud83d\ude00 \\u0000","c":["\udc00x"]}"#
            _ = try store.insert([record])
            try sameJSON(
                try all(store)[0].record.context,
                #"{"a\\u0000":"\\ud83d","b":"\ud83d\ude00 \\u0000","c":["\\udc00x"],"escaped":true}"#)
        },
        Check(description: "numbers in the context keep their digits") { store, _ in
            var record = sample(1)
            record.context =
                #"{"big":90071992547409931234567890,"small":0.1000000000000000055511151231257827}"#
            _ = try store.insert([record])
            let stored = try all(store)[0].record.context ?? ""
            for digits in ["90071992547409931234567890", "0.1000000000000000055511151231257827"] {
                try require(stored.contains(digits), "\(digits) is not in \(stored)")
            }
        },
        Check(description: "a number beyond any double is kept") { store, _ in
            var record = sample(1)
            record.context = #"{"x":1e400}"#
            _ = try store.insert([record])
            let stored = try all(store)[0].record.context ?? ""
            // A store that keeps numbers as decimals may write the zeros out.
            try require(
                stored.contains("1e400") || stored.contains("1" + String(repeating: "0", count: 400)), stored)
        },
        Check(description: "a message of a mebibyte is kept whole") { store, _ in
            var record = sample(1)
            record.message = String(repeating: "가나다", count: 120_000)
            _ = try store.insert([record])
            try require(try all(store)[0].record.message == record.message, "the message changed")
        },
    ]

    /// Compares two contexts as a store may have rewritten them: in any order of keys and any spacing.
    private static func sameJSON(_ left: String?, _ right: String, line: Int = #line) throws {
        func object(_ text: String) -> NSDictionary? {
            (try? JSONSerialization.jsonObject(with: Data(text.utf8))) as? NSDictionary
        }
        try require(object(right) != nil, "\(right) is no object", line: line)
        try require(left.flatMap(object) == object(right), "\(left ?? "nil") is not \(right)", line: line)
    }
}
