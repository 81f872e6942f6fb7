"""The bot with a folder of its own, the mock platform before it, and candidates who apply by chatting through both."""

import base64
import copy
import json
import os
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

TOKEN: Final = "conformance"
#: Inside the sample batch's window, on a day of 天河区; the bot's business time starts there.
TODAY: Final = 1_781_487_000
DATA: Final = Path("examples/data")
PORTRAIT: Final = Path("tests/photos/p_calm_ok_white.jpg")
#: Without what the tests are told: the program takes every `BOT_` variable for a setting and refuses unknown ones.
SURROUNDINGS: Final = {name: value for name, value in os.environ.items() if not name.startswith("BOT_")}
#: Weights and signs of the last place of a citizen's number (GB 11643).
WEIGHTS: Final = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
SIGNS: Final = "10X98765432"


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def until(what: str, is_so: Callable[[], Any], seconds: float = 60) -> Any:
    """Waits for what a worker of the bot's is about to do; what it was that came true."""
    ends = time.monotonic() + seconds
    while time.monotonic() < ends:
        if found := is_so():
            return found
        time.sleep(0.1)
    raise SystemExit(f"after {seconds} s still not: {what}")


class Bot:
    """The program, with settings and a database in a folder."""

    def __init__(self, program: str, work: Path, platform: str) -> None:
        self.address = f"127.0.0.1:{free_port()}"
        self.url = f"http://{self.address}"
        self.program = program
        self.settings = work / "graduation-bot.toml"
        lines = {
            "data_key": "BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc=",
            "database_url": f"sqlite:{work / 'bot.db'}",
            "files_url": f"file:{work / 'files'}",
            "dialogs_dir": str(Path("dialogs").resolve()),
            "models_dir": str(work / "none"),
            "public_url": self.url,
            "listen": self.address,
        }
        text = "".join(f"{name} = {json.dumps(value)}\n" for name, value in lines.items())
        text += f"clock_offset_seconds = {TODAY - int(time.time())}\n"
        # Every request counts: what schemathesis asks for has to be answered, not put off.
        text += "[api]\nper_minute = 1000000\nburst = 1000000\nwrong_keys = 1000000\n"
        text += f'[wechat]\napp_id = "wx1"\napp_secret = "s"\ntoken = "{TOKEN}"\napi_base = "{platform}"\n'
        self.settings.write_text(text, encoding="utf-8")

    def run(self, *arguments: str) -> str:
        command = [self.program, "--config", str(self.settings), *arguments]
        done = subprocess.run(command, check=False, capture_output=True, text=True, timeout=120, env=SURROUNDINGS)
        if done.returncode != 0:
            raise SystemExit(f"{' '.join(arguments)}: {done.stderr.strip()}")
        return done.stdout.strip()

    def fill(self, folder: Path, records: list[dict[str, Any]]) -> None:
        """The sample tables, with these candidates, all of whom the population source knows."""
        candidates, population = folder / "candidates.json", folder / "population.json"
        candidates.write_text(json.dumps(records), encoding="utf-8")
        known = [{"document_no": record["document_no"], "result": "match"} for record in records]
        population.write_text(json.dumps(known), encoding="utf-8")
        for kind, file in [
            ("batches", DATA / "batch.json"),
            ("schedule", DATA / "schedule-guangzhou.csv"),
            ("plans", DATA / "plans.json"),
            ("candidates", candidates),
            ("population", population),
        ]:
            self.run("import", kind, str(file))

    def key(self, name: str, role: str, scopes: str) -> str:
        return self.run("key", "add", name, "--role", role, "--scope", scopes, "--days", "1")

    def start(self) -> subprocess.Popen[bytes]:
        command = [self.program, "--config", str(self.settings), "serve"]
        log = self.settings.with_suffix(".log").open("wb")
        served = subprocess.Popen(command, stdout=log, stderr=log, env=SURROUNDINGS)
        for _ in range(200):
            try:
                urllib.request.urlopen(f"{self.url}/health/ready", timeout=5)
                return served
            except (urllib.error.URLError, ConnectionError):
                time.sleep(0.1)
        served.terminate()
        raise SystemExit(f"the bot does not serve: {self.settings.with_suffix('.log').read_text()}")


class Platform:
    """The mock platform, as a process of its own."""

    def __init__(self, program: str) -> None:
        self.program = program
        self.address = f"127.0.0.1:{free_port()}"
        self.url = f"http://{self.address}"

    def start(self, bot: str) -> subprocess.Popen[str]:
        options = ["--app-id", "wx1", "--app-secret", "s", "--token", TOKEN, "--mode", "plain", "--unlimited"]
        command = [self.program, "--listen", self.address, "--bot", f"{bot}/wechat", "--json", *options]
        started = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        assert started.stdout is not None
        started.stdout.readline()
        return started

    def post(self, path: str, body: dict[str, Any]) -> Any:
        request = urllib.request.Request(self.url + path, data=json.dumps(body).encode())
        with urllib.request.urlopen(request, timeout=30) as answer:
            return json.load(answer)


class Person:
    """A follower of the account."""

    def __init__(self, platform: Platform, record: dict[str, Any]) -> None:
        self.platform = platform
        self.record = record
        self.openid: str = platform.post("/test/users", {"nickname": record["exam_no"]})["openid"]

    def act(self, what: dict[str, Any]) -> str:
        said = self.platform.post(f"/test/users/{self.openid}/say", what)
        return str((said["reply"] or {}).get("content", ""))

    def say(self, *all_words: str) -> str:
        """One message after the other; what the last one is answered with."""
        return [self.act({"type": "text", "content": words}) for words in all_words][-1]

    def photograph(self) -> None:
        picture = base64.b64encode(PORTRAIT.read_bytes()).decode()
        self.act({"type": "image", "file": picture, "via": "camera"})

    def bind(self) -> None:
        record = self.record
        self.say("绑定", record["exam_no"], "同意", record["document_no"], record["phone"][-4:])

    def apply(self) -> None:
        """As far as the portrait, which is to be taken."""
        self.bind()
        self.say("毕业申请", "1", "广州市天河区", "1", "申请")


def records(count: int) -> list[dict[str, Any]]:
    """So many candidates who may graduate: the first of the sample, and others like them with numbers of their own."""
    first = json.loads((DATA / "candidates.json").read_text(encoding="utf-8"))[0]
    del first["story"]
    found = []
    for at in range(count):
        record = copy.deepcopy(first)
        # Born the same day; the sequence is odd for men.
        body = f"44010619920229{101 + 2 * at:03}"
        sign = SIGNS[sum(int(digit) * weight for digit, weight in zip(body, WEIGHTS, strict=True)) % 11]
        record |= {"exam_no": f"0101260{50001 + at:05}", "document_no": body + sign, "phone": f"138001{38101 + at:05}"}
        found.append(record)
    return found
