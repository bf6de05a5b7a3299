internal import LogSpool

/// An executor with a thread of its own, for actors whose calls block: files, SQLite, libpq, journald.
///
/// Several actors may share one; then they take turns. The thread starts with the first job.
package final class ThreadExecutor: SerialExecutor {
    private struct State {
        var jobs: [UnownedJob] = []
        var isRunning = false
        var isStopping = false
    }

    private let name: String
    private let state = Monitor(State())

    /// `name` shows in `top -H`, cut to 15 bytes.
    package init(name: String) { self.name = name }

    package func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        let mustStart = state.change { state in
            state.jobs.append(job)
            defer { state.isRunning = true }
            return !state.isRunning
        }
        if mustStart { WorkerThread(name: name) { self.run() }.detach() }
    }

    /// Lets the thread end once it has nothing to do; a job that comes later still finds one.
    package func stop() { state.change { $0.isStopping = true } }

    private func run() {
        while let jobs = nextJobs() {
            for job in jobs { job.runSynchronously(on: asUnownedSerialExecutor()) }
        }
    }

    private func nextJobs() -> [UnownedJob]? {
        state.await { state in
            if state.jobs.isEmpty {
                guard state.isStopping else { return .wait(nanoseconds: nil) }
                state.isRunning = false
                return .done(nil)
            }
            defer { state.jobs = [] }
            return .done(state.jobs)
        }
    }
}
