import ArgumentParser
import Glibc
import LogConfiguration
import LogModel
import LogSpool
import LogStore

extension Session {
    /// The error store of the daemon's configuration; exits 1 where the URL names none.
    func store(_ access: EmbeddedStore.Access) throws -> any ErrorStore {
        do throws(StoreURL.Fault) {
            return try StoreLocation(
                url: configuration.store.url, spoolDirectory: configuration.spool.directory
            ).store(access: access, zone: zone, clock: CommandClock())
        } catch {
            Report.failure("저장소 주소를 쓸 수 없습니다: \(error)")
            throw ExitCode(1)
        }
    }
}

/// Asks the store; says what failed, and exits 1.
func ask<Answer>(_ question: () throws(StoreError) -> Answer) throws -> Answer {
    do throws(StoreError) {
        return try question()
    } catch {
        switch error {
        case .absent(let place): Report.information("아직 에러 저장소가 없습니다 (\(place))")
        default: Report.failure("에러 저장소: \(error)")
        }
        throw ExitCode(1)
    }
}

/// The machine's clocks.
struct CommandClock: Clock {
    func now() -> Timestamp {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Timestamp(seconds: Int64(time.tv_sec), nanoseconds: UInt32(time.tv_nsec), precision: 9)
    }

    func monotonicNanoseconds() -> UInt64 {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
    }
}
