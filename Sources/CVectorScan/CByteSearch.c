#include "CVectorScan.h"

// Sixty-four places at a time by the needle's two ends, which ordinary text seldom has together; a text that has them
// too often is left to memmem, whose time is linear whatever it is.

// How far the search by ends has come: bytes compared, and the place where memmem goes on.
struct search {
    const uint8_t *text, *needle;
    size_t length, count;
    size_t at, compared;
};

static inline ptrdiff_t finish(const struct search *s) {
    const uint8_t *found = memmem(s->text + s->at, s->length - s->at, s->needle, s->count);
    return found ? found - s->text : -1;
}

// Whether sixty-four places may be looked at from `at` on.
static inline int may_go_on(const struct search *s) {
    return s->length >= s->count + 63 && s->at <= s->length - s->count - 63 && s->compared <= 64 + s->at / 8;
}

// The first of these places, one bit each, at which the whole needle stands; -1 where it does at none.
static inline ptrdiff_t compare(struct search *s, uint64_t places) {
    for (; places; places &= places - 1) {
        size_t place = s->at + (size_t)__builtin_ctzll(places);
        if (memcmp(s->text + place, s->needle, s->count) == 0) return (ptrdiff_t)place;
        s->compared += s->count;
    }
    return -1;
}

// The lanes of sixteen places at which a needle may begin: its first and its last byte stand where they must.
static inline cvs_signed ends16(const uint8_t *p, size_t span, cvs_bytes first, cvs_bytes last) {
    return (cvs_signed)(cvs_load(p) == first) & (cvs_signed)(cvs_load(p + span) == last);
}

ptrdiff_t cvs_find_portable(const uint8_t *text, size_t length, const uint8_t *needle, size_t count) {
    struct search s = {text, needle, length, count, 0, 0};
    if (count < 2) return finish(&s);
    const size_t span = count - 1;
    const cvs_bytes first = (cvs_bytes){0} + needle[0], last = (cvs_bytes){0} + needle[span];
    for (; may_go_on(&s); s.at += 64) {
        cvs_signed m[4];
        for (int k = 0; k < 4; k++) m[k] = ends16(text + s.at + 16 * k, span, first, last);
        if (!cvs_gather(m[0] | m[1] | m[2] | m[3])) continue;
        uint64_t places = 0;
        for (int k = 0; k < 4; k++) places |= (uint64_t)cvs_gather(m[k]) << (16 * k);
        ptrdiff_t found = compare(&s, places);
        if (found >= 0) return found;
    }
    return finish(&s);
}

#if defined(__x86_64__)
#include <immintrin.h>

#define AVX2 __attribute__((target("avx2")))

AVX2 static inline __m256i ends32(const uint8_t *p, size_t span, __m256i first, __m256i last) {
    __m256i begins = _mm256_cmpeq_epi8(_mm256_loadu_si256((const __m256i *)p), first);
    return _mm256_and_si256(begins, _mm256_cmpeq_epi8(_mm256_loadu_si256((const __m256i *)(p + span)), last));
}

AVX2 static ptrdiff_t find_avx2(const uint8_t *text, size_t length, const uint8_t *needle, size_t count) {
    struct search s = {text, needle, length, count, 0, 0};
    if (count < 2) return finish(&s);
    const size_t span = count - 1;
    const __m256i first = _mm256_set1_epi8((char)needle[0]), last = _mm256_set1_epi8((char)needle[span]);
    for (; may_go_on(&s); s.at += 64) {
        __m256i low = ends32(text + s.at, span, first, last), high = ends32(text + s.at + 32, span, first, last);
        if (_mm256_testz_si256(_mm256_or_si256(low, high), _mm256_set1_epi8(-1))) continue;
        uint64_t places =
            (uint32_t)_mm256_movemask_epi8(low) | (uint64_t)(uint32_t)_mm256_movemask_epi8(high) << 32;
        ptrdiff_t found = compare(&s, places);
        if (found >= 0) return found;
    }
    return finish(&s);
}

ptrdiff_t cvs_find(const uint8_t *text, size_t length, const uint8_t *needle, size_t count) {
    return __builtin_cpu_supports("avx2") ? find_avx2(text, length, needle, count)
                                          : cvs_find_portable(text, length, needle, count);
}
#else
ptrdiff_t cvs_find(const uint8_t *text, size_t length, const uint8_t *needle, size_t count) {
    return cvs_find_portable(text, length, needle, count);
}
#endif
