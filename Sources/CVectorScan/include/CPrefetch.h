// Bytes that another processor wrote, asked for before they are needed.
#pragma once
#include <stddef.h>
#include <stdint.h>

// Asks for all lines of memory at once. Whoever copies them afterwards, the kernel above all, would wait for each.
static inline void cvs_prefetch(const void *start, size_t count) {
    for (size_t offset = 0; offset < count; offset += 64) __builtin_prefetch((const uint8_t *)start + offset);
}
