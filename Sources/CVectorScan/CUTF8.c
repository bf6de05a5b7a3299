#include "CUTF8.h"
#include <string.h>

static inline int continues(uint8_t byte) { return (byte & 0xC0) == 0x80; }

int cvs_check_utf8_portable(const uint8_t *p, size_t count) {
    size_t i = 0;
    int is_safe = 1;
    while (i < count) {
        uint8_t lead = p[i];
        size_t left = count - i;
        if (lead < 0x80) {
            is_safe &= lead != 0x7F;
            i += 1;
        } else if (lead >= 0xC2 && lead <= 0xDF) {
            if (left < 2 || !continues(p[i + 1])) return 0;
            is_safe &= lead != 0xC2 || p[i + 1] >= 0xA0;
            i += 2;
        } else if ((lead & 0xF0) == 0xE0) {
            if (left < 3 || !continues(p[i + 1]) || !continues(p[i + 2])) return 0;
            if ((lead == 0xE0 && p[i + 1] < 0xA0) || (lead == 0xED && p[i + 1] >= 0xA0)) return 0;
            is_safe &= lead != 0xE2 || p[i + 1] >= 0x82;
            i += 3;
        } else if (lead >= 0xF0 && lead <= 0xF4) {
            if (left < 4 || !continues(p[i + 1]) || !continues(p[i + 2]) || !continues(p[i + 3])) return 0;
            if ((lead == 0xF0 && p[i + 1] < 0x90) || (lead == 0xF4 && p[i + 1] >= 0x90)) return 0;
            i += 4;
        } else {
            return 0;
        }
    }
    return CVS_VALID | (is_safe ? CVS_SAFE : 0);
}

#if defined(__x86_64__)
#include <immintrin.h>

// Without a branch a character: what a byte and the one before it may not be together has one bit a kind in three
// tables, looked up by the first byte's nibbles and the second one's high nibble; a kind whose bit is in all three
// is an error. Two continuations in a row are one unless a lead two or three bytes back asks for them.
enum {
    SHORT = 1,       // a lead, and no continuation
    LONG = 2,        // a continuation behind ASCII
    OVERLONG3 = 4,   // E0 80...9F
    LARGE = 8,       // F4 90...BF, F5...FF 90...BF
    SURROGATE = 16,  // ED A0...BF
    OVERLONG2 = 32,  // C0 or C1, and a continuation
    EDGE4 = 64,      // F0 80...8F, F5...FF 80...8F
    PAIR = 128       // two continuations
};
enum { ANY = SHORT | LONG | PAIR, SECOND = LONG | OVERLONG2 | PAIR };

static const uint8_t first_high[16] = {
    LONG, LONG, LONG, LONG, LONG, LONG, LONG, LONG, PAIR, PAIR, PAIR, PAIR,
    SHORT | OVERLONG2, SHORT, SHORT | OVERLONG3 | SURROGATE, SHORT | LARGE | EDGE4};
static const uint8_t first_low[16] = {
    ANY | OVERLONG3 | OVERLONG2 | EDGE4, ANY | OVERLONG2, ANY, ANY, ANY | LARGE,
    ANY | LARGE | EDGE4, ANY | LARGE | EDGE4, ANY | LARGE | EDGE4, ANY | LARGE | EDGE4, ANY | LARGE | EDGE4,
    ANY | LARGE | EDGE4, ANY | LARGE | EDGE4, ANY | LARGE | EDGE4, ANY | LARGE | EDGE4 | SURROGATE,
    ANY | LARGE | EDGE4, ANY | LARGE | EDGE4};
static const uint8_t second_high[16] = {
    SHORT, SHORT, SHORT, SHORT, SHORT, SHORT, SHORT, SHORT,
    SECOND | OVERLONG3 | EDGE4, SECOND | OVERLONG3 | LARGE, SECOND | SURROGATE | LARGE,
    SECOND | SURROGATE | LARGE, SHORT, SHORT, SHORT, SHORT};

#define AVX2 __attribute__((target("avx2")))

AVX2 static inline __m256i look_up(const uint8_t *table, __m256i nibbles) {
    return _mm256_shuffle_epi8(_mm256_broadcastsi128_si256(_mm_loadu_si128((const __m128i *)table)), nibbles);
}

