#include "CMaskAnchors.h"

static uint32_t anchors16(const uint8_t *p) {
    cvs_bytes a = cvs_load(p), b = cvs_load(p + 1), c = cvs_load(p + 2);
    cvs_bytes lower_a = a | 0x20, lower_b = b | 0x20, lower_c = c | 0x20;
    cvs_signed field = (a == '=') | (a == ':');
    cvs_signed number = ((cvs_bytes)(a - '0') < 10) & (b == '-') & ((cvs_bytes)(c - '0') < 10);
    cvs_signed jwt = (a == 'e') & (b == 'y') & (c == 'J');
    cvs_signed bearer = (lower_a == 'b') & (lower_b == 'e') & (lower_c == 'a');
    cvs_signed account = (lower_a == 'c') & (lower_b == 'c') & ((lower_c == 'o') | (lower_c == 't'));
    cvs_signed korean = (a == 0xEC) & (b == 0xA2) & (c == 0x8C);
    return cvs_gather(field | number | jwt | bearer | account | korean);
}

void cvs_mask_anchors_portable(const uint8_t *p, size_t count, uint64_t *anchors) {
    for (size_t i = 0; i < count; i += 64) {
        uint64_t word = 0;
        for (size_t part = 0; part < 64 && i + part < count; part += 16)
            word |= (uint64_t)anchors16(p + i + part) << part;
        anchors[i / 64] = word;
    }
}

#if defined(__x86_64__)
#include <immintrin.h>

// Each kind of anchor has one bit in six tables: whether the first, second and third byte may have this low and
// this high nibble. A byte's two lookups and the three bytes' results are and-ed together.
enum { FIELD = 1, NUMBER = 2, JWT = 4, BEARER = 8, ACCOUNT = 16, KOREAN = 32 };

typedef uint8_t nibbles[16];

static const nibbles first_low = {
    [0] = NUMBER, [1] = NUMBER, [2] = NUMBER | BEARER, [3] = NUMBER | ACCOUNT, [4] = NUMBER, [5] = NUMBER | JWT,
    [6] = NUMBER, [7] = NUMBER, [8] = NUMBER, [9] = NUMBER, [0xA] = FIELD, [0xC] = KOREAN, [0xD] = FIELD};
static const nibbles first_high = {
    [3] = FIELD | NUMBER, [4] = BEARER | ACCOUNT, [6] = JWT | BEARER | ACCOUNT, [0xE] = KOREAN};
static const nibbles second_low = {
    FIELD, FIELD, FIELD | KOREAN, FIELD | ACCOUNT, FIELD, FIELD | BEARER, FIELD, FIELD,
    FIELD, FIELD | JWT, FIELD, FIELD, FIELD, FIELD | NUMBER, FIELD, FIELD};
static const nibbles second_high = {
    FIELD, FIELD, FIELD | NUMBER, FIELD, FIELD | BEARER | ACCOUNT, FIELD, FIELD | BEARER | ACCOUNT, FIELD | JWT,
    FIELD, FIELD, FIELD | KOREAN, FIELD, FIELD, FIELD, FIELD, FIELD};
static const nibbles third_low = {
    FIELD | NUMBER, FIELD | NUMBER | BEARER, FIELD | NUMBER, FIELD | NUMBER, FIELD | NUMBER | ACCOUNT,
    FIELD | NUMBER, FIELD | NUMBER, FIELD | NUMBER, FIELD | NUMBER, FIELD | NUMBER, FIELD | JWT, FIELD,
    FIELD | KOREAN, FIELD, FIELD, FIELD | ACCOUNT};
static const nibbles third_high = {
    FIELD, FIELD, FIELD, FIELD | NUMBER, FIELD | JWT | BEARER | ACCOUNT, FIELD | ACCOUNT, FIELD | BEARER | ACCOUNT,
    FIELD | ACCOUNT, FIELD | KOREAN, FIELD, FIELD, FIELD, FIELD, FIELD, FIELD, FIELD};

#define AVX2 __attribute__((target("avx2")))

AVX2 static inline __m256i both_lanes(const uint8_t *table) {
    return _mm256_broadcastsi128_si256(_mm_loadu_si128((const __m128i *)table));
}

AVX2 static inline __m256i kinds(const uint8_t *p, __m256i low_table, __m256i high_table) {
    const __m256i nibble = _mm256_set1_epi8(0x0F);
    __m256i v = _mm256_loadu_si256((const __m256i *)p);
    __m256i low = _mm256_and_si256(v, nibble);
    __m256i high = _mm256_and_si256(_mm256_srli_epi16(v, 4), nibble);
    return _mm256_and_si256(_mm256_shuffle_epi8(low_table, low), _mm256_shuffle_epi8(high_table, high));
}

AVX2 static void anchors_avx2(const uint8_t *p, size_t count, uint64_t *anchors) {
    const __m256i low1 = both_lanes(first_low), high1 = both_lanes(first_high);
    const __m256i low2 = both_lanes(second_low), high2 = both_lanes(second_high);
    const __m256i low3 = both_lanes(third_low), high3 = both_lanes(third_high);
    for (size_t i = 0; i < count; i += 64) {
        uint64_t word = 0;
        for (size_t part = 0; part < 64 && i + part < count; part += 32) {
            const uint8_t *at = p + i + part;
            __m256i found = _mm256_and_si256(
                kinds(at, low1, high1), _mm256_and_si256(kinds(at + 1, low2, high2), kinds(at + 2, low3, high3)));
            __m256i none = _mm256_cmpeq_epi8(found, _mm256_setzero_si256());
            word |= (uint64_t)(uint32_t)~_mm256_movemask_epi8(none) << part;
        }
        anchors[i / 64] = word;
    }
}

void cvs_mask_anchors(const uint8_t *p, size_t count, uint64_t *anchors) {
    if (__builtin_cpu_supports("avx2")) anchors_avx2(p, count, anchors);
    else cvs_mask_anchors_portable(p, count, anchors);
}
#else
void cvs_mask_anchors(const uint8_t *p, size_t count, uint64_t *anchors) {
    cvs_mask_anchors_portable(p, count, anchors);
}
#endif
