"""schemathesis against the bot's JSON API: `python api.py PROGRAM MOCK WORK`, with the Python that has schemathesis.

PROGRAM is `graduation-bot`, MOCK is `mock-platform`; the bot gets a database of its own in the folder WORK, the sample
tables, candidates who apply by chatting, and keys of a province, a city and an admin. First every operation is used as
it is meant and has to succeed (`api_walk.py`). Then schemathesis asks for whatever the description allows, and for what
it does not, with all its checks, while applications wait for review. Ends with 1 when something was found, or when an
operation of the description was never answered with success.
"""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Final

import api_walk as walk
import schemathesis
from api_people import Bot, Person, Platform, records

#: What each key is for. Nobody who decides at the city reads the audit, so that no one key opens every route.
KEYS: Final = {
    "province": (
        "province",
        "overview,cases:read,cases:whole,cases:export,photos,cases:decide,onsite,conclude,people,people:unbind,"
        "inquiries,deliveries,data",
    ),
    "city": ("city:广州市", "overview,cases:read,cases:export,photos,cases:decide,onsite,inquiries"),
    "admin": ("admin", "audit:read"),
}
#: Which part of the API schemathesis asks with each key.
RUNS: Final = {
    "province": [],
    "city": ["--include-path-regex", "^/api/v1/(cases|inquiries)"],
    "admin": ["--include-path", "/api/v1/audit"],
}
#: Those who apply: the first gets the diploma, the second is rejected, the others wait while schemathesis asks.
APPLICANTS: Final = 8
#: Who bind only, or try to.
OTHERS: Final = 6
HERE: Final = Path(__file__).resolve().parent


def settle(bot: Bot, platform: Platform, keys: dict[str, str]) -> tuple[walk.Office, list[str], list[str]]:
    """The day before schemathesis comes: the office, the numbers of the applications, and the inquiries."""
    office = walk.Office(bot.url, schemathesis.openapi.from_url(f"{bot.url}/api/v1/openapi.json"), keys)
    everybody = [Person(platform, record) for record in records(APPLICANTS + OTHERS)]
    applicants, others = everybody[:APPLICANTS], everybody[APPLICANTS:]
    numbers = [walk.hand_in(office, person) for person in applicants]
    walk.look(office, numbers[0])
    walk.review(office, applicants[0])
    walk.inquiries(office, applicants[2])
    walk.people(office, others[0], others[1:])
    walk.data(office)
    walk.undelivered(office, applicants[1])
    applicants[3].say("返回", "留言", "什么时候可以去现场办理呢")
    left = office.ask("city", "GET /api/v1/inquiries", {"all": "true"})["inquiries"]
    return office, numbers, [one["id"] for one in left]


def attack(bot: Bot, folder: Path, office: walk.Office, known: dict[str, list[str]]) -> tuple[int, set[str]]:
    """schemathesis; its worst exit code, and what it reached by itself."""
    reached, names = folder / "reached.txt", folder / "known.json"
    names.write_text(json.dumps(known), encoding="utf-8")
    environment = os.environ | {
        "SCHEMATHESIS_HOOKS": str(HERE / "api_hooks.py"),
        "API_KNOWN": str(names),
        "API_REACHED": str(reached),
    }
    command = [str(Path(sys.executable).parent / "st"), "--config-file", str(HERE / "api.toml"), "run"]
    command += [f"{bot.url}/api/v1/openapi.json"]
    worst = 0
    for name, narrowed in RUNS.items():
        run = [*command, "--header", f"Authorization: Bearer {office.keys[name]}", *narrowed]
        # What it leaves behind goes the way of the folder.
        worst = max(worst, subprocess.run(run, check=False, cwd=folder, env=environment, timeout=500).returncode)
    return worst, set(reached.read_text(encoding="utf-8").splitlines()) if reached.exists() else set()


def main() -> int:
    program, mock, folder = sys.argv[1], sys.argv[2], Path(sys.argv[3])
    platform = Platform(mock)
    bot = Bot(program, folder, platform.url)
    bot.fill(folder, records(APPLICANTS + OTHERS))
    keys = {name: bot.key(name, role, scopes) for name, (role, scopes) in KEYS.items()}
    started = [platform.start(bot.url)]
    try:
        started.append(bot.start())
        office, numbers, inquiries = settle(bot, platform, keys)
        known = {"number": numbers, "inquiry": inquiries, "batch": ["2026-06"], "table": ["plans", "population"]}
        code, reached = attack(bot, folder, office, known)
    finally:
        for process in reversed(started):
            process.terminate()
            process.wait(timeout=30)
    every = {
        f"{operation.ok().method.upper()} {operation.ok().path}" for operation in office.schema.get_all_operations()
    }
    if missing := every - office.reached - reached:
        print(f"never answered with success: {', '.join(sorted(missing))}")
        code = 1
    by_itself = len(every & reached)
    print(f"JSON API: {len(every)} operations, each answered with success; schemathesis reached {by_itself} by itself")
    return code


if __name__ == "__main__":
    sys.exit(main())
