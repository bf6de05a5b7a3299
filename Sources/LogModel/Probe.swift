/// The record by which `hantu logd doctor` proves that every path works, and which is nobody's error.
package enum Probe {
    /// The service it comes from.
    package static let service = "hantu-doctor"
}
