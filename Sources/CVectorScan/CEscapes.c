#include "CEscapes.h"
#include "CStringStops.h"

// What the letter of a two-byte escape means; 0 for the other letters.
static const uint8_t meant[256] = {['"'] = '"', ['\\'] = '\\', ['/'] = '/', ['b'] = '\b',
                                   ['f'] = '\f', ['n'] = '\n', ['r'] = '\r', ['t'] = '\t'};

static inline int is_hex(uint8_t byte) { return (uint8_t)(byte - '0') < 10 || (uint8_t)((byte | 0x20) - 'a') < 6; }

// An escape that stands for more than its letter says, or that would be another one if it were written anew.
static inline uint8_t is_long(uint8_t letter) { return letter == 'u' || letter == '/'; }

size_t cvs_string_end(const uint8_t *line, size_t end, const uint64_t *stops, size_t start, uint8_t *has_long) {
    *has_long = 0;
    for (size_t at = start;;) {
        at = cvs_next_stop(stops, at);
        if (at >= end) return end;
        if (line[at] != '\\' || at + 1 >= end) return at;
        *has_long |= is_long(line[at + 1]);
        if (meant[line[at + 1]]) {
            at += 2;
        } else {
            if (line[at + 1] != 'u' || at + 5 >= end || !is_hex(line[at + 2]) || !is_hex(line[at + 3]) ||
                !is_hex(line[at + 4]) || !is_hex(line[at + 5]))
                return at;
            at += 6;
        }
    }
}

cvs_step cvs_unescape(const uint8_t *content, size_t count, size_t readable, uint8_t *to) {
    size_t read = 0, written = 0;
    while (read < count && read + 32 <= readable) {
        cvs_copy16(to + written, content + read);
        cvs_copy16(to + written + 16, content + read + 16);
        uint32_t found = cvs_backslashes(content + read) | cvs_backslashes(content + read + 16) << 16;
        size_t run = found ? (size_t)__builtin_ctz(found) : 32;
        read += run;
        written += run;
        if (!found) continue;
        if (read >= count) break;
        if (is_long(content[read + 1])) return (cvs_step){read, written};
        to[written++] = meant[content[read + 1]];
        read += 2;
    }
    // The last vector may have gone over the end.
    if (read > count) return (cvs_step){count, written - (read - count)};
    while (read < count) {
        uint8_t byte = content[read];
        if (byte != '\\') {
            to[written++] = byte;
            read++;
            continue;
        }
        if (is_long(content[read + 1])) break;
        to[written++] = meant[content[read + 1]];
        read += 2;
    }
    return (cvs_step){read, written};
}
