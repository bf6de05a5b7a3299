import LogSinks

/// Fills the secrets in that neither flag, `HANTU_LOGD_` variable nor file gave (contract section 9).
///
/// The token: `alerts.telegram.token`, else `alerts.telegram.token_file`, else the credential
/// `telegram-token`, else `TELEGRAM_BOT_TOKEN`. The database: `store.url`, else the credential
/// `database-url`, else `DATABASE_URL`. An empty text that somebody wrote is an answer too: none.
struct SecretResolution {
    /// What to do about a secret's file that can't be read.
    package enum Policy: Sendable {
        /// It is a fault: the daemon's case.
        case required
        /// It is a warning: an operator's command may run without the daemon's secrets.
        case optional
    }

    let environment: [String: String]
    let policy: Policy
    var walk: SchemaWalk
    var notes: [ConfigurationNote] = []

    init(environment: [String: String], policy: Policy, walk: SchemaWalk) {
        self.environment = environment
        self.policy = policy
        self.walk = walk
    }

    mutating func resolve() {
        resolveToken()
        resolveChats()
        resolveDatabase()
    }

    private mutating func resolveToken() {
        let name = "alerts.telegram.token"
        let file = walk.configuration.alerts.tokenFile
        guard walk.configuration.alerts.token.isEmpty else { return }
        if !file.isEmpty {
            take(fileAt: file, for: name, named: "alerts.telegram.token_file")
        } else if walk.origins[name] == nil {
            if !take(credential: "telegram-token", for: name) {
                take(variable: "TELEGRAM_BOT_TOKEN", for: name)
            }
        }
    }

    private mutating func resolveChats() {
        let name = "alerts.telegram.chat_ids"
        if walk.origins[name] == nil { take(variable: "TELEGRAM_CHAT_ID", for: name) }
    }

    private mutating func resolveDatabase() {
        let name = "store.url"
        guard walk.origins[name] == nil else { return }
        if take(credential: "database-url", for: name) { return }
        guard let url = environment["DATABASE_URL"]?.trimmed, !url.isEmpty else { return }
        if isPostgresURL(url) {
            take(text: url, from: .variable("DATABASE_URL"), for: name)
        } else {
            let scheme = splitURL(url).map { "\($0.scheme)://" } ?? "no URL"
            notes.append(
                .warning("DATABASE_URL is ignored: it is \(scheme), and the error store takes Postgres only"))
        }
    }

    private mutating func take(variable: String, for name: String) {
        guard let text = environment[variable]?.trimmed, !text.isEmpty else { return }
        take(text: text, from: .variable(variable), for: name)
    }

    /// False where systemd passed no such credential.
    private mutating func take(credential: String, for name: String) -> Bool {
        guard let directory = environment["CREDENTIALS_DIRECTORY"], !directory.isEmpty else { return false }
        let path = directory + "/" + credential
        if case .failure(.missing) = contents(of: path) { return false }
        take(fileAt: path, for: name, named: name)
        return true
    }

    private mutating func take(fileAt path: String, for name: String, named key: String) {
        let problem: String
        switch contents(of: path) {
        case .success(let bytes):
            let text = String(decoding: bytes, as: UTF8.self).trimmed
            if !text.isEmpty { return take(text: text, from: .secretFile(path), for: name) }
            problem = "the file \(path) is empty, allowed: a file that holds the secret"
        case .failure(.missing): problem = "found no file \(path), allowed: a file that can be read"
        case .failure(.unreadable(let reason)):
            problem = "can't read \(path) (\(reason)), allowed: a file that can be read"
        }
        switch policy {
        case .required:
            walk.faults.append(ConfigurationFault(origin: walk.origins[key], key: key, problem: problem))
        case .optional: notes.append(.warning("\(key): \(problem)"))
        }
    }

    private func contents(of path: String) -> Result<[UInt8], FileFault> {
        do throws(FileFault) { return .success(try walk.surroundings.read(path)) } catch {
            return .failure(error)
        }
    }

    private mutating func take(text: String, from origin: Origin, for name: String) {
        guard let key = ConfigurationSchema.byName[name] else { return }
        walk.take(text: text, for: key, from: origin)
    }
}
