extension ConfigurationSchema {
    /// docs/configuration.md, made from the table; a test holds the file to it.
    package static func reference() -> String {
        var lines = [introduction]
        for section in sections {
            lines += ["", "## `\(section.name)`", "", section.documentation, ""]
            lines += [
                "| key | default | allowed | applies | what it is |", "| --- | --- | --- | --- | --- |",
            ]
            for key in section.keys {
                let applies = key.change == .live ? "on reload" : "after a restart"
                let secret = key.secrecy == .open ? "" : " Secret."
                let cells = [
                    "`\(key.name)`", "`\(key.standard)`", cell(key.allowed), applies,
                    cell(key.documentation) + secret,
                ]
                lines.append("| " + cells.joined(separator: " | ") + " |")
            }
        }
        return lines.joined(separator: "\n") + "\n"
    }

    private static func cell(_ text: String) -> String {
        text.map { $0 == "|" ? "\\|" : String($0) }.joined()
    }

    private static let introduction = """
        # Configuration

        Made from the schema in `Sources/LogConfiguration`; write it anew with
        `HANTU_WRITE_DOCS=1 swift test --filter LogConfigurationTests`.

        The file is YAML at `\(ConfigurationLoader.defaultPath)`, or where `--config` says. Every key has a
        default: an empty file works, and so does none at the default path. A key without a value counts as absent.

        **Precedence.** `--set files.time_zone=Asia/Seoul` (repeatable) over the environment variable
        `HANTU_LOGD_FILES_TIME_ZONE` (the key in capitals, `_` for the dots) over the file over the default.
        In flags and variables a list is written `[a, b]` or `a,b`. An empty variable counts as unset where the
        key can't be empty; a `HANTU_LOGD_` variable that names no key is a warning.

        **Faults** are reported all at once, each on a line with file, line, column, key, what was found and what
        is allowed; `hantu-logd --check-config` prints them and exits 1, `--print-config` shows what is in
        effect and where each value came from.

        **Secrets.** The bot's token is `alerts.telegram.token`, else the content of
        `alerts.telegram.token_file`, else the systemd credential `telegram-token`, else `TELEGRAM_BOT_TOKEN`.
        The database is `store.url`, else the credential `database-url`, else `DATABASE_URL` (ignored with a
        warning where it is no Postgres URL). The chats are `alerts.telegram.chat_ids`, else `TELEGRAM_CHAT_ID`
        (several with commas). An empty text that was written on purpose (`url: ""`) is an answer too: none.

        **Units.** Bytes: `65536`, `64KiB`, `16MiB`, `1GiB` (`KB`, `MB`, `GB` are powers of 1000). Durations:
        `500ms`, `30s`, `5m`, `2h`, `7d`, `1h30m`, and `0`. Levels in any case. File modes are octal.
        """
}
