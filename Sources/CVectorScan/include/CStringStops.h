// Where a JSON string can end in a line, found once for the whole line.
#pragma once
#include "CVectorScan.h"
#include <stddef.h>

// Sets bit i % 64 of stops[i / 64] where p[i] ends or bends a plain run in a JSON string: a quote, a backslash, a
// control character. The bit of p[count] is set as well, so that every search ends; stops has count / 64 + 1 words.
// Says whether there is a byte from 0x7f on: outside ASCII, or DEL. Reads up to 63 bytes behind the end.
int cvs_index_stops(const uint8_t *p, size_t count, uint64_t *stops);

// The same on any processor, for where AVX2 is missing, and to test the other against.
int cvs_index_stops_portable(const uint8_t *p, size_t count, uint64_t *stops);
