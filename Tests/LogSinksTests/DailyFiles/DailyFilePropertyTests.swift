import Glibc
import LogModel
import LogTesting
import Synchronization
import Testing

@testable import LogSinks

@Suite struct `Whatever fails` {
    /// Faults of all kinds at random, then a healthy disk: where is each line?
    @Test(arguments: 0..<400) func `every line is in a file or on stderr once, and no two are merged`(
        seed: Int
    ) {
        let fixture = DailyFileFixture()
        let disk = fixture.fileSystem
        let files = fixture.make()
        let random = Mutex(SeededGenerator(seed: UInt64(seed)))
        func chance(_ percent: Int) -> Bool {
            random.withLock { Int.random(in: 0..<100, using: &$0) } < percent
        }
        let outsiders = seed % 2 == 1
        var submitted: [String] = []

        disk.onWrite { wanted in
            random.withLock { generator in
                switch Int.random(in: 0..<10, using: &generator) {
                case 0: .fails([EIO, ENOSPC, EDQUOT, EROFS].randomElement(using: &generator)!)
                case 1...6: .takes(Int.random(in: 1...wanted, using: &generator))
                default: .takes(wanted)
                }
            }
        }
        for _ in 0..<60 {
            if chance(10) { disk.failOpens([EACCES, EROFS, EIO].randomElement()) }
            if chance(40) { disk.failOpens(nil) }
            let path = chance(50) ? DailyFileFixture.textPath : DailyFileFixture.errorPath
            if chance(10) { disk.remove(path) }
            if outsiders, chance(5) { disk.append("outsider\n", to: path) }
            if chance(40) {
                fixture.clock.advance(seconds: random.withLock { .random(in: 0...20, using: &$0) })
            }
            if chance(20) { files.tick() }
            if chance(5) { files.release(chance(50) ? .text : .errors, DailyFileFixture.today) }
            files.write(
                (0..<random.withLock { Int.random(in: 0...4, using: &$0) }).map { _ in
                    let lines = (0..<random.withLock { Int.random(in: 1...5, using: &$0) }).map {
                        "line \(submitted.count + $0) \(String(repeating: "~", count: $0 * 7))."
                    }
                    submitted += lines
                    return chunk(lines, kind: chance(50) ? .text : .errors, day: DailyFileFixture.today)
                })
        }
        disk.failOpens(nil)
        disk.onWrite { .takes($0) }
        fixture.clock.advance(seconds: 60)
        files.tick()
        files.finish()
        #expect(files.backlog == 0)

        let onlyShown = fixture.shown.withLock { $0.filter { !$0.kept }.map(\.text) }
        var counts: [String: Int] = [:]
        var fragments: [Substring] = []
        for text in disk.everything + onlyShown {
            var lines = text.split(separator: "\n", omittingEmptySubsequences: false)
            if let last = lines.popLast(), !last.isEmpty { fragments.append(last) }
            for line in lines { counts[String(line), default: 0] += 1 }
        }
        for line in submitted {
            let count = counts.removeValue(forKey: line) ?? 0
            // With an outsider's bytes in between it can't be known that a line lacks its newline alone.
            #expect(count == 1 || outsiders && count == 2, "\(line), \(count) times, seed \(seed)")
        }
        // What is left are the fronts of lines that were begun in a file that went away or got an outsider's bytes.
        for line in fragments + counts.keys.map({ $0[...] }) {
            let own = line.replacing("outsider", with: "")
            #expect(own.isEmpty || submitted.contains { $0.hasPrefix(own) }, "\(line), seed \(seed)")
        }
        for shown in fixture.shown.withLock({ $0 }) { #expect(shown.text.hasSuffix(".\n")) }
    }
}
