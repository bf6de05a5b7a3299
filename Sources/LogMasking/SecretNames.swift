/// The field names whose values are secret, as a tree of their bytes from the last to the first.
///
/// Names are in it in lower case and without `_` and `-`. One walk backwards from a separator compares the text
/// with all of them; a table of bits turns nearly every separator away before it, by the three bytes before it.
struct SecretNames: ~Copyable {
    /// How much of what follows a name is its value.
    enum Extent: UInt8 {
        /// The value, as its own form says.
        case value
        /// When the value isn't quoted, everything to the end of the line.
        case line
    }

    struct Node {
        var byte: UInt8
        /// Set where a name begins: an `Extent`'s raw value, else `Node.inner`.
        var extent: UInt8 = Node.inner
        var child: Int32 = 0
        var sibling: Int32 = 0

        static let inner: UInt8 = 0xFF
    }

    /// What a byte can be at the end of a name: bits that stand for the name's last byte, so that three bytes
    /// which end a name share one, and the tree's node for that byte.
    struct Ending {
        var asLast: UInt32 = 0
        var asSecondLast: UInt32 = 0
        var asThirdLast: UInt32 = 0
        var node: Int32 = 0

        /// The bit of blanks, quotes and the like, which pass with anything before them: the walk looks further.
        static let passing: UInt32 = 1 << 31
    }

    /// What lookups need, free to be copied while its owner lives.
    struct Index {
        let nodes: UnsafePointer<Node>
        let endings: UnsafePointer<Ending>
        let exempt: UnsafePointer<[UInt8]>
        let exemptCount: Int
    }

    let index: Index
    private let nodes: UnsafeMutableBufferPointer<Node>
    private let endings: UnsafeMutableBufferPointer<Ending>
    private let exempt: UnsafeMutableBufferPointer<[UInt8]>

    static let builtIn: [StaticString] = [
        "app_key", "app_secret", "access_token", "refresh_token", "account_number", "account_no", "cano",
        "acnt_no", "password", "passwd", "passphrase", "token", "auth", "key", "api_key", "secret",
        "secret_key", "private_key", "approval_key", "user_id", "hts_id", "계좌번호", "비밀번호",
        "주민등록번호", "사용자ID",
    ]
    static let builtInForLine: [StaticString] = ["authorization", "cookie"]

    init(adding fields: [String], exempting exemptions: [String]) {
        var tree = [Node(byte: 0)]
        for name in SecretNames.builtIn { SecretNames.insert(Array("\(name)".utf8), .value, in: &tree) }
        for name in SecretNames.builtInForLine { SecretNames.insert(Array("\(name)".utf8), .line, in: &tree) }
        for name in fields { SecretNames.insert(Array(name.utf8), .value, in: &tree) }

        nodes = .allocate(capacity: tree.count)
        _ = nodes.initialize(from: tree)
        endings = .allocate(capacity: 256)
        _ = endings.initialize(from: SecretNames.endings(of: tree))
        exempt = .allocate(capacity: exemptions.count)
        _ = exempt.initialize(from: exemptions.map { $0.utf8.map(\.lowercased) })
        index = Index(
            nodes: UnsafePointer(nodes.baseAddress!), endings: UnsafePointer(endings.baseAddress!),
            exempt: UnsafePointer(exempt.baseAddress!), exemptCount: exempt.count)
    }

    deinit {
        nodes.deallocate()
        endings.deallocate()
        exempt.deinitialize()
        exempt.deallocate()
    }

    private static func insert(_ name: [UInt8], _ extent: Extent, in tree: inout [Node]) {
        var node = 0
        for byte in name.reversed().map(\.lowercased) where !byte.isNameFiller {
            var child = Int(tree[node].child)
            while child != 0, tree[child].byte != byte { child = Int(tree[child].sibling) }
            if child == 0 {
                child = tree.count
                tree.append(Node(byte: byte, sibling: tree[node].child))
                tree[node].child = Int32(child)
            }
            node = child
        }
        if node != 0, tree[node].extent == Node.inner { tree[node].extent = extent.rawValue }
    }

    private static func endings(of tree: [Node]) -> [Ending] {
        var endings = [Ending](repeating: Ending(), count: 256)
        func children(of node: Int) -> [Int] {
            Array(sequence(first: Int(tree[node].child)) { Int(tree[$0].sibling) }.prefix { $0 != 0 })
        }
        func add(_ bits: UInt32, _ bytes: some Sequence<UInt8>, _ place: WritableKeyPath<Ending, UInt32>) {
            for byte in bytes {
                endings[Int(byte)][keyPath: place] |= bits
                if byte.isLowercase { endings[Int(byte & 0xDF)][keyPath: place] |= bits }
            }
        }
        func followers(of node: Int) -> [UInt8] {
            let end = tree[node].extent != Node.inner
            return end
                ? Array(UInt8.min...UInt8.max) : children(of: node).map { tree[$0].byte } + Array("_-".utf8)
        }
        add(Ending.passing, " \t\"'\\]_-".utf8, \.asLast)
        add(Ending.passing, UInt8.min...UInt8.max, \.asSecondLast)
        add(Ending.passing, UInt8.min...UInt8.max, \.asThirdLast)
        for last in children(of: 0) {
            let byte = tree[last].byte
            let bit: UInt32 = 1 << UInt32(byte % 31)
            endings[Int(byte)].node = Int32(last)
            if byte.isLowercase { endings[Int(byte & 0xDF)].node = Int32(last) }
            add(bit, [byte], \.asLast)
            add(bit, followers(of: last), \.asSecondLast)
            // With a filler in between, or behind a name of one letter.
            add(bit, followers(of: last), \.asThirdLast)
            for second in children(of: last) { add(bit, followers(of: second), \.asThirdLast) }
        }
        return endings
    }
}
