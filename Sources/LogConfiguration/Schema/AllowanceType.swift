extension ValueType where Value == IntakeConfiguration.Allowance {
    /// `{uid: NAME-OR-NUMBER, services: [NAME, …]}`.
    static var allowance: ValueType {
        let allowed = "a map {uid: a user's name or number, services: [service names]}"
        let user = ValueType<String>.text("a user's name or number")
        let services = ValueType<[String]>.list(of: .text("a service's name"))
        return ValueType(
            allowed: allowed, shape: .structure,
            read: { written, surroundings, faults in
                guard case .map(let entries) = written.content else {
                    faults.append(ValueFault(origin: written.origin, found: written.found, allowed: allowed))
                    return nil
                }
                let before = faults.count
                var allowance = (uid: String?.none, services: [String]?.none)
                for entry in entries {
                    switch entry.name {
                    case "uid": allowance.uid = user.read(entry.value, surroundings, &faults)
                    case "services": allowance.services = services.read(entry.value, surroundings, &faults)
                    default:
                        faults.append(
                            ValueFault(
                                origin: entry.nameOrigin, found: "unknown key " + quoted(entry.name),
                                allowed: allowed))
                    }
                }
                guard faults.count == before else { return nil }
                guard let uid = allowance.uid, let names = allowance.services else {
                    let missing = allowance.uid == nil ? "uid" : "services"
                    faults.append(
                        ValueFault(
                            origin: written.origin, found: "a map without \(missing)", allowed: allowed))
                    return nil
                }
                return IntakeConfiguration.Allowance(uid: uid, services: names)
            },
            write: { "{uid: \(plainOrQuoted($0.uid)), services: \(services.write($0.services))}" })
    }
}
