extension ConfigurationSchema {
    static let adminSection = Section(
        name: "admin", documentation: "How the daemon is watched and operated.",
        keys: [
            ConfigurationKey(
                "admin.socket", \.admin.socket, .socketPath,
                "The Unix socket of the admin interface.", change: .restart),
            ConfigurationKey(
                "admin.http", \.admin.http, .listenAddress,
                "Where the page and /metrics are served over TCP; empty: nowhere.", change: .restart),
            ConfigurationKey(
                "admin.token_file", \.admin.tokenFile, .optionalPath,
                "A file with the token that changing calls over TCP need.", change: .restart),
            ConfigurationKey(
                "admin.allow_remote", \.admin.allowRemote, .boolean,
                "Whether admin.http may be an address that other machines reach; needs token_file.",
                change: .restart),
        ])
}
