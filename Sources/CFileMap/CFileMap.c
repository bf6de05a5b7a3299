#define _GNU_SOURCE
#include "CFileMap.h"
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/mman.h>
#include <unistd.h>

enum { places = 64, large_page = 2 << 20 };

// What is mapped, for the handler: written before the memory is looked at, and after it was looked at for the last time.
static struct {
    atomic_int taken, torn;
    atomic_uintptr_t start, end;
} watched[places];

static uintptr_t page;
static struct sigaction before;

// Puts a page of zeros where one of ours can't be read. What isn't ours is dealt with as it was before.
static void mend(int number, siginfo_t *info, void *context) {
    (void)context;
    const int error = errno;
    const uintptr_t at = (uintptr_t)info->si_addr;
    for (int k = 0; k < places; k++) {
        if (at < atomic_load(&watched[k].start) || at >= atomic_load(&watched[k].end)) continue;
        void *hole = (void *)(at & ~(page - 1));
        if (mmap(hole, page, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0) == MAP_FAILED) break;
        atomic_store(&watched[k].torn, 1);
        errno = error;
        return;
    }
    // The same instruction fails again, under the action that was there.
    sigaction(number, &before, NULL);
    errno = error;
}

static void watch(void) {
    page = (uintptr_t)sysconf(_SC_PAGESIZE);
    struct sigaction action = {.sa_sigaction = mend, .sa_flags = SA_SIGINFO | SA_RESTART};
    sigemptyset(&action.sa_mask);
    sigaction(SIGBUS, &action, &before);
}

static inline uintptr_t round_up(uintptr_t value, size_t to) { return (value + to - 1) & ~(uintptr_t)(to - 1); }

// Addresses with zeros behind them, for a file to be put there. They begin where a large page may: what the kernel
// keeps in large pages, it then maps in large pages, too.
static uint8_t *reserve(size_t length) {
    const size_t more = length >= large_page ? large_page : 0;
    uint8_t *all = mmap(NULL, length + more, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (all == MAP_FAILED || !more) return all;
    uint8_t *start = (uint8_t *)round_up((uintptr_t)all, large_page);
    if (start > all) munmap(all, (size_t)(start - all));
    if (start < all + more) munmap(start + length, (size_t)(all + more - start));
    return start;
}

int cfm_open(struct cfm_map *map, int descriptor, size_t length, size_t slack) {
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, watch);
    int place = 0;
    while (place < places && atomic_exchange(&watched[place].taken, 1)) place++;
    if (place == places) return EMFILE;
    const size_t file = round_up(length, page), all = file + round_up(slack, page);
    uint8_t *start = reserve(all);
    int error = start == MAP_FAILED ? errno : 0;
    if (!error && length && mmap(start, file, PROT_READ, MAP_PRIVATE | MAP_FIXED, descriptor, 0) == MAP_FAILED) {
        error = errno;
        munmap(start, all);
    }
    if (error) {
        atomic_store(&watched[place].taken, 0);
        return error;
    }
    atomic_store(&watched[place].torn, 0);
    atomic_store(&watched[place].end, (uintptr_t)start + all);
    atomic_store(&watched[place].start, (uintptr_t)start);
    *map = (struct cfm_map){start, length, place};
    return 0;
}

int cfm_is_torn(const struct cfm_map *map) { return atomic_load(&watched[map->place].torn); }

void cfm_release(const struct cfm_map *map, size_t start, size_t length) {
    const uintptr_t base = (uintptr_t)map->bytes;
    const uintptr_t from = round_up(base + start, page), to = (base + start + length) & ~(page - 1);
    if (from < to) madvise((void *)from, to - from, MADV_DONTNEED);
}

void cfm_close(struct cfm_map *map) {
    const uintptr_t start = atomic_load(&watched[map->place].start), end = atomic_load(&watched[map->place].end);
    // Not ours any more before anybody else may get the same addresses.
    atomic_store(&watched[map->place].start, UINTPTR_MAX);
    atomic_store(&watched[map->place].end, 0);
    munmap((void *)start, end - start);
    atomic_store(&watched[map->place].taken, 0);
}
