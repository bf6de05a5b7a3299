#pragma once
// Without the functions on files: they would bring a second copy of the C library's types into this module, and
// Swift could take either for the one that Glibc means.
#define Z_SOLO
#include <zlib.h>
