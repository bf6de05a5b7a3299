import Foundation
import LogPipeline
import Testing

@Suite struct MaskingVectorTests {
    @Test func `every vector comes out as it says`() throws {
        for vector in try MaskingVector.all() {
            let masker = try MaskerUnderTest(vector.configuration)
            let result = masker.masked(vector.input, json: vector.isContext) ?? vector.input
            if vector.isContext {
                let result = try JSONSerialization.jsonObject(with: Data(result)) as? NSDictionary
                let masked = try JSONSerialization.jsonObject(with: Data(vector.masked)) as? NSDictionary
                #expect(result == masked, "\(vector.name)")
            } else {
                #expect(
                    String(decoding: result, as: UTF8.self) == String(decoding: vector.masked, as: UTF8.self),
                    "\(vector.name)")
            }
        }
    }

    @Test func `masking what was masked changes nothing`() throws {
        for vector in try MaskingVector.all() {
            let masker = try MaskerUnderTest(vector.configuration)
            let again = masker.masked(vector.masked, json: vector.isContext) ?? vector.masked
            #expect(
                String(decoding: again, as: UTF8.self) == String(decoding: vector.masked, as: UTF8.self),
                "\(vector.name)")
        }
    }

    @Test func `a text that stays is reported as unchanged`() throws {
        for vector in try MaskingVector.all() where vector.input == vector.masked {
            // A mask may be put in a mask's place.
            if String(decoding: vector.input, as: UTF8.self).contains("***MASKED***") { continue }
            let masker = try MaskerUnderTest(vector.configuration)
            let result = masker.masked(vector.input, json: vector.isContext)
            #expect(result == nil, "\(vector.name)")
        }
    }

    @Test func `there are vectors enough, half of them of what must stay`() throws {
        let vectors = try MaskingVector.all()
        #expect(vectors.count >= 400)
        #expect(vectors.count { $0.input == $0.masked } * 2 >= vectors.count)
        #expect(Set(vectors.map(\.name)).count == vectors.count)
    }
}
