#pragma once
// Prototypes and numbers only, of what is used (curl/curl.h; libcurl never changes them): the header would bring a
// second copy of the C library's types into this module, and Swift could take either for the one that Glibc means.
#include <stdint.h>

struct curl_slist;

enum {
    HANTU_CURL_GLOBAL_DEFAULT = 3,
    HANTU_CURL_ERROR_SIZE = 256,
    // CURLPROTO_HTTP | CURLPROTO_HTTPS
    HANTU_CURL_HTTP_AND_HTTPS = 3,
};

// CURLOPT_…, by what kind of value they take.
enum {
    HANTU_CURL_FOLLOWLOCATION = 52,
    HANTU_CURL_POSTFIELDSIZE = 60,
    HANTU_CURL_SSL_VERIFYPEER = 64,
    HANTU_CURL_SSL_VERIFYHOST = 81,
    HANTU_CURL_NOSIGNAL = 99,
    HANTU_CURL_TIMEOUT_MS = 155,
    HANTU_CURL_CONNECTTIMEOUT_MS = 156,
    HANTU_CURL_PROTOCOLS = 181,
    HANTU_CURL_WRITEDATA = 10001,
    HANTU_CURL_URL = 10002,
    HANTU_CURL_ERRORBUFFER = 10010,
    HANTU_CURL_POSTFIELDS = 10015,
    HANTU_CURL_USERAGENT = 10018,
    HANTU_CURL_HTTPHEADER = 10023,
    HANTU_CURL_CAINFO = 10065,
    HANTU_CURL_CAPATH = 10097,
    HANTU_CURL_WRITEFUNCTION = 20011,
    HANTU_CURL_CAINFO_BLOB = 40309,
};

// CURLINFO_…
enum {
    HANTU_CURL_RESPONSE_CODE = 0x200002,
    HANTU_CURL_RETRY_AFTER = 0x600039,
};

int curl_global_init(long flags);
void *curl_easy_init(void);
void curl_easy_reset(void *handle);
void curl_easy_cleanup(void *handle);
int curl_easy_perform(void *handle);
int curl_easy_setopt(void *handle, int option, ...);
int curl_easy_getinfo(void *handle, int info, ...);
const char *curl_easy_strerror(int code);
struct curl_slist *curl_slist_append(struct curl_slist *list, const char *text);
void curl_slist_free_all(struct curl_slist *list);

typedef unsigned long (*hantu_curl_write)(char *bytes, unsigned long size, unsigned long count, void *context);

static inline int hantu_curl_set_number(void *handle, int option, long value) {
    return curl_easy_setopt(handle, option, value);
}

static inline int hantu_curl_set_text(void *handle, int option, const char *value) {
    return curl_easy_setopt(handle, option, value);
}

static inline int hantu_curl_set_pointer(void *handle, int option, void *value) {
    return curl_easy_setopt(handle, option, value);
}

static inline int hantu_curl_set_list(void *handle, int option, struct curl_slist *value) {
    return curl_easy_setopt(handle, option, value);
}

// libcurl keeps a copy of the bytes.
static inline int hantu_curl_set_bytes(void *handle, int option, const void *bytes, unsigned long count) {
    struct {
        void *data;
        unsigned long count;
        unsigned int flags;
    } blob = {(void *)bytes, count, 1};
    return curl_easy_setopt(handle, option, &blob);
}

static inline int hantu_curl_set_write(void *handle, hantu_curl_write value) {
    return curl_easy_setopt(handle, HANTU_CURL_WRITEFUNCTION, value);
}

static inline long hantu_curl_response_code(void *handle) {
    long value = 0;
    curl_easy_getinfo(handle, HANTU_CURL_RESPONSE_CODE, &value);
    return value;
}

// Seconds of the Retry-After header, 0 without one.
static inline int64_t hantu_curl_retry_after(void *handle) {
    int64_t value = 0;
    curl_easy_getinfo(handle, HANTU_CURL_RETRY_AFTER, &value);
    return value;
}
