#pragma once
// A part of the C library that the Glibc module leaves out (it is GNU's, sys/mman.h).

#define MFD_CLOEXEC 1U

int memfd_create(const char *name, unsigned int flags);
