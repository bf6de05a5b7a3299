// Sends the corpus over Unix sockets as fast as the receiver takes it.
//
//   loadgen --socket PATH [--records N] [--connections K] [--chunk BYTES | --per-record] [--acks]
//           [--flush] [CORPUS]
//   loadgen --dump [CORPUS]             writes the corpus to stdout, once
//   CORPUS: [--errors PERCENT] [--size BYTES]     share of ERROR and CRITICAL; a size that all records have
//
// The corpus is built before the clock starts, so that the timed part is write(2) alone. Connection k of K
// begins at line k*C/K of the C lines, sends its share of the N records, wrapping round, and half-closes. With
// --acks it says hello before the clock starts and reads what is acknowledged after every write, then waits until
// everything is. With --flush it asks for a flush behind its last record, as a service that ends, and waits for the
// answer. `acked` in the report is the sum of what all connections were told.
// One JSON object on stdout reports; its times are of CLOCK_MONOTONIC, which other processes share.
#define _GNU_SOURCE
#include <errno.h>
#include <getopt.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "corpus.h"
#include "dial.h"

struct sender {
    const struct corpus *corpus;
    size_t first, count;    // line to begin with, records to send
    size_t chunk;           // bytes of whole lines in one write; 0 is one line
    int socket;
    int acks, flush;
    struct acknowledged acknowledged;
    uint64_t bytes;
    int failed;
    pthread_t thread;
};

static pthread_barrier_t start_line;

static double monotonic_seconds(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static int write_all(struct sender *sender, const char *bytes, size_t count) {
    while (count) {
        ssize_t written = write(sender->socket, bytes, count);
        if (written < 0) {
            if (errno == EINTR) continue;
            perror("write");
            sender->failed = 1;
            return -1;
        }
        bytes += written;
        count -= (size_t)written;
        sender->bytes += (uint64_t)written;
    }
    return 0;
}

static void *run(void *argument) {
    struct sender *sender = argument;
    const struct corpus *corpus = sender->corpus;
    size_t line = sender->first, left = sender->count;
    pthread_barrier_wait(&start_line);
    while (left) {
        size_t end = line + 1;
        while (end < corpus->lines && end - line < left &&
               corpus->start[end + 1] - corpus->start[line] <= sender->chunk)
            end++;
        if (write_all(sender, corpus->bytes + corpus->start[line], corpus->start[end] - corpus->start[line]))
            break;
        left -= end - line;
        line = end == corpus->lines ? 0 : end;
        if (sender->acks && listen_to(sender->socket, &sender->acknowledged, 0)) sender->failed = 1;
        if (sender->failed) break;
    }
    static const char flush[] = "{\"hantu\":{\"flush\":true}}\n";
    if (sender->flush && !sender->failed) write_all(sender, flush, sizeof flush - 1);
    while ((sender->acks || sender->flush) && !sender->failed && sender->acknowledged.records < sender->count)
        sender->failed = listen_to(sender->socket, &sender->acknowledged, 1) != 0;
    shutdown(sender->socket, SHUT_WR);
    return NULL;
}

static int send_corpus(const struct corpus *corpus, const char *path, size_t records, size_t connections,
                       size_t chunk, int acks, int flush) {
    pthread_attr_t small;
    pthread_attr_init(&small);
    pthread_attr_setstacksize(&small, 128 * 1024);
    struct sender *senders = calloc(connections, sizeof *senders);
    pthread_barrier_init(&start_line, NULL, (unsigned)connections + 1);
    for (size_t k = 0; k < connections; k++) {
        senders[k] = (struct sender){
            .corpus = corpus,
            .first = k * corpus->lines / connections,
            .count = records / connections + (k < records % connections),
            .chunk = chunk,
            .socket = dial(path),
            .acks = acks,
            .flush = flush,
        };
        if (acks) greet(senders[k].socket, &senders[k].acknowledged);
        if (pthread_create(&senders[k].thread, &small, run, &senders[k])) {
            perror("thread");
            exit(1);
        }
    }
    double begin = monotonic_seconds();
    pthread_barrier_wait(&start_line);
    uint64_t bytes = 0, acked = 0;
    int failed = 0;
    for (size_t k = 0; k < connections; k++) {
        pthread_join(senders[k].thread, NULL);
        bytes += senders[k].bytes;
        acked += senders[k].acknowledged.records;
        failed |= senders[k].failed;
    }
    double end = monotonic_seconds();
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    double cpu = (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
                 (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
    printf("{\"records\":%zu,\"bytes\":%llu,\"acked\":%llu,\"begin\":%.6f,\"end\":%.6f,\"cpu_seconds\":%.3f}\n", records,
           (unsigned long long)bytes, (unsigned long long)acked, begin, end, cpu);
    return failed;
}

int main(int argc, char **argv) {
    const char *path = NULL;
    size_t records = 1000000, connections = 4, chunk = 64 * 1024, size = 0;
    unsigned errors = CORPUS_ERROR_PERCENT;
    int dump = 0, acks = 0, flush = 0;
    static const struct option options[] = {
        {"socket", 1, 0, 's'},     {"records", 1, 0, 'n'}, {"connections", 1, 0, 'k'}, {"chunk", 1, 0, 'b'},
        {"per-record", 0, 0, 'p'}, {"dump", 0, 0, 'D'},    {"acks", 0, 0, 'a'},
        {"flush", 0, 0, 'f'},      {"errors", 1, 0, 'e'},  {"size", 1, 0, 'z'},        {0, 0, 0, 0},
    };
    for (int option; (option = getopt_long(argc, argv, "", options, NULL)) != -1;) switch (option) {
        case 's': path = optarg; break;
        case 'n': records = strtoull(optarg, NULL, 10); break;
        case 'k': connections = strtoull(optarg, NULL, 10); break;
        case 'b': chunk = strtoull(optarg, NULL, 10); break;
        case 'p': chunk = 0; break;
        case 'D': dump = 1; break;
        case 'a': acks = 1; break;
        case 'f': flush = 1; break;
        case 'e': errors = (unsigned)strtoul(optarg, NULL, 10); break;
        case 'z': size = strtoull(optarg, NULL, 10); break;
        default: return 64;
        }
    if (!connections || (!dump && !path) || errors > 100 || (size && size < SMALLEST_RECORD)) {
        fprintf(stderr, "usage: loadgen --socket PATH [--records N] [--connections K] [--per-record] [--acks]\n"
                        "               [--flush] [--errors PERCENT] [--size BYTES] | --dump\n");
        return 64;
    }
    signal(SIGPIPE, SIG_IGN);
    struct corpus corpus = corpus_build(CORPUS_SEED, errors, size);
    if (dump) return fwrite(corpus.bytes, 1, corpus.start[corpus.lines], stdout) != corpus.start[corpus.lines];
    return send_corpus(&corpus, path, records, connections, chunk, acks, flush);
}
