#include "CStringStops.h"

// The end's own bit, and none behind it.
static inline int finish(size_t count, uint64_t *stops, uint64_t special, uint64_t last_special) {
    uint64_t inside = ((uint64_t)1 << (count % 64)) - 1;
    stops[count / 64] = (stops[count / 64] & inside) | (inside + 1);
    return (special | (last_special & inside)) != 0;
}

int cvs_index_stops_portable(const uint8_t *p, size_t count, uint64_t *stops) {
    uint64_t special = 0, word_special = 0;
    for (size_t i = 0; i <= count; i += 64) {
        uint64_t word = 0;
        special |= word_special;
        word_special = 0;
        for (size_t part = 0; part < 64; part += 32) {
            uint64_t found = cvs_string_stops(p + i + part);
            word |= (found & 0xffffffff) << part;
            word_special |= found >> 32 << part;
        }
        stops[i / 64] = word;
    }
    return finish(count, stops, special, word_special);
}

#if defined(__x86_64__)
#include <immintrin.h>

#define AVX2 __attribute__((target("avx2")))

AVX2 static inline uint32_t stops32(__m256i v) {
    __m256i quotes = _mm256_cmpeq_epi8(v, _mm256_set1_epi8('"'));
    __m256i backslashes = _mm256_cmpeq_epi8(v, _mm256_set1_epi8('\\'));
    // Below 0x20: what the smaller of the byte and 0x1f is.
    __m256i controls = _mm256_cmpeq_epi8(_mm256_min_epu8(v, _mm256_set1_epi8(0x1f)), v);
    return (uint32_t)_mm256_movemask_epi8(_mm256_or_si256(_mm256_or_si256(quotes, backslashes), controls));
}

AVX2 static int index_stops_avx2(const uint8_t *p, size_t count, uint64_t *stops) {
    // The highest bit of each byte is set where there was one from 0x7f on.
    const __m256i one = _mm256_set1_epi8(1);
    __m256i special = _mm256_setzero_si256(), low, high;
    size_t i = 0;
    for (;; i += 64) {
        low = _mm256_loadu_si256((const __m256i *)(p + i));
        high = _mm256_loadu_si256((const __m256i *)(p + i + 32));
        stops[i / 64] = stops32(low) | (uint64_t)stops32(high) << 32;
        if (i + 64 > count) break;
        special = _mm256_or_si256(special, _mm256_or_si256(_mm256_adds_epu8(low, one), _mm256_adds_epu8(high, one)));
    }
    uint64_t last = (uint32_t)_mm256_movemask_epi8(_mm256_adds_epu8(low, one)) |
                    (uint64_t)(uint32_t)_mm256_movemask_epi8(_mm256_adds_epu8(high, one)) << 32;
    return finish(count, stops, (uint32_t)_mm256_movemask_epi8(special), last);
}

int cvs_index_stops(const uint8_t *p, size_t count, uint64_t *stops) {
    return __builtin_cpu_supports("avx2") ? index_stops_avx2(p, count, stops)
                                          : cvs_index_stops_portable(p, count, stops);
}
#else
int cvs_index_stops(const uint8_t *p, size_t count, uint64_t *stops) {
    return cvs_index_stops_portable(p, count, stops);
}
#endif
