// Byte classes of sixteen bytes at a time, one bit a byte, for the scanners' inner loops.
//
// Every function reads sixteen bytes from `p`, wherever the text ends: its caller's buffers have that slack.
// GCC's vector extensions carry the comparisons on every target; only the gathering of the result into bits
// is written per architecture.
#pragma once
#include <stdint.h>
#include <string.h>

typedef uint8_t cvs_bytes __attribute__((vector_size(16)));
typedef int8_t cvs_signed __attribute__((vector_size(16)));

static inline cvs_bytes cvs_load(const uint8_t *p) {
    cvs_bytes v;
    memcpy(&v, p, sizeof v);
    return v;
}

// Bit i is set where lane i of `m` is all ones.
static inline uint32_t cvs_gather(cvs_signed m) {
#if defined(__x86_64__)
    typedef char v16qi __attribute__((vector_size(16)));
    return (uint32_t)__builtin_ia32_pmovmskb128((v16qi)m);
#else
    const cvs_bytes bit = {1, 2, 4, 8, 16, 32, 64, 128, 1, 2, 4, 8, 16, 32, 64, 128};
    cvs_bytes kept = (cvs_bytes)m & bit;
    uint32_t low = 0, high = 0;
    for (int i = 0; i < 8; i++) { low |= kept[i]; high |= kept[i + 8]; }
    return low | high << 8;
#endif
}

// Of 32 bytes: the low half of the result marks what ends a plain run in a JSON string (a quote, a backslash,
// a control character), the high half the bytes from 0x7f on.
static inline uint64_t cvs_string_stops(const uint8_t *p) {
    cvs_bytes a = cvs_load(p), b = cvs_load(p + 16);
    cvs_signed stop_a = (a == '"') | (a == '\\') | (a < 0x20);
    cvs_signed stop_b = (b == '"') | (b == '\\') | (b < 0x20);
    uint32_t stops = cvs_gather(stop_a) | cvs_gather(stop_b) << 16;
    uint32_t special = cvs_gather(a > 0x7e) | cvs_gather(b > 0x7e) << 16;
    return stops | (uint64_t)special << 32;
}

// Lanes of the bytes that may begin a character which a text line or a terminal must not see as it is: C0, DEL, and
// by their first two bytes C1, separators and directional overrides (and other punctuation from U+2000 to U+207F), and
// lone surrogates. Looks at 17 bytes.
static inline cvs_signed cvs_unsafe_lanes(const uint8_t *p) {
    cvs_bytes v = cvs_load(p), next = cvs_load(p + 1);
    return (v < 0x20) | (v == 0x7f) | ((v == 0xc2) & (next < 0xa0)) | ((v == 0xe2) & (next < 0x82)) |
           ((v == 0xed) & (next > 0x9f));
}

static inline uint32_t cvs_unsafe_leads(const uint8_t *p) { return cvs_gather(cvs_unsafe_lanes(p)); }

// Of 16 bytes, for the shape of a message, four times 16 bits from the low end: those that need a closer look
// (digits, quotes, control characters, white space before white space, a sign behind a letter or digit or before a
// digit), letters and digits, white space, digits and signs.
static inline uint64_t cvs_shape(const uint8_t *p) {
    cvs_bytes v = cvs_load(p);
    cvs_signed digit_lanes = (v - '0') < 10;
    uint64_t digits = cvs_gather(digit_lanes);
    uint64_t words = cvs_gather(digit_lanes | (((v | 0x20) - 'a') < 26));
    uint64_t spaces = cvs_gather((v <= 0x20) | (v == 0x7f));
    uint64_t marks = cvs_gather((v == '\'') | (v == '"') | (v == '`') | (v < 0x20) | (v == 0x7f));
    uint64_t signs = cvs_gather((v == '-') | (v == '+'));
    uint64_t closer = digits | marks | (spaces & spaces >> 1) | (signs & (words << 1 | digits >> 1));
    return (closer & 0xffff) | words << 16 | spaces << 32 | (digits | signs) << 48;
}

// Of 16 bytes: the backslashes.
static inline uint32_t cvs_backslashes(const uint8_t *p) { return cvs_gather((cvs_signed)(cvs_load(p) == '\\')); }

// Of 16 bytes: those that plain text can't or may not have as they are in a JSON string; `cvs_unsafe_leads` and what
// JSON itself forbids.
static inline uint32_t cvs_json_marks(const uint8_t *p) {
    cvs_bytes v = cvs_load(p);
    return cvs_gather(cvs_unsafe_lanes(p) | (v == '"') | (v == '\\'));
}

// Of 16 bytes of a valid JSON string's content: escapes, and what may begin an unsafe character.
static inline uint32_t cvs_escape_marks(const uint8_t *p) {
    cvs_bytes v = cvs_load(p);
    return cvs_gather(cvs_unsafe_lanes(p) | (v == '\\'));
}

// Bit i is set where the i-th of 32 bytes is the same.
static inline uint32_t cvs_same32(const uint8_t *a, const uint8_t *b) {
    uint32_t low = cvs_gather((cvs_signed)(cvs_load(a) == cvs_load(b)));
    uint32_t high = cvs_gather((cvs_signed)(cvs_load(a + 16) == cvs_load(b + 16)));
    return low | high << 16;
}

// How many digits stand from `p` on, of sixteen bytes that are looked at.
static inline uint32_t cvs_digit_run(const uint8_t *p) {
    return (uint32_t)__builtin_ctz(cvs_gather((cvs_signed)((cvs_load(p) - '0') > 9)) | 1 << 16);
}

// Of 16 bytes: letters and digits of ASCII, `_` and `-`.
static inline uint32_t cvs_words(const uint8_t *p) {
    cvs_bytes v = cvs_load(p);
    return cvs_gather((((v | 0x20) - 'a') < 26) | ((v - '0') < 10) | (v == '_') | (v == '-'));
}

// Writes the sixteen hex digits of a number in lower case, the highest first.
static inline void cvs_hex(uint64_t value, uint8_t *to) {
    uint64_t bytes = __builtin_bswap64(value);
    cvs_bytes both = {0};
    memcpy(&both, &bytes, sizeof bytes);
    cvs_bytes high = both >> 4, low = both & 0x0f;
    cvs_bytes digits = __builtin_shufflevector(high, low, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
    digits += '0' + ((cvs_bytes)(digits > 9) & ('a' - '0' - 10));
    memcpy(to, &digits, sizeof digits);
}

// Writes a UUID's 36 characters, of its higher and its lower half.
static inline void cvs_uuid(uint64_t high, uint64_t low, uint8_t *to) {
    uint8_t digits[32];
    cvs_hex(high, digits);
    cvs_hex(low, digits + 16);
    memcpy(to, digits, 8);
    to[8] = '-';
    memcpy(to + 9, digits + 8, 4);
    to[13] = '-';
    memcpy(to + 14, digits + 12, 4);
    to[18] = '-';
    memcpy(to + 19, digits + 16, 4);
    to[23] = '-';
    memcpy(to + 24, digits + 20, 12);
}

static inline void cvs_copy16(uint8_t *to, const uint8_t *from) { memcpy(to, from, 16); }

#include "CEscapes.h"
#include "CLineShape.h"
#include "CMaskAnchors.h"
#include "CPrefetch.h"
#include "CStringStops.h"
#include "CUTF8.h"

#include "CByteSearch.h"
