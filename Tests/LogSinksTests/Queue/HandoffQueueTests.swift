import Glibc
import LogTesting
import Synchronization
import Testing

@testable import LogSinks

@Suite struct `The hand-off queue` {
    let queue = HandoffQueue<Int>()

    @Test func `gives everything that waits at once, in order, with the last ticket`() {
        for number in 1...3 { #expect(queue.push(number * 10, bytes: 5) == UInt64(number)) }
        var taken: [Int] = []
        #expect(queue.takeAll(into: &taken, waitingFor: nil) == 3)
        #expect(taken == [10, 20, 30])
        #expect(queue.bytes == 15, "taken is not dealt with")
        queue.settle(bytes: 15)
        #expect(queue.bytes == 0)
        #expect(queue.takeAll(into: &taken, waitingFor: 1000) == 3)
        #expect(taken.isEmpty)
    }

    @Test func `gives what waits before it ends`() {
        _ = queue.push(1, bytes: 0)
        queue.close()
        #expect(queue.push(2, bytes: 0) == nil)
        var taken: [Int] = []
        #expect(queue.takeAll(into: &taken, waitingFor: nil) == 1)
        #expect(taken == [1])
        #expect(queue.takeAll(into: &taken, waitingFor: nil) == nil)
    }

    @Test func `calls for more once, when it has fallen below the mark`() {
        let calls = Mutex(0)
        _ = queue.push(1, bytes: 100)
        queue.onRoom(below: 50) { calls.withLock { $0 += 1 } }
        queue.settle(bytes: 50)
        #expect(calls.withLock { $0 } == 0)
        queue.settle(bytes: 1)
        queue.settle(bytes: 1)
        #expect(calls.withLock { $0 } == 1)
        queue.onRoom(below: 50) { calls.withLock { $0 += 1 } }
        #expect(calls.withLock { $0 } == 2, "there is room already")
    }

    @Test func `lets nobody wait for room after its end`() {
        let calls = Mutex(0)
        _ = queue.push(1, bytes: 100)
        queue.onRoom(below: 1) { calls.withLock { $0 += 1 } }
        queue.close()
        queue.onRoom(below: 1) { calls.withLock { $0 += 1 } }
        #expect(calls.withLock { $0 } == 2)
    }

    @Test func `wakes the thread that sleeps`() async {
        let seen = Mutex<[Int]>([])
        let thread = PlainThread(name: "test") { [queue] in
            var taken: [Int] = []
            while queue.takeAll(into: &taken, waitingFor: nil) != nil { seen.withLock { $0 += taken } }
        }
        for number in 0..<2000 {
            _ = queue.push(number, bytes: 0)
            if number % 100 == 0 { await Task.yield() }
        }
        queue.close()
        #expect(await thread.end(within: .seconds(10)))
        #expect(seen.withLock { $0 } == Array(0..<2000))
    }
}
