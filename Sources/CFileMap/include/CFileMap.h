// A file's first bytes as memory, to be read without copying.
//
// What can't be read when it is looked at, since somebody cut the file or the disk failed, is zeros, and cfm_is_torn
// tells of it; by itself that would end the process with SIGBUS.
#pragma once
#include <stddef.h>
#include <stdint.h>

struct cfm_map {
    const uint8_t *bytes;
    size_t length;
    // Its place among those that are watched.
    int place;
};

// Maps `length` bytes, and `slack` zeros behind them that may be read too. Returns 0, or an errno: EMFILE where 64
// files are mapped already.
int cfm_open(struct cfm_map *map, int descriptor, size_t length, size_t slack);

// Whether something couldn't be read so far.
int cfm_is_torn(const struct cfm_map *map);

// Gives the memory of what lies whole in this range back; it is read again when it is looked at.
void cfm_release(const struct cfm_map *map, size_t start, size_t length);

void cfm_close(struct cfm_map *map);
