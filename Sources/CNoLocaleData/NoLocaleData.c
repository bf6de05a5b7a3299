// Foundation brings ICU, and ICU 34 MB of tables for the world's languages: half of a statically linked program, for
// words and calendars that this project never asks for. Where the linker finds the tables' symbol here it leaves
// theirs out. What stands here is an ICU data package without an entry, in the layout that ICU's udata.h describes.
//
// Only for release builds, which link Foundation statically; hidden, so that it never takes the place of a shared
// library's. A toolchain with another version of ICU doesn't look for this name, and the tables are back.
#ifdef HANTU_STATIC_FOUNDATION
#include <stdint.h>

struct empty_package {
    uint16_t header_size;
    uint8_t magic[2];
    uint16_t info_size, reserved;
    uint8_t big_endian, ascii_family, bytes_of_a_unit, padding;
    uint8_t format[4], format_version[4], data_version[4];
    uint8_t alignment[8];
    int32_t entries;
};

__attribute__((visibility("hidden"), aligned(16))) const struct empty_package icudt76_dat = {
    .header_size = 32,
    .magic = {0xDA, 0x27},
    .info_size = 20,
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    .big_endian = 1,
#endif
    .bytes_of_a_unit = 2,
    .format = {'T', 'o', 'C', 'P'},
    .format_version = {1},
};
#endif
