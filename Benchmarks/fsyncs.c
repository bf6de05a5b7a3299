// Counts fsync(2) and fdatasync(2) of a process: LD_PRELOAD=fsyncs.so, FSYNCS=a file that then holds the number,
// 8 bytes in the machine's order.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

static _Atomic uint64_t *calls;
static int (*real_fsync)(int), (*real_fdatasync)(int);

__attribute__((constructor)) static void begin(void) {
    real_fsync = (int (*)(int))dlsym(RTLD_NEXT, "fsync");
    real_fdatasync = (int (*)(int))dlsym(RTLD_NEXT, "fdatasync");
    int fd = open(getenv("FSYNCS"), O_RDWR | O_CREAT | O_CLOEXEC, 0644);
    if (fd < 0 || ftruncate(fd, sizeof *calls)) {
        perror("FSYNCS");
        exit(1);
    }
    calls = mmap(NULL, sizeof *calls, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    close(fd);
}

int fsync(int fd) {
    atomic_fetch_add(calls, 1);
    return real_fsync(fd);
}

int fdatasync(int fd) {
    atomic_fetch_add(calls, 1);
    return real_fdatasync(fd);
}
