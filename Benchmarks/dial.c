#define _GNU_SOURCE
#include "dial.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

int dial(const char *path) {
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    if (strlen(path) >= sizeof address.sun_path) {
        fprintf(stderr, "%s: too long for a socket's path\n", path);
        exit(2);
    }
    strcpy(address.sun_path, path);
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    struct timeval minute = {.tv_sec = 60};
    if (fd < 0 || connect(fd, (struct sockaddr *)&address, sizeof address) ||
        setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &minute, sizeof minute)) {
        perror(path);
        exit(1);
    }
    return fd;
}

// Takes one line without its newline; 0 when it is no acknowledgement.
static int take_answer(const char *line, struct acknowledged *acknowledged) {
    const char *number = strstr(line, "\"acked\":");
    if (!number) return 0;
    acknowledged->records = strtoull(number + strlen("\"acked\":"), NULL, 10);
    return 1;
}

int listen_to(int socket, struct acknowledged *a, int wait) {
    ssize_t got = recv(socket, a->answer + a->held, sizeof a->answer - 1 - a->held, wait ? 0 : MSG_DONTWAIT);
    if (got < 0 && (errno == EINTR || (!wait && errno == EAGAIN))) return 0;
    if (got <= 0) {
        fprintf(stderr, "%s\n", got ? strerror(errno) : "the receiver closed before it had acknowledged all");
        return -1;
    }
    char *line = a->answer, *end = a->answer + a->held + got, *newline;
    while ((newline = memchr(line, '\n', (size_t)(end - line)))) {
        *newline = 0;
        if (!take_answer(line, a)) {
            fprintf(stderr, "instead of an acknowledgement: %s\n", line);
            return -1;
        }
        line = newline + 1;
    }
    a->held = (size_t)(end - line);
    memmove(a->answer, line, a->held);
    return 0;
}

void greet(int socket, struct acknowledged *acknowledged) {
    static const char hello[] = "{\"hantu\":{\"protocol\":1,\"service\":\"loadgen\",\"acks\":true}}\n";
    memset(acknowledged, 0, sizeof *acknowledged);
    if (write(socket, hello, sizeof hello - 1) != sizeof hello - 1) {
        perror("hello");
        exit(1);
    }
    for (char byte = 0; byte != '\n';) {
        if (recv(socket, &byte, 1, 0) == 1) continue;
        perror("no greeting");
        exit(1);
    }
}
