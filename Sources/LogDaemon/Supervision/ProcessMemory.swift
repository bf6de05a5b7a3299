import CMalloc
import Glibc

/// What the process keeps of the memory that it used.
package enum ProcessMemory {
    /// Keeps freed chunks for the next ones. Left alone, the allocator gives the top of its heap back after nearly
    /// every chunk, and every new one costs page faults: a sixth of all CPU under load.
    static func keepFreedChunks() {
        let bound = CInt(8 << 20)
        mallopt(M_TRIM_THRESHOLD, bound)
        mallopt(M_MMAP_THRESHOLD, bound)
        mallopt(M_ARENA_MAX, 2)
    }

    /// Gives back what only the start needed: free memory, and pages of programs and libraries, most of which the
    /// linker's and the runtime's first steps touch. What is needed again comes from the page cache.
    package static func forgetTheStart() {
        malloc_trim(0)
        for range in unchangedRanges() {
            madvise(UnsafeMutableRawPointer(bitPattern: range.lowerBound), range.count, MADV_DONTNEED)
        }
    }

    /// Where code and constants of files lie: mapped, not for writing, and no page of them changed (the linker's
    /// relocations are such changes), so that nothing can be lost.
    private static func unchangedRanges() -> [Range<UInt>] {
        var found: [Range<UInt>] = []
        var range: Range<UInt>?
        for line in (contents(of: "/proc/self/smaps") ?? "").split(separator: "\n") {
            let words = line.split(separator: " ", maxSplits: 5, omittingEmptySubsequences: true)
            if words.count == 6, words[0].contains("-") {
                let bounds = words[0].split(separator: "-").compactMap { UInt($0, radix: 16) }
                let isOfFile = ["r-xp", "r--p"].contains(words[1]) && words[5].contains("/")
                range = isOfFile && bounds.count == 2 && bounds[0] < bounds[1] ? bounds[0]..<bounds[1] : nil
            } else if words.count >= 2, words[0] == "Anonymous:", words[1] == "0", let unchanged = range {
                found.append(unchanged)
            }
        }
        return found
    }

    private static func contents(of path: String) -> String? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        var part = [UInt8](repeating: 0, count: 16384)
        while true {
            let count = read(descriptor, &part, part.count)
            guard count > 0 else { return String(decoding: bytes, as: UTF8.self) }
            bytes += part[..<count]
        }
    }
}
