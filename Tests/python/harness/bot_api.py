"""A Bot API server on loopback: takes what Telegram's documentation allows, answers as it says, counts what comes.

A chat's next answers can be scripted; without a script every good message is taken.
"""
import collections
import dataclasses
import http.server
import json
import re
import socket
import socketserver
import ssl
import struct
import threading
import time
import urllib.parse

from .daemon import wait_until
from .telegram_html import LIMIT, BadMarkup, parse, units

TOKEN = "123456789:AAF4k3-Harness_Token-0123456789abcdef"
GAP, PER_MINUTE = 1.0, 20


@dataclasses.dataclass
class Message:
    """A message that was taken."""
    time: float
    chat: str
    html: str
    text: str


def too_many(seconds):
    return 429, {"ok": False, "error_code": 429, "description": f"Too Many Requests: retry after {seconds}",
                 "parameters": {"retry_after": seconds}}


def refusal(code, description, **parameters):
    body = {"ok": False, "error_code": code, "description": description}
    if parameters:
        body["parameters"] = parameters
    return code, body


def count(text):
    """One, or the only `N건` of a summary."""
    first = text.split("\n", 1)[0]
    if not first.startswith("🔁") and "묶음" not in first:
        return 1
    numbers = re.findall(r"(\d+)\s*건", text)
    assert len(numbers) == 1, text
    return int(numbers[0])


class BotAPI:
    """As a context manager it serves until the block ends; what broke a rule is in `violations`."""

    def __init__(self, chats=("1",), certificate=None, port=0, strict_pace=True):
        self.chats = set(chats)
        self.strict_pace = strict_pace
        self.script = collections.defaultdict(collections.deque)
        self.messages, self.requests, self.violations = [], [], []
        self.lock = threading.Lock()
        self.closing = threading.Event()
        api = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True

            def do_POST(self):
                api.serve(self)

            def log_message(self, *_):
                pass

        class Server(socketserver.ThreadingMixIn, http.server.HTTPServer):
            daemon_threads = True

            def handle_error(self, request, client_address):
                pass

        self.server = Server(("127.0.0.1", port), Handler)
        self.port = self.server.server_address[1]
        self.scheme = "http"
        if certificate:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(*certificate)
            # The handshake belongs to the connection's own thread: one that fails must not end the server.
            self.server.socket = context.wrap_socket(
                self.server.socket, server_side=True, do_handshake_on_connect=False)
            self.scheme = "https"

    def config(self, **alerts):
        """The daemon's configuration for this server."""
        telegram = {"token": TOKEN, "chat_ids": sorted(self.chats), "api_url": f"{self.scheme}://127.0.0.1:{self.port}"}
        return {"alerts": {"telegram": telegram, **alerts}}

    def __enter__(self):
        threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        return self

    def __exit__(self, kind, *_):
        self.closing.set()
        self.server.shutdown()
        self.server.server_close()
        if kind is None:
            assert not self.violations, self.violations

    def answer_next(self, chat, *answers):
        """Each is a (status, body) pair, "reset", "cut" or "silence"; afterwards all is well again."""
        with self.lock:
            self.script[chat].extend(answers)

    def told(self, chat=None):
        with self.lock:
            return [message for message in self.messages if chat in (None, message.chat)]

    def texts(self, chat=None):
        return [message.text for message in self.told(chat)]

    def total(self, chat=None):
        """Records that a chat was told of, as a reader counts them."""
        return sum(count(text) for text in self.texts(chat))

    def wait_for_total(self, wanted, chat=None, seconds=20):
        wait_until(lambda: self.total(chat) >= wanted, seconds,
                   lambda: f"{self.total(chat)} of {wanted}: {self.texts(chat)}")
        assert self.total(chat) == wanted, self.texts(chat)

    # ---- one request ----

    def serve(self, handler):
        arrived = time.monotonic()
        body = handler.rfile.read(int(handler.headers.get("Content-Length", 0)))
        with self.lock:
            self.requests.append((arrived, handler.path, body))
            chat, answer = self.judge(arrived, handler, body)
        if answer == "silence":
            self.closing.wait(60)
            return self.reset(handler)
        if answer == "reset":
            return self.reset(handler)
        status, content = answer if answer != "cut" else (200, {"ok": True, "result": {"message_id": 1}})
        data = content if isinstance(content, bytes) else json.dumps(content, ensure_ascii=False).encode()
        handler.send_response(status)
        handler.send_header("Content-Type", "application/json")
        handler.send_header("Content-Length", str(len(data)))
        if status == 429 and not isinstance(content, bytes) and "parameters" in content:
            handler.send_header("Retry-After", str(content["parameters"]["retry_after"]))
        handler.end_headers()
        if answer == "cut":
            handler.wfile.write(data[:7])
            return self.reset(handler)
        handler.wfile.write(data)
        return None

    @staticmethod
    def reset(handler):
        handler.close_connection = True
        handler.wfile.flush()
        handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        handler.connection.close()

    def judge(self, arrived, handler, body):
        # A proxy is asked with the whole address.
        path = urllib.parse.urlsplit(handler.path).path.split("/")
        if len(path) != 3 or path[1] != f"bot{TOKEN}":
            return None, refusal(401, "Unauthorized")
        if path[2] != "sendMessage":
            return None, refusal(404, "Not Found")
        try:
            fields = self.fields(handler.headers.get("Content-Type", ""), body)
        except ValueError as error:
            return None, self.violation(f"Bad Request: {error}")
        chat, html = str(fields.get("chat_id", "")), fields.get("text", "")
        if self.script[chat]:
            answer = self.script[chat].popleft()
            if answer != "cut":
                return chat, answer
        else:
            answer = None
        if chat not in self.chats:
            return chat, refusal(400, "Bad Request: chat not found")
        if fields.get("parse_mode") != "HTML":
            return chat, self.violation("Bad Request: parse_mode is not HTML")
        try:
            text = parse(html)
        except BadMarkup as error:
            return chat, self.violation(f"Bad Request: can't parse entities: {error}")
        if not text.strip():
            return chat, self.violation("Bad Request: message text is empty")
        if units(text) > LIMIT:
            return chat, self.violation("Bad Request: message is too long")
        self.check_pace(arrived, chat)
        self.messages.append(Message(arrived, chat, html, text))
        return chat, answer or (200, {"ok": True, "result": {"message_id": len(self.messages), "text": text}})

    def violation(self, description):
        self.violations.append(description)
        return refusal(400, description)

    def check_pace(self, arrived, chat):
        earlier = [message.time for message in self.messages if message.chat == chat]
        if self.strict_pace and earlier and arrived - earlier[-1] < GAP:
            self.violations.append(f"{arrived - earlier[-1]:.3f} s after the message before, in chat {chat}")
        if len([time for time in earlier if time > arrived - 60]) >= PER_MINUTE:
            self.violations.append(f"more than {PER_MINUTE} messages in a minute, in chat {chat}")

    @staticmethod
    def fields(kind, body):
        if kind.startswith("application/json"):
            fields = json.loads(body)
            if not isinstance(fields, dict):
                raise ValueError("object expected")
            return fields
        if kind.startswith("application/x-www-form-urlencoded"):
            return dict(urllib.parse.parse_qsl(body.decode(), strict_parsing=True))
        raise ValueError(f"content type {kind!r}")
