// Whether text is UTF-8 (RFC 3629): no overlong forms, no surrogates, nothing above U+10FFFF.
#pragma once
#include <stddef.h>
#include <stdint.h>

enum {
    CVS_VALID = 1,
    // Valid, and without DEL and anything that begins as C1, separators and directional overrides do (some
    // punctuation from U+2000 to U+207F begins so, too). C0 is not looked for.
    CVS_SAFE = 2
};

// Returns these bits. Reads up to 31 bytes behind the end.
int cvs_check_utf8(const uint8_t *p, size_t count);

// The same on any processor, for where AVX2 is missing, and to test the other against.
int cvs_check_utf8_portable(const uint8_t *p, size_t count);
