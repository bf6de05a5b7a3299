package import LogPipeline
package import LogSinks
package import LogSpool
package import LogStore

/// Everything that can be set, each part declared beside the component that it serves (contract section 9).
///
/// A fresh value holds the defaults: an empty file means exactly this.
package struct Configuration: Sendable, Equatable {
    package var intake = IntakeConfiguration()
    package var files = FilesConfiguration()
    package var spool = SpoolConfiguration()
    package var store = StoreConfiguration()
    package var alerts = AlertsConfiguration()
    package var journal = JournalConfiguration()
    package var masking = MaskingConfiguration()
    package var admin = AdminConfiguration()

    package init() {}
}
