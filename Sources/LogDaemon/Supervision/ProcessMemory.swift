import CMalloc
import Glibc

/// What the process keeps of the memory that it used.
enum ProcessMemory {
    /// Keeps freed chunks for the next ones. Left alone, the allocator gives the top of its heap back after nearly
    /// every chunk, and every new one costs page faults: a sixth of all CPU under load.
    static func keepFreedChunks() {
        let bound = CInt(8 << 20)
        mallopt(M_TRIM_THRESHOLD, bound)
        mallopt(M_MMAP_THRESHOLD, bound)
        mallopt(M_ARENA_MAX, 2)
    }

    /// Gives back what only the start needed: free memory, and pages of code, half of which the runtime's first
    /// steps touch. Code that is needed again comes from the page cache.
    static func forgetTheStart() {
        malloc_trim(0)
        for range in codeRanges() {
            madvise(UnsafeMutableRawPointer(bitPattern: range.lowerBound), range.count, MADV_DONTNEED)
        }
    }

    /// Where code of files lies: mapped for execution and never written to, so that nothing in it can be lost.
    private static func codeRanges() -> [Range<UInt>] {
        guard let maps = contents(of: "/proc/self/maps") else { return [] }
        return maps.split(separator: "\n").compactMap { line in
            let words = line.split(separator: " ", maxSplits: 5, omittingEmptySubsequences: true)
            guard words.count == 6, words[1] == "r-xp", words[5].contains("/") else { return nil }
            let bounds = words[0].split(separator: "-").compactMap { UInt($0, radix: 16) }
            return bounds.count == 2 && bounds[0] < bounds[1] ? bounds[0]..<bounds[1] : nil
        }
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
