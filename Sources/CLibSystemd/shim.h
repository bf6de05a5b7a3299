#pragma once
// Prototypes only, of what is called (sd-daemon.h, sd-journal.h; libsystemd keeps them as they are): the headers
// would bring a second copy of the C library's types into this module, and Swift could take either for the one
// that Glibc means.
#include <stdint.h>

// The first descriptor that systemd passes.
#define SD_LISTEN_FDS_START 3

int sd_booted(void);
int sd_is_socket(int fd, int family, int type, int listening);
int sd_listen_fds(int unset_environment);
int sd_listen_fds_with_names(int unset_environment, char ***names);
int sd_notify(int unset_environment, const char *state);
int sd_notify_barrier(int unset_environment, uint64_t timeout);
int sd_pid_notify_with_fds(
    int pid, int unset_environment, const char *state, const int *fds, unsigned int n_fds);
int sd_watchdog_enabled(int unset_environment, uint64_t *usec);
// `iov` is an array of `struct iovec`.
int sd_journal_sendv(const void *iov, int n);
