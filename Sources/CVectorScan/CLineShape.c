#include "CLineShape.h"
#include "CStringStops.h"

// One text for both processors; only the comparison gains from being wider.
static inline __attribute__((always_inline)) void walk_shape(
    const uint8_t *line, size_t end, const uint64_t *stops, const cvs_joint *joints, uint32_t joint_count,
    cvs_value *values, cvs_walk *walk, uint32_t (*same)(const uint8_t *, const uint8_t *)) {
    size_t joint = walk->joint;
    uint32_t present = walk->present;
    uint8_t follows_string = walk->follows_string;
    const cvs_joint *known = joints + walk->members, *last = joints + joint_count;
    for (; known < last; known++) {
        size_t start = joint + known->length, stop;
        if (!(known->bit & ~present) || start >= end || known->follows_string != follows_string ||
            (known->counted & ~same(line + joint, known->bytes)))
            break;
        if (known->opens_string) {
            stop = cvs_next_stop(stops, start);
            if (stop >= end || line[stop] != '"') break;
        } else {
            // What begins with a zero is left to others, and what follows shows that no point or exponent does.
            uint32_t count = cvs_digit_run(line + start);
            stop = start + count;
            if (count - 1 >= 10 || line[start] == '0' || stop >= end || (line[stop] != ',' && line[stop] != '}')) break;
        }
        values[known->field] = (cvs_value){(uint32_t)start, (uint32_t)stop, known->sort};
        present |= known->bit;
        follows_string = known->opens_string;
        joint = stop;
    }
    size_t brace = joint + follows_string;
    uint32_t member = (uint32_t)(known - joints);
    *walk = (cvs_walk){joint, member, present, follows_string, member > 0 && brace + 1 == end && line[brace] == '}'};
}

void cvs_walk_shape_portable(const uint8_t *line, size_t end, const uint64_t *stops, const cvs_joint *joints,
                             uint32_t joint_count, cvs_value *values, cvs_walk *walk) {
    walk_shape(line, end, stops, joints, joint_count, values, walk, cvs_same32);
}

#if defined(__x86_64__)
#include <immintrin.h>

#define AVX2 __attribute__((target("avx2,bmi,bmi2")))

AVX2 static inline uint32_t same32_avx2(const uint8_t *a, const uint8_t *b) {
    return (uint32_t)_mm256_movemask_epi8(
        _mm256_cmpeq_epi8(_mm256_loadu_si256((const __m256i *)a), _mm256_loadu_si256((const __m256i *)b)));
}

AVX2 static void walk_shape_avx2(const uint8_t *line, size_t end, const uint64_t *stops, const cvs_joint *joints,
                                 uint32_t joint_count, cvs_value *values, cvs_walk *walk) {
    walk_shape(line, end, stops, joints, joint_count, values, walk, same32_avx2);
}

void cvs_walk_shape(const uint8_t *line, size_t end, const uint64_t *stops, const cvs_joint *joints, uint32_t joint_count,
                    cvs_value *values, cvs_walk *walk) {
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi2"))
        walk_shape_avx2(line, end, stops, joints, joint_count, values, walk);
    else cvs_walk_shape_portable(line, end, stops, joints, joint_count, values, walk);
}
#else
void cvs_walk_shape(const uint8_t *line, size_t end, const uint64_t *stops, const cvs_joint *joints, uint32_t joint_count,
                    cvs_value *values, cvs_walk *walk) {
    cvs_walk_shape_portable(line, end, stops, joints, joint_count, values, walk);
}
#endif
