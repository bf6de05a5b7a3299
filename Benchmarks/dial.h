// Connecting to the receiver, and asking it for acknowledgements (docs/protocol.md).
#pragma once
#include <stddef.h>
#include <stdint.h>

// What one connection was told.
struct acknowledged {
    uint64_t records;   // the first so many of this connection are safe
    size_t held;        // bytes of an answer whose end hasn't come
    char answer[256];
};

// All of these end the program with a message when it can't be done.
int dial(const char *path);
// Says hello, asks for acknowledgements, waits for the greeting.
void greet(int socket, struct acknowledged *acknowledged);
// Reads what the receiver said, and waits for it where `wait` says so. -1 when it closed, or is silent for a minute.
int listen_to(int socket, struct acknowledged *acknowledged, int wait);
