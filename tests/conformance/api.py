"""schemathesis against the bot's JSON API: `api.py PROGRAM SCHEMATHESIS WORK`.

PROGRAM is `graduation-bot`; it gets a database of its own in the folder WORK, the sample tables, one candidate who has
applied by chatting (in the plaintext mode, signed as the platform signs), and a key of the province for everything that
the province may. Then schemathesis asks for whatever the description allows, and for what it does not, with all its
checks. Ends with its exit code.
"""

import hashlib
import json
import os
import secrets
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Final

TOKEN: Final = "conformance"
#: Inside the sample batch's window; the bot's business time starts there.
TODAY: Final = 1_781_487_000
PERSON: Final = "oConformance0000000000000001"
#: What the first sample candidate says: exam number, consent, document, the end of the phone number, and that they want
#: to graduate.
SAID: Final = ["010126000001", "同意", "44010619920229039X", "8001", "毕业申请", "1", "广州市天河区", "1"]
SCOPES: Final = (
    "overview,cases:read,cases:whole,photos,cases:decide,onsite,conclude,people,people:unbind,inquiries,deliveries,data"
)
DATA: Final = Path("examples/data")
HERE: Final = Path(__file__).resolve().parent
#: Without what the tests are told: the program takes every `BOT_` variable for a setting and refuses unknown ones.
SURROUNDINGS: Final = {name: value for name, value in os.environ.items() if not name.startswith("BOT_")}


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


class Bot:
    """The program with a folder of its own."""

    def __init__(self, program: str, work: Path) -> None:
        self.address = f"127.0.0.1:{free_port()}"
        self.program = program
        self.settings = work / "graduation-bot.toml"
        nowhere = f"http://127.0.0.1:{free_port()}"
        lines = {
            "data_key": "BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc=",
            "database_url": f"sqlite:{work / 'bot.db'}",
            "files_url": f"file:{work / 'files'}",
            "dialogs_dir": str(Path("dialogs").resolve()),
            "models_dir": str(work / "none"),
            "public_url": f"http://{self.address}",
            "listen": self.address,
        }
        text = "".join(f"{name} = {json.dumps(value)}\n" for name, value in lines.items())
        text += f"clock_offset_seconds = {TODAY - int(time.time())}\n"
        # Every request counts: what schemathesis asks for has to be answered, not put off.
        text += "[api]\nper_minute = 1000000\nburst = 1000000\nwrong_keys = 1000000\n"
        text += f'[wechat]\napp_id = "wx1"\napp_secret = "s"\ntoken = "{TOKEN}"\napi_base = "{nowhere}"\n'
        self.settings.write_text(text, encoding="utf-8")

    def run(self, *arguments: str) -> str:
        command = [self.program, "--config", str(self.settings), *arguments]
        done = subprocess.run(command, check=False, capture_output=True, text=True, timeout=120, env=SURROUNDINGS)
        if done.returncode != 0:
            raise SystemExit(f"{' '.join(arguments)}: {done.stderr.strip()}")
        return done.stdout.strip()

    def fill(self) -> tuple[str, str]:
        """The sample tables; a key of the province for all that it may, and one of an admin for the audit."""
        for kind, file in [
            ("batches", "batch.json"),
            ("schedule", "schedule-guangzhou.csv"),
            ("plans", "plans.json"),
            ("candidates", "candidates.json"),
        ]:
            self.run("import", kind, str(DATA / file))
        key = ["key", "add", "--days", "1"]
        return (
            self.run(*key, "conformance", "--role", "province", "--scope", SCOPES),
            self.run(*key, "conformance-admin", "--role", "admin", "--scope", "audit:read"),
        )

    def start(self) -> subprocess.Popen[bytes]:
        command = [self.program, "--config", str(self.settings), "serve"]
        log = self.settings.with_suffix(".log").open("wb")
        served = subprocess.Popen(command, stdout=log, stderr=log, env=SURROUNDINGS)
        for _ in range(200):
            try:
                urllib.request.urlopen(f"http://{self.address}/health/ready", timeout=5)
                return served
            except (urllib.error.URLError, ConnectionError):
                time.sleep(0.1)
        served.terminate()
        raise SystemExit(f"the bot does not serve: {self.settings.with_suffix('.log').read_text()}")

    def say(self, words: str) -> None:
        """One message of the person's, as the platform brings it in the plaintext mode."""
        stamp, nonce = str(int(time.time())), secrets.token_hex(4)
        signature = hashlib.sha1("".join(sorted([TOKEN, stamp, nonce])).encode()).hexdigest()
        xml = (
            f"<xml><ToUserName>gh_1</ToUserName><FromUserName>{PERSON}</FromUserName><CreateTime>{stamp}</CreateTime>"
            f"<MsgType>text</MsgType><Content><![CDATA[{words}]]></Content>"
            f"<MsgId>{secrets.randbits(60)}</MsgId></xml>"
        )
        query = f"signature={signature}&timestamp={stamp}&nonce={nonce}&openid={PERSON}"
        request = urllib.request.Request(f"http://{self.address}/wechat?{query}", data=xml.encode())
        urllib.request.urlopen(request, timeout=10).read()

    def has_a_case(self, key: str) -> bool:
        request = urllib.request.Request(f"http://{self.address}/api/v1/cases")
        request.add_header("Authorization", f"Bearer {key}")
        with urllib.request.urlopen(request, timeout=10) as answer:
            return bool(json.load(answer)["cases"])


def main() -> int:
    program, schemathesis, folder = sys.argv[1], sys.argv[2], Path(sys.argv[3])
    bot = Bot(program, folder)
    key, admin = bot.fill()
    served = bot.start()
    try:
        for words in SAID:
            bot.say(words)
        if not bot.has_a_case(key):
            raise SystemExit("nobody has applied: the chat is not what it was")
        command = [schemathesis, "--config-file", str(HERE / "api.toml"), "run"]
        command += [f"http://{bot.address}/api/v1/openapi.json"]
        # What it leaves behind goes the way of the folder.
        environment = os.environ | {"SCHEMATHESIS_HOOKS": str(HERE / "api_hooks.py")}
        # Nobody who decides reads the audit, so that no one key opens every route.
        runs = [
            ["--header", f"Authorization: Bearer {key}"],
            ["--header", f"Authorization: Bearer {admin}", "--include-path", "/api/v1/audit"],
        ]
        ended = [
            subprocess.run(command + run, check=False, cwd=folder, env=environment, timeout=400).returncode
            for run in runs
        ]
        return max(ended)
    finally:
        served.terminate()
        served.wait(timeout=30)


if __name__ == "__main__":
    sys.exit(main())
