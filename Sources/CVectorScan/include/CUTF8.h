// Whether text is UTF-8 (RFC 3629): no overlong forms, no surrogates, nothing above U+10FFFF.
#pragma once
#include <stddef.h>
#include <stdint.h>

int cvs_is_utf8(const uint8_t *p, size_t count);

// The same on any processor, for where AVX2 is missing, and to test the other against.
int cvs_is_utf8_portable(const uint8_t *p, size_t count);
