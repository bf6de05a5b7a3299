// The allocator's own settings, which Swift's Glibc doesn't show.
#pragma once
#include <malloc.h>
