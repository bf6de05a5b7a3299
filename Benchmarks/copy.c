// The least that any receiver can do: finds the lines in what it reads and writes them out unchanged.
//
//   copy SOCKET OUTPUT
//
// One thread, epoll, 256 KiB reads, whole lines only. It shows what of a contestant's time is the kernel's.
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

enum { READ_SIZE = 256 * 1024, LONGEST_LINE = 64 * 1024 };

struct connection {
    int socket;
    size_t held;  // bytes of a line whose end hasn't come
    char bytes[READ_SIZE + LONGEST_LINE];
};

static void fail(const char *what) {
    perror(what);
    exit(1);
}

static void write_all(int fd, const char *bytes, size_t count) {
    while (count) {
        ssize_t written = write(fd, bytes, count);
        if (written < 0 && errno != EINTR) fail("write");
        if (written < 0) continue;
        bytes += written;
        count -= (size_t)written;
    }
}

static void take(struct connection *c, int output) {
    ssize_t got = read(c->socket, c->bytes + c->held, READ_SIZE);
    if (got <= 0) {
        close(c->socket);
        free(c);
        return;
    }
    char *line = c->bytes, *end = c->bytes + c->held + got, *newline;
    while ((newline = memchr(line, '\n', (size_t)(end - line)))) line = newline + 1;
    write_all(output, c->bytes, (size_t)(line - c->bytes));
    c->held = (size_t)(end - line);
    if (c->held > LONGEST_LINE) exit(1);
    memmove(c->bytes, line, c->held);
}

int main(int argc, char **argv) {
    if (argc != 3) return 64;
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    strncpy(address.sun_path, argv[1], sizeof address.sun_path - 1);
    int output = open(argv[2], O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
    int listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (output < 0 || bind(listener, (struct sockaddr *)&address, sizeof address) || listen(listener, 128))
        fail(argv[1]);
    int poll = epoll_create1(EPOLL_CLOEXEC);
    struct epoll_event event = {.events = EPOLLIN}, ready[64];
    epoll_ctl(poll, EPOLL_CTL_ADD, listener, &event);
    for (;;) {
        int count = epoll_wait(poll, ready, 64, -1);
        for (int i = 0; i < count; i++) {
            if (ready[i].data.ptr) {
                take(ready[i].data.ptr, output);
                continue;
            }
            struct connection *c = calloc(1, sizeof *c);
            c->socket = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
            event.data.ptr = c;
            epoll_ctl(poll, EPOLL_CTL_ADD, c->socket, &event);
        }
    }
}
