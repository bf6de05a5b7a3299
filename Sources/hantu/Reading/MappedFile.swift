internal import CFileMap
import Glibc
import LogModel

/// A file's first bytes as memory: searching them copies nothing.
struct MappedFile: ~Copyable {
    private var map = cfm_map()

    /// Maps what there is up to `end`, which must not lie behind the file's end.
    init(_ file: borrowing PlainFile, upTo end: Int) throws(PlainFile.Failure) {
        let problem = cfm_open(&map, file.descriptor, end, OutputBuffer.slack)
        guard problem == 0 else { throw PlainFile.Failure(number: problem) }
    }

    deinit {
        var map = map
        cfm_close(&map)
    }

    /// `OutputBuffer.slack` bytes behind them may be read.
    var bytes: UnsafeBufferPointer<UInt8> { UnsafeBufferPointer(start: map.bytes, count: map.length) }

    /// Gives memory back that won't be looked at again.
    func release(_ range: Range<Int>) { cfm_release([map], range.lowerBound, range.count) }

    /// Throws where some of what was looked at couldn't be read, and was zeros: the file was cut, or the disk failed.
    func check(_ file: borrowing PlainFile) throws(PlainFile.Failure) {
        guard cfm_is_torn([map]) != 0 else { return }
        throw PlainFile.Failure(number: file.currentSize() < map.length ? ESTALE : EIO)
    }
}
