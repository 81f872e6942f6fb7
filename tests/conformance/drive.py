"""wechatpy drives the mock platform: `drive.py MOCK MEDIA RESULTS`.

MOCK is the mock's binary, MEDIA a folder filled by `media.py`; RESULTS is written, one row for each call. Every public
method of wechatpy's client and of its OAuth class is found by introspection. A method without a driver is called with
placeholders, and the row says whether the mock knew the address: `table.py` takes it only if `excluded.toml` names it.
"""

import inspect
import json
import sys
import tempfile
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final

from wechatpy import WeChatClient
from wechatpy.client.api.base import BaseWeChatAPI
from wechatpy.oauth import WeChatOAuth

from on_wechatpy import agents, custom, draft, incoming, mass, media, menu, people, replies, template, token, web
from on_wechatpy.mock import Mock
from on_wechatpy.world import APP_ID, APP_SECRET, TEMPLATES, Calls, Drive, World

Row = dict[str, Any]

FAMILIES: Final[dict[str, Calls]] = {
    "token, quotas": token.CALLS,
    "customer messages": custom.CALLS,
    "templates, 订阅通知": template.CALLS,
    "media, material": media.CALLS,
    "mass messages": mass.CALLS,
    "drafts": draft.CALLS,
    "users, tags": people.CALLS,
    "menus, QR codes": menu.CALLS,
    "OAuth, JS-SDK, network": web.CALLS,
    "agents": agents.CALLS,
    "callbacks read": incoming.CALLS,
    "callbacks answered": replies.CALLS,
}
# Of the client itself; the rest of its public names are settings.
OF_CLIENT: Final = ("fetch_access_token", "get", "post", "access_token")
# What wechatpy does with callbacks is no method of its client.
OF_CALLBACKS: Final = frozenset({"parse_message", "reply"})
NOT_OF_API: Final = frozenset({"access_token", "session", "appid", "secret"})


def surface() -> list[str]:
    """The names of all that wechatpy can do to the platform, `object.method`."""
    names = [f"client.{name}" for name in OF_CLIENT]
    names += [
        f"oauth.{name}" for name, _ in inspect.getmembers_static(WeChatOAuth, _is_call) if not name.startswith("_")
    ]
    return names + sorted(_methods(WeChatClient, ""))


def _is_call(member: object) -> bool:
    return inspect.isfunction(member) or isinstance(member, classmethod | staticmethod | property)


def _methods(holder: object, prefix: str) -> Iterator[str]:
    # Statically: the client's own `access_token` asks the platform when it is looked at.
    for name, api in inspect.getmembers_static(holder, lambda member: isinstance(member, BaseWeChatAPI)):
        yield from _methods(api, f"{prefix}{name}.")
        for method, _ in inspect.getmembers_static(type(api), _is_call):
            if not method.startswith("_") and method not in NOT_OF_API:
                yield f"{prefix}{name}.{method}"


def drive(world: Callable[[], World], family: str, call: str, driver: Drive) -> Row:
    row = {"client": "wechatpy", "family": family, "call": call, "driven": True, "ok": True, "error": ""}
    try:
        driver(world())
    except Exception as error:
        at = traceback.extract_tb(error.__traceback__)
        ours = [frame for frame in at if "on_wechatpy" in frame.filename][-1:]
        where = f"{Path(ours[0].filename).name}:{ours[0].lineno} " if ours else ""
        row |= {"ok": False, "error": f"{where}{type(error).__name__}: {error}"}
    return row


def probe(w: World, call: str) -> Row:
    """Calls a method with placeholders; whether the mock knew one of the addresses that came of it."""
    target: Any = w.oauth() if call.startswith("oauth.") else w.client
    if not call.startswith(("oauth.", "client.")):
        *holders, method = call.split(".")
        for holder in holders:
            target = getattr(target, holder)
    else:
        method = call.split(".")[1]
    before = _last_call(w)
    try:
        _with_placeholders(getattr(target, method))
    except Exception:
        pass
    known = [one["path"] for one in _calls(w, before) if one["errcode"] != 40066 and one["path"] != "/cgi-bin/token"]
    return {"client": "wechatpy", "family": "", "call": call, "driven": False, "known": known}


def _with_placeholders(method: Callable[..., object]) -> None:
    needed = [one for one in inspect.signature(method).parameters.values() if one.default is one.empty]
    by_position = [one for one in needed if one.kind in (one.POSITIONAL_ONLY, one.POSITIONAL_OR_KEYWORD)]
    method(*["1" for _ in by_position])


def _calls(w: World, after: int) -> list[Row]:
    calls: list[Row] = w.mock.test(f"calls?after={after}")
    return calls


def _last_call(w: World) -> int:
    return max((int(one["seq"]) for one in _calls(w, 0)), default=0)


def rows(mock: Mock, folder: Path) -> Iterator[Row]:
    driven = {call.split("(")[0] for calls in FAMILIES.values() for call in calls}
    for family, calls in FAMILIES.items():
        for call, driver in calls.items():
            yield drive(lambda: World(mock, folder), family, call, driver)
    names = surface()
    made_up = driven - set(names) - OF_CALLBACKS
    assert not made_up, f"wechatpy has no {made_up}"
    w = World(mock, folder)
    for name in names:
        if name not in driven:
            yield probe(w, name)


def main() -> None:
    binary, folder, results = (Path(argument) for argument in sys.argv[1:])
    with tempfile.TemporaryDirectory() as scratch:
        templates = Path(scratch) / "templates.json"
        templates.write_text(json.dumps(TEMPLATES))
        with Mock(binary, APP_ID, APP_SECRET, templates) as mock:
            results.write_text(json.dumps(list(rows(mock, folder)), ensure_ascii=False))


if __name__ == "__main__":
    main()
