// The records that every contestant is given: 10,000 distinct JSON lines as trading services write them,
// 354 bytes on average, 6 in 100 an error with a stack trace and a context, four in ten messages in Korean.
// The same seed always makes the same bytes.
#pragma once
#include <stddef.h>
#include <stdint.h>

struct corpus {
    char *bytes;    // all lines back to back, each ending in a newline
    size_t *start;  // where line i begins; start[lines] is the end
    size_t lines;
};

enum { CORPUS_LINES = 10000, CORPUS_SEED = 20260201, CORPUS_ERROR_PERCENT = 6, SMALLEST_RECORD = 100 };

// With a `record_bytes` other than 0 every line has just so many (SMALLEST_RECORD at least, newline among them):
// time, level, a short logger, a short trace and messages as above, one behind the other; there are fewer lines then
// where the corpus would get too large for the processor's caches.
struct corpus corpus_build(uint64_t seed, unsigned error_percent, size_t record_bytes);