AVX2 static inline __m256i high_nibbles(__m256i v) {
    return _mm256_and_si256(_mm256_srli_epi16(v, 4), _mm256_set1_epi8(0x0F));
}

AVX2 static inline __m256i errors(__m256i before, __m256i v) {
    __m256i joint = _mm256_permute2x128_si256(before, v, 0x21);
    __m256i one_back = _mm256_alignr_epi8(v, joint, 15);
    __m256i two_back = _mm256_alignr_epi8(v, joint, 14);
    __m256i three_back = _mm256_alignr_epi8(v, joint, 13);
    __m256i kinds = _mm256_and_si256(
        _mm256_and_si256(look_up(first_high, high_nibbles(one_back)),
                         look_up(first_low, _mm256_and_si256(one_back, _mm256_set1_epi8(0x0F)))),
        look_up(second_high, high_nibbles(v)));
    // The highest bit where a lead of three bytes stands two back, or one of four bytes three back.
    __m256i asked = _mm256_or_si256(_mm256_subs_epu8(two_back, _mm256_set1_epi8(0xE0 - 0x80)),
                                    _mm256_subs_epu8(three_back, _mm256_set1_epi8(0xF0 - 0x80)));
    return _mm256_xor_si256(kinds, _mm256_and_si256(asked, _mm256_set1_epi8((char)0x80)));
}

// Bytes that may be the second one of an unsafe character, behind `one_back`, or are DEL.
AVX2 static inline __m256i unsafe(__m256i before, __m256i v) {
    __m256i one_back = _mm256_alignr_epi8(v, _mm256_permute2x128_si256(before, v, 0x21), 15);
    __m256i below_a0 = _mm256_cmpeq_epi8(_mm256_min_epu8(v, _mm256_set1_epi8((char)0x9F)), v);
    __m256i below_82 = _mm256_cmpeq_epi8(_mm256_min_epu8(v, _mm256_set1_epi8((char)0x81)), v);
    __m256i c2 = _mm256_and_si256(_mm256_cmpeq_epi8(one_back, _mm256_set1_epi8((char)0xC2)), below_a0);
    __m256i e2 = _mm256_and_si256(_mm256_cmpeq_epi8(one_back, _mm256_set1_epi8((char)0xE2)), below_82);
    return _mm256_or_si256(_mm256_or_si256(c2, e2), _mm256_cmpeq_epi8(v, _mm256_set1_epi8(0x7F)));
}

// From place 32 - n on: what keeps the first n bytes of a vector.
static const uint8_t kept_bytes[64] = {
    255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255,
    255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255};

AVX2 static int check_utf8_avx2(const uint8_t *p, size_t count) {
    __m256i before = _mm256_setzero_si256(), found = before, strange = before;
    const __m256i one = _mm256_set1_epi8(1);
    size_t i = 0;
    for (; i + 32 <= count; i += 32) {
        __m256i v = _mm256_loadu_si256((const __m256i *)(p + i));
        // ASCII behind ASCII has nothing to be checked, but for DEL, which one more takes to the highest bit.
        if (_mm256_movemask_epi8(_mm256_or_si256(before, _mm256_adds_epu8(v, one))) == 0) continue;
        found = _mm256_or_si256(found, errors(before, v));
        strange = _mm256_or_si256(strange, unsafe(before, v));
        before = v;
    }
    // What is behind the end becomes zeros, one of them at least, which shows a character that isn't whole.
    const __m256i *kept = (const __m256i *)(kept_bytes + 32 - (count - i));
    __m256i v = _mm256_and_si256(_mm256_loadu_si256((const __m256i *)(p + i)), _mm256_loadu_si256(kept));
    if (_mm256_movemask_epi8(_mm256_or_si256(before, _mm256_adds_epu8(v, one))) != 0) {
        found = _mm256_or_si256(found, errors(before, v));
        strange = _mm256_or_si256(strange, unsafe(before, v));
    }
    if (!_mm256_testz_si256(found, found)) return 0;
    return CVS_VALID | (_mm256_testz_si256(strange, strange) ? CVS_SAFE : 0);
}

int cvs_check_utf8(const uint8_t *p, size_t count) {
    return __builtin_cpu_supports("avx2") ? check_utf8_avx2(p, count) : cvs_check_utf8_portable(p, count);
}
#else
int cvs_check_utf8(const uint8_t *p, size_t count) { return cvs_check_utf8_portable(p, count); }
#endif
