@testable import LogStore
import Testing

struct StoreURLTests {
    @Test(arguments: [
        ("postgres://u:p@h:5433/db", "postgresql://u:p@h:5433/db"),
        ("postgresql://h", "postgresql://h"), ("POSTGRESQL://h/", "postgresql://h"),
        ("postgresql+asyncpg://u:p@h/db", "postgresql://u:p@h/db"),
        ("postgres+psycopg2://u@h/db", "postgresql://u@h/db"), ("postgresql:///db", "postgresql:///db"),
        ("postgresql://u:p%40ss%2Fw%3Ard@h/db", "postgresql://u:p%40ss%2Fw%3Ard@h/db"),
        ("postgresql://u:p@ss#1%@h/db", "postgresql://u:p%40ss%231%25@h/db"),
        ("postgresql://u:a/b?c@h:5432/db", "postgresql://u:a%2Fb%3Fc@h:5432/db"),
        ("postgresql://u:@h/db", "postgresql://u:@h/db"),
        ("postgresql://[::1]:5433/db", "postgresql://[::1]:5433/db"),
        ("postgresql://h1:1,h2:2,h3/db", "postgresql://h1:1,h2:2,h3/db"),
        ("postgresql://%2Fvar%2Frun/db", "postgresql://%2Fvar%2Frun/db"),
        ("postgresql://h/%EC%A3%BC%EB%AC%B8", "postgresql://h/%EC%A3%BC%EB%AC%B8"),
        (
            "postgresql://h/db?sslmode=require&connect_timeout=3",
            "postgresql://h/db?sslmode=require&connect_timeout=3"
        ),
        (
            "postgresql+asyncpg://h/db?ssl=verify-full&prepared_statement_cache_size=0",
            "postgresql://h/db?sslmode=verify-full"
        ),
        ("postgresql://h/db?ssl=true", "postgresql://h/db?sslmode=require"),
        ("postgresql:///db?host=/var/run/postgresql", "postgresql:///db?host=%2Fvar%2Frun%2Fpostgresql"),
        ("postgresql://h:5432/db?options=-c%20x%3Da@b", "postgresql://h:5432/db?options=-c%20x%3Da%40b"),
    ])
    func isMadeIntoWhatLibpqTakes(_ given: String, _ expected: String) throws {
        let url = try StoreURL(given)
        #expect(url.connectionString == expected)
        #expect(try StoreURL(url.connectionString).connectionString == expected)
    }

    @Test func itsPartsAreDecoded() throws {
        let url = try StoreURL(
            "postgresql+psycopg://%EC%9C%A0:p%40%zz@h:6543/d%20b?application_name=a%26b&x=1")
        #expect(url.user == "유")
        #expect(url.password == "p@%zz")
        #expect(url.hosts == [StoreURL.Host(name: "h", port: 6543)])
        #expect(url.database == "d b")
        #expect(url.parameters.map(\.name) == ["application_name", "x"])
        #expect(url.parameters.map(\.value) == ["a&b", "1"])
        #expect(url.ignoredParameters == ["x"])
    }

    @Test(arguments: [
        ("", StoreURL.Fault.noScheme), ("host=h dbname=d", .noScheme), ("/var/lib/x.db", .noScheme),
        ("mysql://h/db", .unknownScheme("mysql")), ("sqlite:///x", .unknownScheme("sqlite")),
        ("postgresqlx://h", .unknownScheme("postgresqlx")), ("postgresql://h:0/db", .badPort),
        ("postgresql://h:65536/db", .badPort), ("postgresql://h:abc/db", .badPort),
        ("postgresql://[::1/db", .badHost), ("postgresql://[::1]x/db", .badPort),
    ])
    func whatIsNoneIsAFault(_ text: String, _ fault: StoreURL.Fault) {
        #expect(throws: fault) { try StoreURL(text) }
    }

    @Test(arguments: [
        "postgresql://u:hunter2@h/db", "postgresql://:hunter2@h/db", "postgresql://h/db?password=hunter2",
        "postgresql://u:x/hunter2@h/db?sslpassword=hunter2",
    ])
    func thePasswordIsNeverShown(_ text: String) throws {
        let url = try StoreURL(text)
        var dumped = ""
        dump(url, to: &dumped)
        for shown in ["\(url)", url.debugDescription, String(reflecting: url), dumped, "\([url])"] {
            #expect(!shown.contains("hunter2"))
        }
        #expect(url.connectionString.contains("hunter2"))
    }

    @Test func anEmptyURLIsTheEmbeddedStore() throws {
        #expect(
            try StoreLocation(url: "", spoolDirectory: "/var/lib/hantu-logd")
                == .embedded(path: "/var/lib/hantu-logd/errors.db"))
    }
}
