// The C library's searches that Swift's Glibc doesn't show, because they are GNU's own.
#pragma once
#include <stddef.h>
#include <stdint.h>
#include "CVectorScan.h"

void *memmem(const void *, size_t, const void *, size_t);
void *memrchr(const void *, int, size_t);

// The lanes of sixteen places at which a needle may begin: its first and its last byte stand where they must.
static inline cvs_signed cvs_ends(const uint8_t *p, size_t span, cvs_bytes first, cvs_bytes last) {
    return (cvs_signed)(cvs_load(p) == first) & (cvs_signed)(cvs_load(p + span) == last);
}

// Where `needle` first occurs in `text`, or -1. Sixty-four places at a time by the needle's two ends, which ordinary
// text seldom has together; a text that has them too often is left to memmem, whose time is linear whatever it is.
static inline ptrdiff_t cvs_find(const uint8_t *text, size_t length, const uint8_t *needle, size_t count) {
    size_t i = 0;
    if (count >= 2 && length >= count + 63) {
        const size_t span = count - 1, last_start = length - count - 63;
        const cvs_bytes first = (cvs_bytes){0} + needle[0], last = (cvs_bytes){0} + needle[span];
        size_t compared = 0;
        for (; i <= last_start && compared <= 64 + i / 8; i += 64) {
            const uint8_t *p = text + i;
            cvs_signed m[4];
            for (int k = 0; k < 4; k++) m[k] = cvs_ends(p + 16 * k, span, first, last);
            if (!cvs_gather(m[0] | m[1] | m[2] | m[3])) continue;
            for (int k = 0; k < 4; k++)
                for (uint32_t bits = cvs_gather(m[k]); bits; bits &= bits - 1) {
                    size_t place = i + 16 * (size_t)k + (size_t)__builtin_ctz(bits);
                    if (memcmp(text + place, needle, count) == 0) return (ptrdiff_t)place;
                    compared += count;
                }
        }
    }
    const uint8_t *found = memmem(text + i, length - i, needle, count);
    return found ? found - text : -1;
}

// Where `byte` last occurs in `text`, or -1.
static inline ptrdiff_t cvs_find_last(const uint8_t *text, size_t length, uint8_t byte) {
    const uint8_t *found = memrchr(text, byte, length);
    return found ? found - text : -1;
}
