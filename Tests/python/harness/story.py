"""A morning of two trading services, as records: mostly quiet, some trouble, secrets where they do turn up."""
import datetime
import random

STOCKS = ["삼성전자", "SK하이닉스", "NAVER", "카카오", "현대차", "셀트리온"]

# Each stands in at least one record, and must stand in no output.
SECRETS = [
    "PSedQ3lb7RZkWm0yTnVa", "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJoYW50dSJ9.c2lnbmF0dXJlLW9mLXRoZS1zdG9yeQ",
    "hunter2-correct-horse", "50123456-01", "db-pass-9f31", "tgtoken-77aa88bb99cc",
]

STACK = """Traceback (most recent call last):
  File "/opt/hantu/core/trading/engine.py", line 123, in execute_order
    response = self._client.order(stock, quantity, app_key="PSedQ3lb7RZkWm0yTnVa")
  File "/opt/hantu/core/api/kis_client.py", line 88, in order
    raise InsufficientBalance(account)
InsufficientBalance: 주문 가능 금액이 부족합니다"""


class Story:
    """Writes records in the order of time; the same seed writes the same."""

    def __init__(self, service, end, seed):
        self.service, self.random = service, random.Random(f"{service}{seed}")
        self.time = end - datetime.timedelta(minutes=8)
        self.records = []

    def add(self, level, logger, message, trace=None, **more):
        self.time += datetime.timedelta(milliseconds=self.random.randrange(20, 1500))
        record = {"timestamp": self.time.isoformat(timespec="milliseconds"), "level": level,
                  "service": self.service, "logger": logger, "message": message, **more}
        if trace:
            record["trace_id"] = trace
        self.records.append(record)

    def trace(self):
        return f"{self.random.getrandbits(32):08x}"


def scheduler(end, rounds=80, seed=1):
    story = Story("scheduler", end, seed)
    r = story.random
    story.add("INFO", "hantu.scheduler.daily", "장 시작 전 준비 완료", outcome="success")
    for number in range(rounds):
        trace, stock, price = story.trace(), r.choice(STOCKS), r.randrange(1000, 90000) * 10
        engine = "core.trading.engine"
        story.add("DEBUG", "core.risk.manager", f"한도 사용률 {r.randrange(100)}% (주문 {number})", trace)
        story.add("INFO", engine, f"주문 실행 시작: {stock} 매수 {r.randrange(1, 50)}주 @ {price}원", trace)
        if number % 8 == 5:
            story.add("WARNING", "core.api.kis_api", f"API 재시도 {number % 3 + 1}/3, 토큰 갱신 token={SECRETS[1]}", trace)
        if number % 10 == 7:
            story.add("ERROR", engine, f"주문 실행 실패: {stock} 잔고 부족 (계좌 50123456-01)", trace,
                      module="trading_engine", function="execute_order", line=123,
                      error_type="InsufficientBalance", stack_trace=STACK,
                      context={"stock": stock, "price": price, "account_no": "50123456-01",
                               "request": {"app_secret": "hunter2-correct-horse", "retry": False}})
        else:
            story.add("INFO", engine, f"주문 체결 성공: {stock} @ {price}원", trace, outcome="success")
    story.add("CRITICAL", "core.database.session",
              "DB 연결 불가: postgresql://hantu:db-pass-9f31@10.0.0.5/hantu", story.trace(),
              module="session", function="commit", line=41, error_type="OperationalError",
              stack_trace="OperationalError: could not connect to server\n  Is it running?")
    return story.records


def api_server(end, rounds=160, seed=1):
    story = Story("api-server", end, seed)
    r = story.random
    for number in range(rounds):
        trace, path = story.trace(), r.choice(["/orders", "/positions", "/quotes/005930", "/balance"])
        story.add("INFO", "api.access", f"GET {path} -> 200 in {r.randrange(2, 90)}ms (request {number})", trace)
        if number % 9 == 4:
            story.add("WARNING", "api.auth", f"expired session, Authorization: Bearer {SECRETS[1]}", trace)
        if number % 30 == 17:
            story.add("ERROR", "api.handlers", f"request {number} failed: chat said 'token': '{SECRETS[5]}'", trace,
                      module="handlers", function="get_balance", line=77, error_type="TimeoutError",
                      stack_trace="TimeoutError: upstream took 30 s\npassword=hunter2-correct-horse",
                      context={"path": path, "headers": {"Cookie": "hunter2-correct-horse"}, "took_ms": 30012})
    return story.records
