import LogModel
import LogStore
import Testing

@testable import hantu

struct RowTests {
    private func json(_ change: (inout LogRecord) -> Void) -> String {
        var record = LogRecord(timestamp: Timestamp(seconds: noon), level: .error)
        change(&record)
        var out = OutputBuffer()
        RowJSON.append(StoredRecord(row: 1, record: record), zone: seoul, to: &out)
        return String(decoding: out.bytes, as: UTF8.self)
    }

    @Test func `a context is JSON as it was given`() {
        #expect(
            json { $0.context = "{\"n\":1e400,\"big\":90071992547409931}" }.contains(
                #""context":{"n":1e400,"big":90071992547409931},"#))
        #expect(json { $0.context = "[1]" }.contains(#""context":[1],"#))
    }

    @Test(arguments: ["plain text", "", "{\"a\":1", "{} x", "{'a': 1}"])
    func `a context that is no JSON, as older tables have it, is a string`(context: String) {
        var expected = OutputBuffer()
        JSONString.append(context, to: &expected)
        #expect(
            json { $0.context = context }.contains(
                "\"context\":" + String(decoding: expected.bytes, as: UTF8.self) + ","))
    }

    @Test func `a row can't forge a line`() {
        let shown = json {
            $0.message = "a\nb\u{1b}[31m\u{202e}"
            $0.context = "{\"k\":\"\u{9b}\"}"
        }
        #expect(shown.split(separator: "\n").count == 1)
        #expect(shown.contains(#""message":"a\nb\u001b[31m\u202e""#))
        #expect(shown.contains(#"{"k":"\u009b"}"#))
    }

    @Test func `a day of the store is a day of the zone`() {
        var query = RecordQuery()
        query.date = CivilDate(compact: "20260201")
        let wanted = query.storeQuery(zone: seoul)
        #expect(wanted.since == Timestamp(seconds: noon - 12 * 3600))
        #expect(wanted.until == Timestamp(seconds: noon + 12 * 3600))
        query.since = Timestamp(seconds: noon)
        #expect(query.storeQuery(zone: seoul).since == Timestamp(seconds: noon))
    }
}
