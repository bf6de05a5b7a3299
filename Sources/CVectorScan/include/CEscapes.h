// Escapes of JSON strings, the two-byte ones without a branch for each of their letters.
#pragma once
#include "CVectorScan.h"
#include <stddef.h>

// From `start` inside a string on, behind whole escapes, the first byte that is no part of its content: the closing
// quote, a control character, the backslash of an escape that is none or isn't whole, or `end`. `stops` is what
// cvs_index_stops found; `has_long` becomes 1 where there is an escape with a `u` or a `/`, else 0.
size_t cvs_string_end(const uint8_t *line, size_t end, const uint64_t *stops, size_t start, uint8_t *has_long);

// How much was read and written.
typedef struct {
    size_t read, written;
} cvs_step;

// Copies the content of a valid JSON string with its two-byte escapes as the bytes that they mean, up to its end or to
// an escape with a `u` or a `/`. `readable` says how many bytes may be looked at, `count` or more; as many as are read,
// and 31 more, may be written.
cvs_step cvs_unescape(const uint8_t *content, size_t count, size_t readable, uint8_t *to);
