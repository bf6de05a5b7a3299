// Where a JSON string can end in a line, found once for the whole line.
#pragma once
#include "CVectorScan.h"
#include <stddef.h>

// Sets bit i % 64 of stops[i / 64] where p[i] ends or bends a plain run in a JSON string: a quote, a backslash, a
// control character. The bit of p[count] is set as well, so that every search ends; stops has count / 64 + 2
// words, the last for searches that look at eight bytes from any byte on.
// Says whether there is a byte from 0x7f on: outside ASCII, or DEL. Reads up to 63 bytes behind the end.
int cvs_index_stops(const uint8_t *p, size_t count, uint64_t *stops);

// The same on any processor, for where AVX2 is missing, and to test the other against.
int cvs_index_stops_portable(const uint8_t *p, size_t count, uint64_t *stops);

_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "bit i of the words is bit i % 8 of byte i / 8");

// The first stop from `start` on, which must not lie behind the last. The next 57 bytes or more are looked at as one
// word, wherever they begin: whether a string goes over the edge of a word is guessed wrong too often.
static inline size_t cvs_next_stop(const uint64_t *stops, size_t start) {
    uint64_t near;
    memcpy(&near, (const uint8_t *)stops + start / 8, sizeof near);
    near >>= start % 8;
    if (near) return start + (size_t)__builtin_ctzll(near);
    start += 57;
    size_t index = start / 64;
    uint64_t word = stops[index] & (~(uint64_t)0 << (start % 64));
    while (!word) word = stops[++index];
    return index * 64 + (size_t)__builtin_ctzll(word);
}
