#include "corpus.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

enum { LARGEST_CORPUS = 4 << 20 };  // where lines have a size of their own

// ---- chance, the same every time (splitmix64) ----

static uint64_t state;

static uint32_t below(uint32_t limit) {
    uint64_t z = (state += 0x9e3779b97f4a7c15u);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return (uint32_t)(((z ^ (z >> 31)) >> 32) * limit >> 32);
}

#define COUNT(array) (sizeof(array) / sizeof *(array))
#define ONE_OF(array) (array)[below(COUNT(array))]

// ---- vocabulary ----

static const char *const services[] = {"scheduler", "trading", "api", "collector", "risk", "notifier"};

static const struct {
    const char *logger, *module, *function;
} sites[] = {
    {"core.trading.engine", "engine", "execute_order"},
    {"core.trading.position", "position", "update_position"},
    {"core.risk.manager", "manager", "check_limits"},
    {"core.api.kis_client", "kis_client", "request"},
    {"core.api.websocket", "websocket", "on_message"},
    {"hantu.scheduler.daily", "daily", "run_screening"},
    {"hantu.scheduler.jobs", "jobs", "dispatch"},
    {"core.learning.features", "features", "build_matrix"},
    {"core.notification.telegram", "telegram", "send"},
    {"core.database.session", "session", "commit"},
};

static const char *const stocks[] = {"삼성전자", "SK하이닉스", "NAVER", "카카오",
                                     "현대차", "LG에너지솔루션", "셀트리온", "POSCO홀딩스"};
static const char *const sides[] = {"매수", "매도"};
static const char *const error_types[] = {"TimeoutError", "ConnectionError", "ValueError",
                                          "KeyError", "OperationalError", "InsufficientBalanceError"};

// ---- lines ----

// Where the next byte goes; the caller made room for everything.
static char *out;

__attribute__((format(printf, 1, 2))) static void put(const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    out += vsprintf(out, format, arguments);
    va_end(arguments);
}

// A message as it stands inside a JSON string: quotes, backslashes and tabs are escaped already.
//
// Every number is drawn into a variable of its own, so that the order of drawing, and with it the corpus, doesn't
// hang on the order in which a compiler evaluates arguments.
static void put_message(void) {
    uint32_t code = below(999999), quantity = below(5000) + 1, price = (below(90000) + 1000) * 10;
    uint32_t ms = below(3000);
    const char *stock = ONE_OF(stocks), *side = ONE_OF(sides);
    uint32_t kind = below(22), a, b, c, d;
    switch (kind) {
    case 0: put("주문 체결: %s(%06u) %s %u주 @ %u원", stock, code, side, quantity, price); break;
    case 1: put("일일 스크리닝 완료: %u개 종목 중 %u개 선정", quantity + 2000, quantity % 97); break;
    case 2:
        b = below(100), a = below(40);
        put("포지션 갱신 %s 보유 %u주 평균단가 %u 평가손익 %d.%02u%%", stock, quantity, price, (int)a - 20, b);
        break;
    case 3:
        a = below(2);
        put("Order accepted: symbol=%06u side=%s qty=%u price=%u latency=%ums", code, a ? "BUY" : "SELL",
            quantity, price, ms);
        break;
    case 4: put("Heartbeat ok, queue depth %u, lag %ums", quantity % 64, ms); break;
    case 5:
        put("HTTP GET /uapi/domestic-stock/v1/quotations/inquire-price?code=%06u -> 200 in %ums", code, ms);
        break;
    case 6: put("시세 수신 지연 %ums (임계값 500ms), 종목 %06u", ms, code); break;
    case 7: put("Cache miss for key \\\"quote:%06u\\\", refreshing", code); break;
    case 8:
        put("손절 조건 확인: %s 현재가 %u원, 손절가 %u원", stock, price, price * 93 / 100);
        break;
    case 9: put("Scheduler tick #%u finished in %u.%03us", code, ms / 1000, ms % 1000); break;
    case 10:
        put("Feature matrix built: %u rows x %u cols, %u NaN filled", quantity * 3, quantity % 120 + 1, ms);
        break;
    case 11: put("텔레그램 알림 전송 완료 (chat=%u, %ums)", code, ms); break;
    case 12: put("Retry %u/3 after %ums backoff for %06u", below(3) + 1, ms, code); break;
    case 13:
        b = below(10), a = below(100);
        put("리스크 한도 사용률 %u.%u%% (한도 %u만원)", a, b, price);
        break;
    case 14: put("DB commit: %u rows into stock_prices in %ums", quantity, ms); break;
    case 15: put("websocket frame %u bytes, tr_id=H0STCNT0, seq=%u", quantity, code); break;
    case 16:
        put("장 시작 전 준비 완료 - 계좌 잔고 %u원, 관심종목 %u개", price * 37, quantity % 300);
        break;
    case 17:
        a = below(2);
        put("Loaded config from C:\\\\hantu\\\\config\\\\%s.yaml (rev %u)", a ? "prod" : "paper", code);
        break;
    case 18: put("Evaluated %u signals,\\t%u passed the filter", quantity, quantity / 7); break;
    case 19:
        d = below(100), c = below(30), b = below(100), a = below(60);
        put("백테스트 %u일 구간 수익률 %d.%02u%%, MDD -%u.%02u%%", quantity % 700, (int)a - 20, b, c, d);
        break;
    case 20:
        b = below(~0u), a = below(~0u);
        put("Token refreshed, expires_in=%u, access_token=eyJ0eXAi%08x%08x", ms + 60000, a, b);
        break;
    default:
        put("Balance synced: cash=%u positions=%u drift=%u", price * 11, quantity % 20, ms);
        break;
    }
}

