#include "CVectorScan.h"

// Sixty-four places at a time by the needle's two ends, which ordinary text seldom has together; a text that has them
// too often is left to memmem, whose time is linear whatever it is.

// What is looked for: the first of these that occurs.
struct needles {
    const uint8_t *bytes[2];
    size_t count[2];
    // One or two.
    int number;
};

// How far the search by ends has come: bytes compared, and the place where memmem goes on.
struct search {
    const uint8_t *text;
    size_t length;
    const struct needles *needles;
    size_t at, compared;
};

static inline size_t longest(const struct needles *n) {
    return n->number > 1 && n->count[1] > n->count[0] ? n->count[1] : n->count[0];
}

static inline ptrdiff_t finish(const struct search *s) {
    const struct needles *n = s->needles;
    // Of two needles one may be far away each time that the other is near: looks ahead by little at first.
    size_t step = n->number > 1 ? 4096 : s->length;
    for (size_t at = s->at; at <= s->length; at += step, step *= 2) {
        ptrdiff_t first = -1;
        for (int k = 0; k < n->number; k++) {
            size_t rest = s->length - at, room = step + n->count[k] - 1;
            if (step >= rest || room > rest) room = rest;
            const uint8_t *found = memmem(s->text + at, room, n->bytes[k], n->count[k]);
            if (found && (first < 0 || found - s->text < first)) first = found - s->text;
        }
        if (first >= 0) return first;
        if (step >= s->length - at) return -1;
    }
    return -1;
}

// Whether sixty-four places may be looked at from `at` on.
static inline int may_go_on(const struct search *s, size_t longest) {
    return s->length >= longest + 63 && s->at <= s->length - longest - 63 && s->compared <= 64 + s->at / 8;
}

// The first of these places, one bit each, at which a whole needle stands; -1 where none does at any.
static inline ptrdiff_t compare(struct search *s, const uint64_t places[2]) {
    const struct needles *n = s->needles;
    ptrdiff_t first = -1;
    for (int k = 0; k < n->number; k++) {
        for (uint64_t rest = places[k]; rest; rest &= rest - 1) {
            ptrdiff_t place = (ptrdiff_t)(s->at + (size_t)__builtin_ctzll(rest));
            if (first >= 0 && place >= first) break;
            s->compared += n->count[k];
            if (memcmp(s->text + place, n->bytes[k], n->count[k]) != 0) continue;
            first = place;
            break;
        }
    }
    return first;
}

// The lanes of sixteen places at which a needle may begin: its first and its last byte stand where they must.
static inline cvs_signed ends16(const uint8_t *p, size_t span, cvs_bytes first, cvs_bytes last) {
    return (cvs_signed)(cvs_load(p) == first) & (cvs_signed)(cvs_load(p + span) == last);
}

__attribute__((always_inline)) static inline ptrdiff_t find_portable(struct search s, int number) {
    const struct needles *n = s.needles;
    const size_t most = longest(n);
    cvs_bytes first[2], last[2];
    for (int k = 0; k < number; k++) {
        if (n->count[k] < 2) return finish(&s);
        first[k] = (cvs_bytes){0} + n->bytes[k][0];
        last[k] = (cvs_bytes){0} + n->bytes[k][n->count[k] - 1];
    }
    for (; may_go_on(&s, most); s.at += 64) {
        cvs_signed m[2][4], any = {0};
        for (int k = 0; k < number; k++) {
            for (int i = 0; i < 4; i++) {
                m[k][i] = ends16(s.text + s.at + 16 * i, n->count[k] - 1, first[k], last[k]);
                any |= m[k][i];
            }
        }
        if (!cvs_gather(any)) continue;
        uint64_t places[2] = {0, 0};
        for (int k = 0; k < number; k++) {
            for (int i = 0; i < 4; i++) places[k] |= (uint64_t)cvs_gather(m[k][i]) << (16 * i);
        }
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

AVX2 static inline uint64_t gather64(__m256i low, __m256i high) {
    return (uint32_t)_mm256_movemask_epi8(low) | (uint64_t)(uint32_t)_mm256_movemask_epi8(high) << 32;
}

AVX2 __attribute__((always_inline)) static inline ptrdiff_t find_avx2(struct search s, int number) {
    const struct needles *n = s.needles;
    const size_t most = longest(n);
    __m256i first[2], last[2];
    for (int k = 0; k < number; k++) {
        if (n->count[k] < 2) return finish(&s);
        first[k] = _mm256_set1_epi8((char)n->bytes[k][0]);
        last[k] = _mm256_set1_epi8((char)n->bytes[k][n->count[k] - 1]);
    }
    for (; may_go_on(&s, most); s.at += 64) {
        const uint8_t *p = s.text + s.at;
        __m256i low[2], high[2], any = _mm256_setzero_si256();
        for (int k = 0; k < number; k++) {
            low[k] = ends32(p, n->count[k] - 1, first[k], last[k]);
            high[k] = ends32(p + 32, n->count[k] - 1, first[k], last[k]);
            any = _mm256_or_si256(any, _mm256_or_si256(low[k], high[k]));
        }
        if (_mm256_testz_si256(any, any)) continue;
        uint64_t places[2] = {0, 0};
        for (int k = 0; k < number; k++) places[k] = gather64(low[k], high[k]);
        ptrdiff_t found = compare(&s, places);
        if (found >= 0) return found;
    }
    return finish(&s);
}

// With a constant number of needles each, so that the loops over them are gone.
AVX2 static ptrdiff_t find_one_avx2(struct search s) { return find_avx2(s, 1); }
AVX2 static ptrdiff_t find_two_avx2(struct search s) { return find_avx2(s, 2); }

static ptrdiff_t find(struct search s) {
    if (!__builtin_cpu_supports("avx2")) return find_portable(s, s.needles->number);
    return s.needles->number > 1 ? find_two_avx2(s) : find_one_avx2(s);
}
#else
static ptrdiff_t find(struct search s) {
    return s.needles->number > 1 ? find_portable(s, 2) : find_portable(s, 1);
}
#endif

ptrdiff_t cvs_find(const uint8_t *text, size_t length, const uint8_t *needle, size_t count) {
    const struct needles one = {{needle, 0}, {count, 0}, 1};
    return find((struct search){text, length, &one, 0, 0});
}

ptrdiff_t cvs_find_portable(const uint8_t *text, size_t length, const uint8_t *needle, size_t count) {
    const struct needles one = {{needle, 0}, {count, 0}, 1};
    return find_portable((struct search){text, length, &one, 0, 0}, 1);
}

ptrdiff_t cvs_find_either(
    const uint8_t *text, size_t length, const uint8_t *a, size_t a_count, const uint8_t *b, size_t b_count) {
    const struct needles two = {{a, b}, {a_count, b_count}, 2};
    return find((struct search){text, length, &two, 0, 0});
}

ptrdiff_t cvs_find_either_portable(
    const uint8_t *text, size_t length, const uint8_t *a, size_t a_count, const uint8_t *b, size_t b_count) {
    const struct needles two = {{a, b}, {a_count, b_count}, 2};
    return find_portable((struct search){text, length, &two, 0, 0}, 2);
}
