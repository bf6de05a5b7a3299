import Glibc
import LogModel
import Synchronization

@testable import LogSinks

/// A file system in memory of which any call can be told to fail.
final class ScriptedFileSystem: FileSystem {
    private let state = Mutex(State())

    struct State {
        var contents: [Int: [UInt8]] = [:]
        var names: [String: Int] = [:]
        var directories: Set<String> = ["", "/logs"]
        var open: [CInt: Int] = [:]
        var next = 1
        var writes = 0
        var openFailure: CInt?
        var onWrite: @Sendable (_ wanted: Int) -> WriteAnswer = { .takes($0) }
    }

    enum WriteAnswer: Sendable {
        case takes(Int)
        case fails(CInt)
    }

    func makeDirectory(_ path: String) throws(SystemCallError) {
        state.withLock { _ = $0.directories.insert(path) }
    }

    func openForAppending(_ path: String) throws(SystemCallError) -> AppendedFile {
        let (file, failure): (AppendedFile?, CInt) = state.withLock { state in
            if let code = state.openFailure { return (nil, code) }
            guard state.directories.contains(String(path[..<path.lastIndex(of: "/")!])) else {
                return (nil, ENOENT)
            }
            state.next += 1
            let inode = state.names[path] ?? state.next
            state.names[path] = inode
            let content = state.contents[inode, default: []]
            state.contents[inode] = content
            let descriptor = CInt(state.next)
            state.open[descriptor] = inode
            return (
                AppendedFile(
                    descriptor: descriptor, identity: FileIdentity(device: 1, inode: UInt64(inode)),
                    size: content.count, endsWithNewline: content.last ?? 0x0A == 0x0A), 0
            )
        }
        guard let file else { throw SystemCallError(code: failure) }
        return file
    }

    func write(_ pieces: UnsafeBufferPointer<iovec>, to descriptor: CInt) throws(SystemCallError) -> Int {
        let bytes = pieces.flatMap { UnsafeRawBufferPointer(start: $0.iov_base, count: $0.iov_len) }
        let answer = state.withLock { state in
            state.writes += 1
            let answer = state.onWrite(bytes.count)
            if case .takes(let count) = answer {
                state.contents[state.open[descriptor]!]! += bytes.prefix(count)
            }
            return answer
        }
        switch answer {
        case .takes(let count): return min(count, bytes.count)
        case .fails(let code): throw SystemCallError(code: code)
        }
    }

    func probe(_ descriptor: CInt) throws(SystemCallError) {}

    func identity(at path: String) -> FileIdentity? {
        state.withLock { state in state.names[path].map { FileIdentity(device: 1, inode: UInt64($0)) } }
    }

    func close(_ descriptor: CInt) { state.withLock { _ = $0.open.removeValue(forKey: descriptor) } }

    // What a test does to it.

    func failOpens(_ code: CInt?) { state.withLock { $0.openFailure = code } }

    func onWrite(_ answer: @escaping @Sendable (_ wanted: Int) -> WriteAnswer) {
        state.withLock { $0.onWrite = answer }
    }

    func remove(_ path: String) { state.withLock { _ = $0.names.removeValue(forKey: path) } }

    func append(_ text: String, to path: String) {
        state.withLock { state in
            if let inode = state.names[path] { state.contents[inode]! += Array(text.utf8) }
        }
    }

    var writes: Int { state.withLock { $0.writes } }
    var openDescriptors: Int { state.withLock { $0.open.count } }
    var paths: [String] { state.withLock { Array($0.names.keys) } }

    func text(_ path: String) -> String? {
        state.withLock { state in
            state.names[path].map { String(decoding: state.contents[$0]!, as: UTF8.self) }
        }
    }

    /// Of all files that ever were, the removed ones too.
    var everything: [String] {
        state.withLock { $0.contents.values.map { String(decoding: $0, as: UTF8.self) } }
    }
}
