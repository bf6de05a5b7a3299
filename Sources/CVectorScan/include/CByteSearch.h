// The C library's searches that Swift's Glibc doesn't show, because they are GNU's own.
#pragma once
#include <stddef.h>
#include <stdint.h>

void *memmem(const void *, size_t, const void *, size_t);
void *memrchr(const void *, int, size_t);

// Where `needle` first occurs in `text`, or -1.
static inline ptrdiff_t cvs_find(const uint8_t *text, size_t length, const uint8_t *needle, size_t count) {
    const uint8_t *found = memmem(text, length, needle, count);
    return found ? found - text : -1;
}

// Where `byte` last occurs in `text`, or -1.
static inline ptrdiff_t cvs_find_last(const uint8_t *text, size_t length, uint8_t byte) {
    const uint8_t *found = memrchr(text, byte, length);
    return found ? found - text : -1;
}
