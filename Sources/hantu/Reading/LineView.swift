import LogModel

/// What a command does with lines: which it wants, and how it shows them.
///
/// `OutputBuffer.slack` bytes behind each line may be read.
protocol LineView: AnyObject {
    /// Every line that is wanted holds one of these; nil where nothing is known of that.
    var needles: [[UInt8]]? { get }
    func judge(_ line: UnsafeBufferPointer<UInt8>) -> LineVerdict
    /// Appends what is shown of a line that was wanted, with its newline.
    func append(_ line: UnsafeBufferPointer<UInt8>, to out: inout OutputBuffer)
}

enum LineVerdict { case wanted, unwanted, broken }
