// Where the masker has to look: one bit a byte, set where something secret may be announced.
#pragma once
#include "CVectorScan.h"
#include <stddef.h>

// Bytes that one call covers at most.
#define CVS_MASK_CHUNK 1024

// Sets bit i % 64 of anchors[i / 64] where, at p[i], there is
//     `=` or `:`
//     a digit before a hyphen and a digit
//     "eyJ", or "bea" in any case
//     "cco" or "cct" in any case, the inside of account and acct
//     좌, the end of 계좌
// or something rare that looks alike. Words past `count` bytes hold nothing of use. Reads up to 64 bytes behind
// the end, which its caller's buffers have; `count` is at most CVS_MASK_CHUNK.
void cvs_mask_anchors(const uint8_t *p, size_t count, uint64_t *anchors);

// The same on any processor, for where AVX2 is missing, and to test the other against.
void cvs_mask_anchors_portable(const uint8_t *p, size_t count, uint64_t *anchors);

// `"` and `\` among sixteen bytes: what ends or bends a JSON string.
static inline uint32_t cvs_string_stops16(const uint8_t *p) {
    cvs_bytes v = cvs_load(p);
    return cvs_gather((v == '"') | (v == '\\'));
}
