// The C library's searches that Swift's Glibc doesn't show, because they are GNU's own.
#pragma once
#include <stddef.h>
#include <stdint.h>
#include "CVectorScan.h"

void *memmem(const void *, size_t, const void *, size_t);
void *memrchr(const void *, int, size_t);

// Where `needle` first occurs in `text`, or -1; by the machine's widest vectors, and by those that every one has.
ptrdiff_t cvs_find(const uint8_t *text, size_t length, const uint8_t *needle, size_t count);
ptrdiff_t cvs_find_portable(const uint8_t *text, size_t length, const uint8_t *needle, size_t count);

// Where the first of two needles occurs, in one pass.
ptrdiff_t cvs_find_either(
    const uint8_t *text, size_t length, const uint8_t *a, size_t a_count, const uint8_t *b, size_t b_count);
ptrdiff_t cvs_find_either_portable(
    const uint8_t *text, size_t length, const uint8_t *a, size_t a_count, const uint8_t *b, size_t b_count);

// Where `byte` last occurs in `text`, or -1.
static inline ptrdiff_t cvs_find_last(const uint8_t *text, size_t length, uint8_t byte) {
    const uint8_t *found = memrchr(text, byte, length);
    return found ? found - text : -1;
}
