"""The mock platform as a process of its own, its test API, and the bot that it pushes to.

The mock is told to choose its port and says it on its first line. Pushes arrive in the secure mode at a small server,
where wechatpy checks both signatures and opens them; they are kept, so that a driver can wait for a job-finish event,
and answered by what the driver has set, or by `success`.
"""

import json
import subprocess
import threading
import time
import urllib.request
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self
from urllib.parse import parse_qs, urlsplit

import xmltodict
from wechatpy import parse_message
from wechatpy.crypto import WeChatCrypto
from wechatpy.replies import BaseReply
from wechatpy.utils import check_signature

Json = dict[str, Any]
Replies = Callable[[Any], BaseReply]

TOKEN: Final = "conformance"
AES_KEY: Final = "conformanceConformanceConformance0123456789"


class Pushes:
    """What the platform has pushed, and a way to wait for it."""

    def __init__(self) -> None:
        self._kept: list[Json] = []
        self._changed = threading.Condition()

    def add(self, xml: str) -> None:
        with self._changed:
            self._kept.append({"xml": xml, **xmltodict.parse(xml)["xml"]})
            self._changed.notify_all()

    def forget(self) -> None:
        with self._changed:
            self._kept.clear()

    def kept(self, **fields: str) -> list[Json]:
        """All pushes so far that have these elements."""
        with self._changed:
            return [push for push in self._kept if all(push.get(name) == value for name, value in fields.items())]

    def wait(self, seconds: float = 20.0, **fields: str) -> str:
        """The XML of the first push that has these elements."""
        until = time.monotonic() + seconds
        with self._changed:
            while True:
                for push in self.kept(**fields):
                    return str(push["xml"])
                if not self._changed.wait(until - time.monotonic()):
                    raise AssertionError(f"nothing was pushed with {fields}")


class _Bot(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, app_id: str, pushes: Pushes) -> None:
        super().__init__(("127.0.0.1", 0), _Answer)
        self.crypto = WeChatCrypto(TOKEN, AES_KEY, app_id)
        self.pushes = pushes
        self.replies: Replies | None = None


class _Answer(BaseHTTPRequestHandler):
    server: _Bot

    def do_POST(self) -> None:
        query = {name: values[0] for name, values in parse_qs(urlsplit(self.path).query).items()}
        sealed = self.rfile.read(int(self.headers["Content-Length"])).decode()
        timestamp, nonce = query["timestamp"], query["nonce"]
        check_signature(TOKEN, query["signature"], timestamp, nonce)
        xml = self.server.crypto.decrypt_message(sealed, query["msg_signature"], timestamp, nonce)
        self.server.pushes.add(xml)
        self._answer(self._reply(xml, nonce).encode())

    def _reply(self, xml: str, nonce: str) -> str:
        if self.server.replies is None:
            return "success"
        rendered = self.server.replies(parse_message(xml)).render()
        return str(self.server.crypto.encrypt_message(rendered, nonce)) if rendered else ""

    def _answer(self, body: bytes) -> None:
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        pass


class Mock:
    """The running mock; as a context it ends with the block."""

    def __init__(self, binary: Path, app_id: str, app_secret: str, templates: Path) -> None:
        self.pushes = Pushes()
        self._bot = _Bot(app_id, self.pushes)
        threading.Thread(target=self._bot.serve_forever, daemon=True).start()
        bot = f"http://127.0.0.1:{self._bot.server_port}/"
        account = ["--app-id", app_id, "--app-secret", app_secret, "--token", TOKEN, "--aes-key", AES_KEY]
        command = [str(binary), "--json", "--listen", "127.0.0.1:0", "--bot", bot, "--templates", str(templates)]
        self._process = subprocess.Popen([*command, *account], stdout=subprocess.PIPE, text=True)
        assert self._process.stdout
        self.url: str = json.loads(self._process.stdout.readline())["platform"]

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._process.terminate()
        self._process.wait()
        self._bot.shutdown()

    def reply_with(self, replies: Replies | None) -> None:
        """How the bot answers from now on; `success` without one."""
        self._bot.replies = replies

    def reset(self) -> None:
        """Nobody, nothing said, nothing pushed."""
        self.reply_with(None)
        self.test("reset", {})
        self.pushes.forget()

    def test(self, path: str, body: Json | None = None) -> Any:
        """A call of the test API: POST with a body, GET without."""
        data = None if body is None else json.dumps(body).encode()
        with urllib.request.urlopen(urllib.request.Request(f"{self.url}/test/{path}", data=data)) as answer:
            return json.load(answer)
