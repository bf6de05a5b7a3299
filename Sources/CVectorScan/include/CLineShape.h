// The way through a line that has the shape of the ones before it: what stands between its values is compared, not
// read.
#pragma once
#include "CVectorScan.h"
#include <stddef.h>

// A value's kind (`JSONKind`) and the rank of its name.
typedef struct {
    uint8_t kind, rank;
    uint16_t unused;
} cvs_sort;

// What stands before a member's value, from the end of the last value (a string's closing quote is part of it) to the
// value, with the opening quote where it is a string.
typedef struct {
    uint8_t bytes[32];
    // One bit for each of the bytes that count, from the lowest on; 0 where nothing is known.
    uint32_t counted;
    // The field's bit among those of a line; 0 where nobody knows its name.
    uint32_t bit;
    uint8_t length;
    // Whether the value is a string, and whether the one before it is.
    uint8_t opens_string, follows_string;
    // Where in it the name stands.
    uint8_t key_start, key_length;
    uint8_t field;
    // What the value is where it is a string without escapes, or an integer.
    cvs_sort sort;
} cvs_joint;

// Where a value stands, a string's quotes left out.
typedef struct {
    uint32_t start, end;
    cvs_sort sort;
} cvs_value;

typedef struct {
    // Behind the last value; of a string its closing quote.
    size_t joint;
    // Members passed, and the bits of the fields that are there.
    uint32_t members, present;
    uint8_t follows_string;
    // Whether the brace that ends the object follows, and nothing behind it.
    uint8_t is_done;
} cvs_walk;

// Goes on from `walk` over all members whose joint is the known one and whose value is the first of its field and a
// string without escapes, or an integer of at most ten digits; `values` has a place for each field. `stops` is what
// cvs_index_stops found; 33 bytes behind the end must be readable.
void cvs_walk_shape(const uint8_t *line, size_t end, const uint64_t *stops, const cvs_joint *joints, uint32_t joint_count,
                    cvs_value *values, cvs_walk *walk);

// The same on any processor.
void cvs_walk_shape_portable(const uint8_t *line, size_t end, const uint64_t *stops, const cvs_joint *joints,
                             uint32_t joint_count, cvs_value *values, cvs_walk *walk);
