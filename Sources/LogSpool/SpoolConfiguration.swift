/// Where the spool lies and how large it grows (contract section 9, `spool`).
package struct SpoolConfiguration: Sendable, Equatable {
    package var directory = "/var/lib/hantu-logd"
    /// Bytes of records it holds at most; the oldest of the lowest level go first.
    package var maximumBytes = 1_073_741_824
    /// Bytes of the file that is given up first when the disk is full.
    package var reserveBytes = 16_777_216

    package init() {}
}
