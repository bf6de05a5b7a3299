extension ConfigurationSchema {
    static let intakeSection = Section(
        name: "intake", documentation: "Where services connect, and who may.",
        keys: [
            ConfigurationKey(
                "intake.socket", \.intake.socket, .socketPath,
                "The Unix socket on which records arrive.", change: .restart),
            ConfigurationKey(
                "intake.socket_mode", \.intake.socketMode, .fileMode,
                "The socket's permissions, octal.", change: .restart),
            ConfigurationKey(
                "intake.socket_group", \.intake.socketGroup,
                .optional(.text("a group's name"), none: "", ", or \"\" for the default, hantu-log"),
                "The group that may connect; set, it must exist, the default hantu-log may be missing.",
                change: .restart),
            ConfigurationKey(
                "intake.max_line_bytes", \.intake.maximumLineBytes, .bytes(1024...67_108_864),
                "The longest line; what is longer is cut and flagged.", change: .restart),
            ConfigurationKey(
                "intake.max_connections", \.intake.maximumConnections, .integer(1...65535),
                "Connections at once; further ones are told and closed.", change: .live),
            ConfigurationKey(
                "intake.allow", \.intake.allow, .list(of: .allowance),
                "Which user may use which service names, as {uid: ubuntu, services: [scheduler]}; empty: everybody all.",
                change: .live),
        ])
}
