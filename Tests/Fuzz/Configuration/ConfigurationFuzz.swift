/// One input of libFuzzer, taken for a configuration file: it is refused with its faults, or what `--print-config`
/// shows of it means the same.
@_cdecl("LLVMFuzzerTestOneInput")
func fuzz(_ data: UnsafePointer<UInt8>, _ size: Int) -> CInt {
    guard case .success(let loaded) = load(Array(UnsafeBufferPointer(start: data, count: size))) else {
        return 0
    }
    // Secrets are not printed, so that what needs them can't be read back.
    guard !loaded.printed().contains("***") else { return 0 }
    switch load(Array(loaded.printed().utf8)) {
    case .success(let again):
        precondition(again.printed(withoutOrigins: ()) == loaded.printed(withoutOrigins: ()))
    case .failure(let faults): preconditionFailure("what is printed can't be read: \(faults)")
    }
    return 0
}

private func load(_ bytes: [UInt8]) -> Result<LoadedConfiguration, ConfigurationFaults> {
    let surroundings = Surroundings(
        read: { path throws(FileFault) in
            guard path == ConfigurationLoader.defaultPath else { throw .missing }
            return bytes
        }, timeZoneExists: { $0 == "Asia/Seoul" }, patternFault: { $0.contains("(") ? "no pattern" : nil })
    do throws(ConfigurationFaults) {
        return .success(
            try ConfigurationLoader(environment: [:], surroundings: surroundings, requiresSecrets: false)
                .load())
    } catch {
        precondition(!error.faults.isEmpty && error.faults.allSatisfy { !$0.description.isEmpty })
        return .failure(error)
    }
}

extension LoadedConfiguration {
    /// As printed, but for where each value came from.
    fileprivate func printed(withoutOrigins: ()) -> [String] {
        ConfigurationSchema.keys.map { "\($0.name): \($0.shown(in: configuration))" }
    }
}
