import LogPipeline
import Testing

@Suite struct MaskingNameTests {
    @Test func `a name is secret as a whole or by its last part`() throws {
        let masker = try MaskerUnderTest()
        for name in [
            "password", "PASSWORD", "kisAppSecret", "x-api-key", "headers.Authorization", "고객계좌번호", "사용자id",
            "token_", "__token", "a_p_p_k_e_y", "KISToken", "a/key",
        ] { #expect(masker.isSecret(name), "\(name)") }
        for name in [
            "", "_", "k", "ey", "monkey", "tokens", "passwordHash", "계좌", "key ", "번호", "id", "cookies",
        ] {
            #expect(!masker.isSecret(name), "\(name)")
        }
    }

    @Test func `configured names count like the built-in ones`() throws {
        var configuration = MaskingConfiguration()
        configuration.fields = ["Pin_Code", "여권번호", "q", "sha256", "", "_-", "x.y"]
        let masker = try MaskerUnderTest(configuration)
        for name in ["pincode", "cardPinCode", "PIN-CODE", "내여권번호", "q", "a_q", "sha256", "a.x.y"] {
            #expect(masker.isSecret(name), "\(name)")
        }
        for name in ["pin", "aq", "xsha256", "256", "y", "password1"] {
            #expect(!masker.isSecret(name), "\(name)")
        }
    }

    @Test func `short and odd configured names are found in text`() throws {
        var configuration = MaskingConfiguration()
        configuration.fields = ["q", "sha256", "zz"]
        let masker = try MaskerUnderTest(configuration)
        #expect(masker.masked("q=1") == "q=***MASKED***")
        #expect(masker.masked("a q: 1, aq=2") == "a q: ***MASKED***, aq=2")
        #expect(masker.masked("sha256=ff, md5=1") == "sha256=***MASKED***, md5=1")
        #expect(
            masker.masked("z_z=1 zz=2 -zz=3 azz=4")
                == "z_z=***MASKED*** zz=***MASKED*** -zz=***MASKED*** azz=4")
    }

    @Test func `an exempt name is written as it is but for case`() throws {
        var configuration = MaskingConfiguration()
        configuration.exempt = ["cache_key", "Key", "사용자ID"]
        let masker = try MaskerUnderTest(configuration)
        for name in ["cache_key", "CACHE_KEY", "key", "redis.cache_key", "--cache_key", "사용자id"] {
            #expect(!masker.isSecret(name), "\(name)")
        }
        for name in ["cacheKey", "cache-key", "my_cache_key", "api_key", "내사용자ID", "token"] {
            #expect(masker.isSecret(name), "\(name)")
        }
    }

    @Test func `every built-in name is a field in every form`() throws {
        let masker = try MaskerUnderTest()
        let names = """
            app_key app_secret access_token refresh_token account_number account_no cano acnt_no password passwd \
            passphrase token auth authorization key api_key secret secret_key private_key approval_key cookie \
            user_id hts_id 계좌번호 비밀번호 주민등록번호 사용자ID
            """
        for name in names.split(separator: " ").map(String.init) {
            for name in [
                name, name.uppercased(), name.replacing("_", with: ""), name.replacing("_", with: "-"),
            ] {
                for (open, close) in [("\(name)=", ""), ("\"\(name)\": \"", "\""), ("{'\(name)': '", "'}")] {
                    #expect(masker.masked("\(open)v7\(close)") == "\(open)***MASKED***\(close)")
                }
                #expect(masker.masked("{\"\(name)\":1}", json: true) == "{\"\(name)\":\"***MASKED***\"}")
            }
        }
    }
}
