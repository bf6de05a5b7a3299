import Foundation
import Testing

@testable import LogModel

func zone(_ name: String) throws -> ZoneRules {
    let bytes = try Data(contentsOf: URL(fileURLWithPath: "/usr/share/zoneinfo/\(name)"))
    return try ZoneRules(name: name, tzif: [UInt8](bytes))
}

@Suite struct ZoneRulesTests {
    static let names = [
        "Asia/Seoul", "America/New_York", "Europe/London", "America/Sao_Paulo", "Australia/Lord_Howe",
        "Asia/Kolkata", "Africa/Casablanca", "Pacific/Apia", "Antarctica/Troll", "UTC",
    ]

    /// An implementation of its own agrees on every offset: the C library's.
    @Test(arguments: names) func offsetsAgreeWithTheCLibrary(name: String) throws {
        let rules = try zone(name)
        let calendar = TimeZone(identifier: name)!
        var generator = SystemRandomNumberGenerator()
        for _ in 0..<2000 {
            let instant = Int64.random(in: -1_000_000_000..<4_000_000_000, using: &generator)
            let expected = calendar.secondsFromGMT(for: Date(timeIntervalSince1970: Double(instant)))
            #expect(Int(rules.offset(at: instant)) == expected, "\(name) at \(instant)")
        }
    }

    @Test(arguments: names) func spansMeetWithoutGapsAndHoldOneOffset(name: String) throws {
        let rules = try zone(name)
        var instant: Int64 = 0
        for _ in 0..<200 {
            let span = rules.span(at: instant)
            #expect(span.contains(instant))
            guard span.until != .max else { break }
            #expect(rules.span(at: span.until).from == span.until)
            #expect(rules.offset(at: span.until - 1) == span.offset)
            instant = span.until
        }
    }

    @Test func newYorkSkipsAnHourInMarch() throws {
        let rules = try zone("America/New_York")
        // 2026-03-08 02:30 does not exist: as far behind the gap's start as it is written.
        let day = CivilDate(year: 2026, month: 3, day: 8)!.dayNumber
        let local = Int64(day) * 86400 + 2 * 3600 + 1800
        #expect(rules.instant(ofLocal: local) == 1_772_955_000)
        #expect(rules.offset(at: 1_772_955_000) == -4 * 3600)
    }

    @Test func ofTheHourThatComesTwiceInNovemberTheFirstIsMeant() throws {
        let rules = try zone("America/New_York")
        let day = CivilDate(year: 2026, month: 11, day: 1)!.dayNumber
        let local = Int64(day) * 86400 + 3600 + 1800
        let instant = rules.instant(ofLocal: local)
        #expect(rules.offset(at: instant) == -4 * 3600)
        #expect(rules.offset(at: instant + 3600) == -5 * 3600)
    }

    @Test func aDayBeginsAtItsFirstSecondAlsoWhereMidnightIsSkipped() throws {
        let seoul = try zone("Asia/Seoul")
        #expect(seoul.startOfDay(CivilDate(year: 2026, month: 2, day: 1)!) == 1_769_871_600)
        // In São Paulo on 2018-11-04 midnight didn't come; the day began at one o'clock.
        let saoPaulo = try zone("America/Sao_Paulo")
        let start = saoPaulo.startOfDay(CivilDate(year: 2018, month: 11, day: 4)!)
        #expect(saoPaulo.date(of: Timestamp(seconds: start)) == CivilDate(year: 2018, month: 11, day: 4))
        #expect(saoPaulo.date(of: Timestamp(seconds: start - 1)) == CivilDate(year: 2018, month: 11, day: 3))
    }

    @Test func damagedZoneFilesAreRefusedNotRead() throws {
        let bytes = [UInt8](
            try Data(contentsOf: URL(fileURLWithPath: "/usr/share/zoneinfo/America/New_York")))
        #expect(throws: ZoneFileError.notTZif) { try ZoneRules(name: "x", tzif: Array("hello".utf8)) }
        for length in stride(from: 0, to: bytes.count, by: 7) {
            _ = try? ZoneRules(name: "x", tzif: Array(bytes[..<length]))
        }
        var generator = SystemRandomNumberGenerator()
        for _ in 0..<2000 {
            var damaged = bytes
            for _ in 0..<3 {
                damaged[Int.random(in: 0..<damaged.count, using: &generator)] = .random(
                    in: 0...255, using: &generator)
            }
            if let rules = try? ZoneRules(name: "x", tzif: damaged) { _ = rules.span(at: 1_900_000_000) }
        }
    }
}

@Suite struct CivilDateTests {
    @Test func everyDayOfFourCenturiesGoesThereAndBack() {
        for day in stride(from: -146_097, through: 2 * 146_097, by: 1) {
            let parts = CivilDate(dayNumber: day).components
            #expect(CivilDate(year: parts.year, month: parts.month, day: parts.day)?.dayNumber == day)
        }
    }

    @Test func weekdaysAreCountedFromSunday() {
        #expect(CivilDate(year: 1970, month: 1, day: 1)!.weekday == 4)
        #expect(CivilDate(year: 2026, month: 2, day: 1)!.weekday == 0)
        #expect(CivilDate(year: 1969, month: 12, day: 28)!.weekday == 0)
    }

    @Test func daysThatTheCalendarHasNotAreRefused() {
        #expect(CivilDate(year: 2026, month: 2, day: 29) == nil)
        #expect(CivilDate(compact: "20261301") == nil)
        #expect(CivilDate(compact: "2026-2-1") == nil)
        #expect(CivilDate(compact: "20240229")?.compact == "20240229")
    }
}
