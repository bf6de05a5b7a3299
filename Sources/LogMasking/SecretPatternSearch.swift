/// Finds secrets that only somebody's configuration knows.
///
/// The built-in rules need no more than bytes, so that the client can use them; expressions need a library,
/// which only the daemon brings.
package protocol SecretPatternSearch: AnyObject {
    /// Appends what is to be masked in `text`; the ranges need no order and may overlap.
    func search(_ text: MaskText, _ ranges: inout MaskedRanges)
}