static void put_stack_trace(const char *error_type) {
    char *begin = out;
    size_t wanted = 600 + below(900);
    put("Traceback (most recent call last):\\n");
    while ((size_t)(out - begin) < wanted - 90) {
        uint32_t site = below(COUNT(sites));
        uint32_t timeout = below(60), line = below(900) + 1;
        put("  File \\\"/opt/hantu/%s.py\\\", line %u, in %s\\n    result = self._%s(%s, timeout=%u)\\n",
            sites[site].logger, line, sites[site].function, sites[site].function, sites[site].module, timeout);
    }
    put("%s: 요청 처리 실패 code=%u", error_type, below(99999));
}

static void put_record(size_t index, size_t lines, unsigned error_percent) {
    int is_error = below(100) < error_percent;
    uint32_t rank = below(94);
    uint32_t site = below(COUNT(sites));
    const char *level = is_error    ? (below(10) ? "ERROR" : "CRITICAL")
                        : rank < 24 ? "DEBUG"
                        : rank < 84 ? "INFO"
                                    : "WARNING";
    // The message is drawn before the fields in front of it.
    char message[512], *record = out;
    out = message;
    put_message();
    out = record;

    uint32_t second = (uint32_t)(index * 43200 / lines);  // twelve hours of one day, in order
    uint32_t pid = 1000 + below(30000), trace = below(0x10000), line = below(1200) + 1;
    const char *service = ONE_OF(services);
    uint32_t micros = below(1000000);
    put("{\"timestamp\":\"2026-02-01T%02u:%02u:%02u.%06u+09:00\"", 8 + second / 3600, second / 60 % 60,
        second % 60, micros);
    put(",\"level\":\"%s\",\"service\":\"%s\",\"logger\":\"%s\"", level, service, sites[site].logger);
    put(",\"module\":\"%s\",\"function\":\"%s\",\"line\":%u", sites[site].module, sites[site].function, line);
    put(",\"message\":\"%s\",\"trace_id\":\"%04x%04x\",\"pid\":%u", message, (unsigned)(index & 0xffff), trace,
        pid);
    if (is_error) {
        const char *type = ONE_OF(error_types);
        put(",\"error_type\":\"%s\",\"stack_trace\":\"", type);
        put_stack_trace(type);
        uint32_t account = below(999999), again = below(2), order = below(~0u), stock = below(999999);
        put("\",\"context\":{\"stock_code\":\"%06u\",\"order_id\":%u,\"retry\":%s", stock, order,
            again ? "true" : "false");
        put(",\"account\":\"50%06u-01\",\"tags\":[\"%s\",\"live\"]}", account, sites[site].module);
    }
    put("}\n");
}

// A line of exactly `wanted` bytes.
static void put_sized_record(size_t index, size_t lines, unsigned error_percent, size_t wanted) {
    char *begin = out;
    uint32_t second = (uint32_t)(index * 43200 / lines);
    put("{\"timestamp\":\"2026-02-01T%02u:%02u:%02uZ\",\"level\":\"%s\"", second / 3600, second / 60 % 60, second % 60,
        below(100) < error_percent ? "ERROR" : "INFO");
    put(",\"logger\":\"core\",\"trace_id\":\"%04x\",\"message\":\"", (unsigned)(index & 0xffff));
    const char *end = begin + wanted - 3;  // of the message
    char *message = out;
    // What is too long is drawn anew, some times, so that little of the line is mere filling.
    for (int misses = 0; misses < 8;) {
        char *before = out;
        if (before > message) put("; ");
        put_message();
        if (out <= end) continue;
        out = before;
        misses++;
    }
    while (out < end) *out++ = '.';
    put("\"}\n");
}

struct corpus corpus_build(uint64_t seed, unsigned error_percent, size_t record_bytes) {
    size_t lines = CORPUS_LINES, largest = record_bytes ? record_bytes + 1000 : 3000;
    if (record_bytes && lines > LARGEST_CORPUS / record_bytes) lines = LARGEST_CORPUS / record_bytes + 1;
    struct corpus corpus = {malloc(lines * largest + 1), malloc((lines + 1) * sizeof(size_t)), lines};
    if (!corpus.bytes || !corpus.start) {
        perror("corpus");
        exit(1);
    }
    state = seed;
    out = corpus.bytes;
    for (size_t i = 0; i < lines; i++) {
        corpus.start[i] = (size_t)(out - corpus.bytes);
        if (record_bytes) put_sized_record(i, lines, error_percent, record_bytes);
        else put_record(i, lines, error_percent);
    }
    corpus.start[lines] = (size_t)(out - corpus.bytes);
    return corpus;
}
