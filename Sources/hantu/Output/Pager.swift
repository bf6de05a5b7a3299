import Glibc

/// Long output through a pager, as git does it: only on a terminal, `HANTU_PAGER` before `PAGER` before `less`,
/// which goes by itself where everything fits on the screen (`LESS=FRX`, unless LESS is set).
enum Pager {
    /// The shell command that shows the output; nil where it goes straight to the terminal.
    static func command(environment: [String: String], isExecutable: (String) -> Bool) -> String? {
        if environment["TERM"] == "dumb" { return nil }
        for name in ["HANTU_PAGER", "PAGER"] {
            guard let command = environment[name] else { continue }
            // Asked for none.
            return command.allSatisfy(\.isWhitespace) || command == "cat" ? nil : command
        }
        let path = environment["PATH"] ?? ""
        return path.split(separator: ":").contains { isExecutable("\($0)/less") } ? "less" : nil
    }

    nonisolated(unsafe) private static var process: pid_t = 0

    /// Starts it, where there is one, and lets standard output, and what is said on a terminal, go there. The
    /// command's end waits for the pager's.
    static func start(environment: [String: String]) {
        let command = command(environment: environment) { access($0, X_OK) == 0 }
        guard let command, isatty(STDOUT_FILENO) == 1 else { return }
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else { return }
        // The pager must not hold the end that it waits for.
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        defer {
            close(ends[0])
            close(ends[1])
        }
        guard let started = spawn(command, reading: ends[0], environment) else { return }
        process = started
        dup2(ends[1], STDOUT_FILENO)
        if isatty(STDERR_FILENO) == 1 { dup2(ends[1], STDERR_FILENO) }
        // Ctrl-C is the pager's; whoever leaves it ends us with the pipe.
        signal(SIGINT, SIG_IGN)
        atexit {
            close(STDOUT_FILENO)
            close(STDERR_FILENO)
            var status: Int32 = 0
            while waitpid(Pager.process, &status, 0) < 0, errno == EINTR {}
        }
    }

    private static func spawn(_ command: String, reading pipe: Int32, _ environment: [String: String])
        -> pid_t?
    {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_adddup2(&actions, pipe, STDIN_FILENO)
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var usual = sigset_t()
        sigemptyset(&usual)
        sigaddset(&usual, SIGPIPE)
        sigaddset(&usual, SIGINT)
        posix_spawnattr_setsigdefault(&attributes, &usual)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGDEF))
        var variables = environment
        if variables["LESS"] == nil { variables["LESS"] = "FRX" }
        if variables["LV"] == nil { variables["LV"] = "-c" }
        var words: [UnsafeMutablePointer<CChar>?] = []
        for word in ["sh", "-c", command] { words.append(strdup(word)) }
        words.append(nil)
        var settings: [UnsafeMutablePointer<CChar>?] = []
        for (name, value) in variables { settings.append(strdup("\(name)=\(value)")) }
        settings.append(nil)
        defer { for text in words + settings { free(text) } }
        var child: pid_t = 0
        return posix_spawn(&child, "/bin/sh", &actions, &attributes, &words, &settings) == 0 ? child : nil
    }
}
