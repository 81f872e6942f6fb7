"""The table of what was driven, passed and excluded: `table.py RESULTS…`.

Each of RESULTS is a list of rows as the drivers write them. `excluded.toml` beside this file names what may be left
out, and is held to it: a failing call that passes, a call whose address the mock has come to know, a name that
no client has are errors. Ends with 1 when anything failed, and with a line as cargo's tests have it.
"""

import json
import sys
import tomllib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

Row = dict[str, Any]

COLUMNS: Final = ("client", "family", "driven", "passed", "excluded")
UNDRIVEN: Final = "not in the reference"


@dataclass
class Excluded:
    """What `excluded.toml` says of one client."""

    failing: dict[str, dict[str, str]]
    not_in_reference: dict[str, str]
    used: set[str] = field(default_factory=set)

    def failure(self, call: str) -> str | None:
        """What stands in the words of its failure."""
        if call not in self.failing:
            return None
        self.used.add(call)
        return self.failing[call]["error"]

    def unknown(self, call: str) -> bool:
        for name in (call, f"{call.split('.')[0]}.*"):
            if name in self.not_in_reference:
                self.used.add(name)
                return True
        return False

    def stale(self) -> set[str]:
        return (set(self.failing) | set(self.not_in_reference)) - self.used


@dataclass
class Verdict:
    """What one row counts as; words when it is a failure."""

    family: str
    counts: tuple[str, ...]
    failure: str = ""


def judge(row: Row, excluded: Excluded) -> Verdict:
    return _judge_driven(row, excluded) if row["driven"] else _judge_undriven(row, excluded)


def _judge_driven(row: Row, excluded: Excluded) -> Verdict:
    call, family = row["call"], row["family"]
    due = excluded.failure(call)
    if due is not None:
        passes = "is excluded as failing, and passes" if row["ok"] else ""
        other = f"is excluded for {due}, but fails with {row['error']}" if due not in row["error"] else ""
        return Verdict(family, ("driven", "excluded"), passes or other)
    return Verdict(family, ("driven", "passed"), "") if row["ok"] else Verdict(family, ("driven",), row["error"])


def _judge_undriven(row: Row, excluded: Excluded) -> Verdict:
    if not excluded.unknown(row["call"]):
        return Verdict(UNDRIVEN, (), "is neither driven nor excluded")
    failure = f"is excluded, but the mock knows {', '.join(row['known'])}" if row["known"] else ""
    return Verdict(UNDRIVEN, ("excluded",), failure)


def table(counts: dict[tuple[str, str], Counter[str]]) -> Iterator[str]:
    rows = [COLUMNS, *((*key, *(str(count[name]) for name in COLUMNS[2:])) for key, count in counts.items())]
    total = sum(counts.values(), Counter[str]())
    rows.append(("all", "", *(str(total[name]) for name in COLUMNS[2:])))
    widths = [max(_width(row[at]) for row in rows) for at in range(len(COLUMNS))]
    for number, row in enumerate(rows):
        yield "| " + " | ".join(_padded(cell, width) for cell, width in zip(row, widths, strict=True)) + " |"
        if number == 0:
            yield "| " + " | ".join("-" * width for width in widths) + " |"


def _width(text: str) -> int:
    return sum(2 if character >= "\u2e80" else 1 for character in text)


def _padded(text: str, width: int) -> str:
    return text + " " * (width - _width(text))


def main() -> int:
    listed = tomllib.loads((Path(__file__).parent / "excluded.toml").read_text())
    excluded = {client: Excluded(**sections) for client, sections in listed.items()}
    counts: dict[tuple[str, str], Counter[str]] = {}
    failures: list[str] = []
    for path in sys.argv[1:]:
        for row in json.loads(Path(path).read_text()):
            client = row["client"]
            verdict = judge(row, excluded.setdefault(client, Excluded({}, {})))
            counts.setdefault((client, verdict.family), Counter()).update(verdict.counts)
            if verdict.failure:
                failures.append(f"{client} {row['call']}: {verdict.failure}")
    # Of a client that could not be installed there is nothing to say.
    driven = {client: excluded[client] for client, _ in counts}
    failures += [f"{client} has no call {name}" for client, one in driven.items() for name in sorted(one.stale())]
    print("\n".join(table(counts)))
    print("".join(f"\nFAILED {failure}" for failure in failures))
    total = sum(counts.values(), Counter[str]())
    # What nobody has set out to drive is in the table, and no test that was left out.
    ignored = sum(count["excluded"] for (_, family), count in counts.items() if family != UNDRIVEN)
    word = "FAILED" if failures else "ok"
    print(f"test result: {word}. {total['passed']} passed; {len(failures)} failed; {ignored} ignored")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
