// swift-tools-version: 6.2
import PackageDescription

// The targets stand in the order in which a record meets them; docs/architecture.md says
// which may import which, and a test holds the sources to it.

let settings: [SwiftSetting] = [
    .treatAllWarnings(as: .error),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
]

let nio: [Target.Dependency] = [
    .product(name: "NIOCore", package: "swift-nio"),
    .product(name: "NIOPosix", package: "swift-nio"),
]
let grdb = Target.Dependency.product(name: "GRDB", package: "GRDB.swift")
let arguments = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")
let signals = Target.Dependency.product(name: "UnixSignals", package: "swift-service-lifecycle")
let logging = Target.Dependency.product(name: "Logging", package: "swift-log")

let package = Package(
    name: "hantu-logd",
    products: [
        .executable(name: "hantu-logd", targets: ["hantu-logd"]),
        .executable(name: "hantu", targets: ["hantu"]),
        .library(name: "HantuLog", targets: ["HantuLog"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
    ],
    targets: [
        // C, behind module maps.
        .systemLibrary(
            name: "CLibSystemd", pkgConfig: "libsystemd", providers: [.apt(["libsystemd-dev"])]),
        .systemLibrary(
            name: "CLibPCRE2", pkgConfig: "libpcre2-8", providers: [.apt(["libpcre2-dev"])]),
        .systemLibrary(name: "CLibPQ", pkgConfig: "libpq", providers: [.apt(["libpq-dev"])]),
        .systemLibrary(name: "CLibZ", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
        .systemLibrary(
            name: "CLibZstd", pkgConfig: "libzstd", providers: [.apt(["libzstd-dev"])]),
        .systemLibrary(name: "CMalloc"),
        .systemLibrary(name: "CMemoryFile"),
        .systemLibrary(
            name: "CLibCurl", pkgConfig: "libcurl", providers: [.apt(["libcurl4-openssl-dev"])]),
        .target(name: "CVectorScan"),
        .target(name: "CFileMap"),

        // The way of a record.
        .target(name: "LogModel", dependencies: ["CVectorScan"], swiftSettings: settings),
        .target(
            name: "LogMasking", dependencies: ["LogModel", "CVectorScan"], swiftSettings: settings),
        .target(
            name: "LogPipeline", dependencies: ["LogModel", "LogMasking", "CVectorScan", "CLibPCRE2"],
            swiftSettings: settings),
        .target(name: "LogSpool", dependencies: ["LogModel", "CVectorScan", grdb], swiftSettings: settings),
        .target(name: "LogStore", dependencies: ["LogModel", "CLibPQ", grdb], swiftSettings: settings),
        .target(
            name: "LogSinks",
            dependencies: [
                "LogModel", "LogPipeline", "LogSpool", "LogStore", "CVectorScan", "CLibSystemd", "CLibZ",
                "CLibZstd",
                "CLibCurl",
            ],
            swiftSettings: settings),
        .target(
            name: "LogConfiguration",
            dependencies: [
                "LogModel", "LogPipeline", "LogSpool", "LogStore", "LogSinks",
                .product(name: "Yams", package: "Yams"),
            ],
            swiftSettings: settings),
        .target(
            name: "LogDaemon",
            dependencies: [
                "LogModel", "LogPipeline", "LogSpool", "LogStore", "LogSinks", "LogConfiguration",
                "CLibSystemd", "CMalloc", "CMemoryFile", signals, logging,
                .product(name: "NIOHTTP1", package: "swift-nio"),
            ] + nio,
            swiftSettings: settings),
        .target(
            name: "CNoLocaleData",
            cSettings: [.define("HANTU_STATIC_FOUNDATION", .when(configuration: .release))]),
        .executableTarget(
            name: "hantu-logd",
            dependencies: ["CNoLocaleData", "LogModel", "LogDaemon", "LogConfiguration", arguments],
            swiftSettings: settings),
        .executableTarget(
            name: "hantu",
            dependencies: [
                "CNoLocaleData", "CVectorScan", "CFileMap", "LogModel", "LogSpool", "LogStore", "LogSinks",
                "LogConfiguration", "CLibPCRE2", arguments,
            ],
            swiftSettings: settings),
        .target(
            name: "HantuLog", dependencies: ["LogModel", "LogMasking", logging], swiftSettings: settings),
        .executableTarget(
            name: "example-service", dependencies: ["HantuLog", logging], path: "Clients/swift/Example",
            swiftSettings: settings),
        .target(
            name: "LogTesting",
            dependencies: ["LogModel", "LogPipeline", "LogSpool", "LogStore", "LogSinks"],
            swiftSettings: settings),

        .executableTarget(
            name: "processor-benchmark", dependencies: ["LogModel", "LogPipeline"],
            path: "Benchmarks/Processor", swiftSettings: settings),

        .executableTarget(
            name: "client-benchmark", dependencies: ["HantuLog", logging], path: "Benchmarks/Client",
            swiftSettings: settings),

        // Tests.
        .testTarget(
            name: "LogModelTests", dependencies: ["LogModel", "LogTesting"], swiftSettings: settings),
        .testTarget(
            name: "LogPipelineTests",
            dependencies: ["LogPipeline", "LogMasking", "LogModel", "LogTesting", "CVectorScan"],
            swiftSettings: settings),
        .testTarget(
            name: "LogSpoolTests", dependencies: ["LogSpool", "LogModel", "LogTesting", grdb],
            swiftSettings: settings),
        .testTarget(
            name: "LogStoreTests", dependencies: ["LogStore", "LogModel", "LogTesting", grdb],
            swiftSettings: settings),
        .testTarget(
            name: "LogSinksTests",
            dependencies: [
                "LogSinks", "LogStore", "LogSpool", "LogPipeline", "LogModel", "LogTesting", "JournalProbe",
            ],
            swiftSettings: settings),
        // Runs beside a journald of its own; not installed.
        .executableTarget(
            name: "JournalProbe", dependencies: ["LogSinks", "LogModel"], path: "Tests/JournalProbe",
            swiftSettings: settings),
        .testTarget(
            name: "LogConfigurationTests",
            dependencies: [
                "LogConfiguration", "LogSinks", "LogStore", "LogSpool", "LogPipeline", "LogModel",
                "LogTesting",
            ],
            swiftSettings: settings),
        .testTarget(
            name: "LogDaemonTests",
            dependencies: [
                "LogDaemon", "LogConfiguration", "LogSinks", "LogSpool", "LogPipeline", "LogModel",
                "LogTesting", logging, .product(name: "NIOEmbedded", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
            ] + nio,
            swiftSettings: settings),
        .testTarget(
            name: "HantuTests",
            dependencies: [
                "hantu", "LogConfiguration", "LogModel", "LogSinks", "LogSpool", "LogStore", "LogTesting",
            ],
            swiftSettings: settings),
        .testTarget(
            name: "HantuLogTests",
            dependencies: ["HantuLog", "LogMasking", "LogModel", "LogTesting", logging],
            swiftSettings: settings),
        // A service for Tests/python; not installed.
        .executableTarget(
            name: "ClientProbe", dependencies: ["HantuLog", logging], path: "Tests/ClientProbe",
            swiftSettings: settings),
        .testTarget(name: "HouseTests", swiftSettings: settings),
    ],
    swiftLanguageModes: [.v6]
)
