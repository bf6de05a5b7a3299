"""What the daemon should write for a record, worked out from the contract by other means than its own."""
import datetime
import re

MARKS = {"WARNING": "⭕ ", "ERROR": "❌ ", "CRITICAL": "❌ "}

SHORT_ESCAPES = {"\n": "\\n", "\t": "\\t", "\r": "\\r"}
UNSAFE = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")


def escape(text):
    """Contract section 5: no record can forge a line or drive a terminal."""
    return UNSAFE.sub(lambda match: SHORT_ESCAPES.get(match[0], f"\\u{ord(match[0]):04x}"), text)


def text_line(record, zone, marks=True):
    """The line of the text file, with its newline; `record` has an RFC 3339 timestamp and a plain level."""
    # Python before 3.11 doesn't read the Z.
    time = datetime.datetime.fromisoformat(record["timestamp"].replace("Z", "+00:00")).astimezone(zone)
    mark = MARKS.get(record["level"], "") if marks else ""
    if marks and not mark and record.get("outcome") == "success":
        mark = "✅ "
    trace = f" (trace_id={record['trace_id']})" if record.get("trace_id") else ""
    return "{} {}[{}] {}: {}{}\n".format(
        time.strftime("%Y-%m-%d %H:%M:%S"), mark, record["level"], escape(record["logger"]),
        escape(mask(record["message"])), trace)


# ---- masking (contract section 6), as far as the records of tests, demo and benchmark need it ----

MASKED = "***MASKED***"
SECRET_NAMES = """app_key app_secret access_token refresh_token account_number account_no cano acnt_no password
passwd passphrase token auth authorization key api_key secret secret_key private_key approval_key cookie user_id
hts_id 계좌번호 비밀번호 주민등록번호 사용자ID"""
SECRETS = {re.sub("[_-]", "", name).lower() for name in SECRET_NAMES.split()}
# The values of these run to the end of the line, unless they are quoted.
LONG = re.compile(r"(?P<long>[\w-]*(?:authorization|cookie)\s*[=:][^\S\n]*)(?![\"'])[^\n]+", re.IGNORECASE)
ASSIGNMENT = re.compile(
    r"""(?P<name>[\w-]+)(?P<close>["']?)(?P<sign>\s*[=:]\s*)(?:"(?P<double>(?:[^"\\]|\\.)*)"|'(?P<single>(?:[^'\\]|\\.)*)'|"""
    r"""(?P<bare>[^\s,;&)}\]"']+))""")
ACCOUNT = re.compile(r"(?<!\d)(?P<eight>\d{8})-\d{2}(?!\d)")
BEARER = re.compile(r"\b(Bearer )[A-Za-z0-9._~+/=-]+")
URL_PASSWORD = re.compile(r"(://[^\s:/@]*:)[^\s@/]+(@)")


def is_secret_name(name):
    """Whether a name, or the last part of a snake, camel or kebab name, is one of the secret ones."""
    parts = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).replace("-", "_").lower().split("_")
    return any("".join(parts[start:]) in SECRETS for start in range(len(parts)))


def is_date(eight):
    try:
        return 1990 <= datetime.datetime.strptime(eight, "%Y%m%d").year <= 2099
    except ValueError:
        return False


def mask(text):
    def assignment(match):
        if not is_secret_name(match["name"]):
            # What follows may begin a pair of its own: only the name and the sign are passed over.
            head = match["name"] + match["close"] + match["sign"]
            return head + mask(match[0][len(head):])
        quote = '"' if match["double"] is not None else "'" if match["single"] is not None else ""
        return match["name"] + match["close"] + match["sign"] + quote + MASKED + quote

    text = LONG.sub(lambda match: match["long"] + MASKED, text)
    text = ASSIGNMENT.sub(assignment, text)
    text = BEARER.sub(r"\1" + MASKED, text)
    text = URL_PASSWORD.sub(r"\1" + MASKED + r"\2", text)
    return ACCOUNT.sub(lambda match: match[0] if is_date(match["eight"]) else MASKED, text)


def mask_value(value):
    """A context: by key at any depth, and inside string values."""
    if isinstance(value, dict):
        return {
            key: MASKED if is_secret_name(key) and item is not None else mask_value(item)
            for key, item in value.items()
        }
    if isinstance(value, list):
        return [mask_value(item) for item in value]
    return mask(value) if isinstance(value, str) else value
