// What a careful C++ programmer would write for the text path alone, as the measure for the daemon.
//
//   reference SOCKET TEXT ERRORS [--mask]
//
// One thread, epoll, 256 KiB reads, simdjson's on-demand parser for five fields of each line, a text line into
// a 256 KiB buffer, the raw line of an error into another; written when full and when no socket has more. With
// --mask the message's `key=value` and `key: value` with eight secret-looking keys lose their values. It has no
// rotation, no acknowledgements, no fallback and no check of what it doesn't read: the daemon does more.
#include <simdjson.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <string_view>
#include <strings.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

using std::string_view;

enum : size_t { READ_SIZE = 256 * 1024, LONGEST_LINE = 64 * 1024 };

struct Connection {
    int socket;
    size_t held;
    char bytes[READ_SIZE + LONGEST_LINE + simdjson::SIMDJSON_PADDING];
};

[[noreturn]] static void fail(const char *what) {
    perror(what);
    exit(1);
}

class Output {
    int fd = -1;
    size_t count = 0;
    char bytes[READ_SIZE + LONGEST_LINE * 2];

public:
    void open(const char *path) {
        fd = ::open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
        if (fd < 0) fail(path);
    }
    void flush() {
        for (const char *from = bytes; count;) {
            ssize_t written = ::write(fd, from, count);
            if (written < 0 && errno != EINTR) fail("write");
            if (written < 0) continue;
            from += written;
            count -= size_t(written);
        }
    }
    void make_room(size_t needed) {
        if (count + needed > sizeof bytes) flush();
    }
    // The caller made room.
    void add(string_view text) {
        memcpy(bytes + count, text.data(), text.size());
        count += text.size();
    }
};

static Output text_file, error_file;

static bool names_secret(const char *begin, const char *end) {
    static const string_view names[] = {"password", "passwd", "token",  "secret",
                                        "api_key",  "apikey", "appkey", "authorization"};
    size_t length = size_t(end - begin);
    for (auto name : names)
        if (length >= name.size() && !strncasecmp(end - name.size(), name.data(), name.size())) return true;
    return false;
}

static void add_masked(string_view message) {
    const char *at = message.data(), *end = at + message.size(), *copied = at;
    while (at < end) {
        const char *sign = at;
        while (sign < end && *sign != '=' && *sign != ':') sign++;
        if (sign == end) break;
        at = sign + 1;
        if (!names_secret(copied, sign)) continue;
        while (at < end && *at == ' ') at++;
        text_file.add({copied, size_t(at - copied)});
        text_file.add("***");
        while (at < end && *at != ' ' && *at != ',' && *at != '"') at++;
        copied = at;
    }
    text_file.add({copied, size_t(end - copied)});
}

static void take_line(simdjson::ondemand::parser &parser, char *line, size_t length, bool mask) {
    string_view time, level, logger, message, trace;
    simdjson::ondemand::document record;
    if (parser.iterate(line, length, length + simdjson::SIMDJSON_PADDING).get(record) ||
        record["timestamp"].get_string().get(time) || record["level"].get_string().get(level) ||
        record["logger"].get_string().get(logger) || record["message"].get_string().get(message) ||
        record["trace_id"].get_string().get(trace) || time.size() < 19)
        return;
    text_file.make_room(length + 64);
    text_file.add(time.substr(0, 10));
    text_file.add(" ");
    text_file.add(time.substr(11, 8));
    text_file.add(" [");
    text_file.add(level);
    text_file.add("] ");
    text_file.add(logger);
    text_file.add(": ");
    if (mask) add_masked(message);
    else text_file.add(message);
    text_file.add(" (trace_id=");
    text_file.add(trace);
    text_file.add(")\n");
    if (level[0] != 'E' && level[0] != 'C') return;
    error_file.make_room(length + 1);
    error_file.add({line, length});
    error_file.add("\n");
}

static void take(Connection *c, simdjson::ondemand::parser &parser, bool mask) {
    ssize_t got = read(c->socket, c->bytes + c->held, READ_SIZE);
    if (got <= 0) {
        close(c->socket);
        free(c);
        return;
    }
    char *line = c->bytes, *end = line + c->held + got, *newline;
    while ((newline = static_cast<char *>(memchr(line, '\n', size_t(end - line))))) {
        take_line(parser, line, size_t(newline - line), mask);
        line = newline + 1;
    }
    c->held = size_t(end - line);
    if (c->held > LONGEST_LINE) exit(1);
    memmove(c->bytes, line, c->held);
}

int main(int argc, char **argv) {
    if (argc < 4) return 64;
    bool mask = argc > 4 && !strcmp(argv[4], "--mask");
    text_file.open(argv[2]);
    error_file.open(argv[3]);
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    strncpy(address.sun_path, argv[1], sizeof address.sun_path - 1);
    int listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (bind(listener, reinterpret_cast<sockaddr *>(&address), sizeof address) || listen(listener, 128))
        fail(argv[1]);
    int poll = epoll_create1(EPOLL_CLOEXEC);
    epoll_event event{}, ready[64];
    event.events = EPOLLIN;
    epoll_ctl(poll, EPOLL_CTL_ADD, listener, &event);
    simdjson::ondemand::parser parser;
    for (;;) {
        int count = epoll_wait(poll, ready, 64, 0);
        if (count == 0) {
            text_file.flush();
            error_file.flush();
            count = epoll_wait(poll, ready, 64, -1);
        }
        for (int i = 0; i < count; i++) {
            if (ready[i].data.ptr) {
                take(static_cast<Connection *>(ready[i].data.ptr), parser, mask);
                continue;
            }
            auto *c = static_cast<Connection *>(calloc(1, sizeof(Connection)));
            c->socket = accept4(listener, nullptr, nullptr, SOCK_CLOEXEC);
            event.data.ptr = c;
            epoll_ctl(poll, EPOLL_CTL_ADD, c->socket, &event);
        }
    }
}
