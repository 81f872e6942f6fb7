"""What a driver is given: wechatpy pointed at the mock, two people, and ways to look at what came of a call.

wechatpy writes the platform's addresses into its code, some of them in full. So its sessions get an adapter that
carries whatever is meant for the platform to the mock, and refuses every other host: nothing leaves the machine.
"""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

import requests
from requests.adapters import HTTPAdapter
from wechatpy import WeChatClient
from wechatpy.exceptions import WeChatClientException
from wechatpy.oauth import WeChatOAuth

from .mock import Json, Mock

APP_ID: Final = "wx00000000000000cf"
APP_SECRET: Final = "5ec2e7" * 5 + "00"
TEMPLATE: Final = "T" * 43
TEMPLATES: Final = [
    {"template_id": TEMPLATE, "title": "审核结果", "content": "结果：{{phrase1.DATA}}\n说明：{{thing2.DATA}}"}
]

_HOSTS: Final = frozenset({"api.weixin.qq.com", "mp.weixin.qq.com", "open.weixin.qq.com", "file.api.weixin.qq.com"})


class _ToMock(HTTPAdapter):
    def __init__(self, mock: str) -> None:
        super().__init__()
        self._mock = mock

    def send(self, request: requests.PreparedRequest, *args: Any, **kwargs: Any) -> requests.Response:
        url = urlsplit(request.url or "")
        if url.hostname not in _HOSTS:
            raise requests.ConnectionError(f"{url.hostname} is none of the platform's hosts")
        request.url = url._replace(scheme="http", netloc=urlsplit(self._mock).netloc).geturl()
        return super().send(request, *args, **kwargs)


class World:
    """A platform that nobody has used yet, with a follower who has just written and a stranger."""

    def __init__(self, mock: Mock, media: Path) -> None:
        self.mock = mock
        self.media = media
        mock.reset()
        self.client = WeChatClient(APP_ID, APP_SECRET)
        self.http = self.pointed(self.client._http)
        self.openid = self.follower()
        self.stranger: str = mock.test("users", {"follow": False})["openid"]

    def follower(self) -> str:
        openid: str = self.mock.test("users", {})["openid"]
        self.say(openid, type="text", content="您好")
        return openid

    def pointed(self, session: requests.Session) -> requests.Session:
        """Makes a session reach nothing but the mock."""
        session.mount("https://", _ToMock(self.mock.url))
        session.mount("http://", _ToMock(self.mock.url))
        return session

    def oauth(self, scope: str = "snsapi_base", state: str = "s1") -> WeChatOAuth:
        oauth = WeChatOAuth(APP_ID, APP_SECRET, "https://bot.example/back?a=1", scope, state)
        self.pointed(oauth._http)
        return oauth

    def say(self, openid: str, **what: object) -> Any:
        return self.mock.test(f"users/{openid}/say", what)

    def screen(self, openid: str, channel: str) -> list[Json]:
        """What the person sees that came through this channel, oldest first."""
        items: list[Json] = self.mock.test(f"users/{openid}/chat")
        return [item for item in items if item.get("channel") == channel]

    def shown(self, channel: str, openid: str | None = None, **fields: object) -> None:
        """The newest item of that channel on the person's screen has these fields."""
        items = self.screen(openid or self.openid, channel)
        assert items, f"nothing came by {channel}"
        for name, expected in fields.items():
            same(items[-1].get(name), expected)

    def refused(self, code: int | None, call: Callable[..., object], *args: object, **kwargs: object) -> None:
        """The call ends with this errcode, with any where the reference names none; its words end with a request id."""
        try:
            answer = call(*args, **kwargs)
        except WeChatClientException as error:
            assert error.errcode and code in (error.errcode, None), f"{code} was due, not {error}"
            assert " rid: " in error.errmsg, f"no request id: {error.errmsg}"
        else:
            raise AssertionError(f"{code or 'an error'} was due, not {answer!r}")

    def file(self, name: str) -> tuple[str, bytes]:
        """One of the small files that are uploaded, as requests takes it."""
        return name, (self.media / name).read_bytes()

    def upload(self, kind: str, name: str) -> str:
        """A temporary medium of the account, for drivers that only need its id."""
        answer = self.client.media.upload(kind, self.file(name))
        return str(answer.get("media_id") or answer["thumb_media_id"])


Drive = Callable[[World], None]
Calls = Mapping[str, Drive]


def same(actual: object, expected: object) -> None:
    assert actual == expected, f"{actual!r} came, not {expected!r}"


def ok(answer: Any) -> None:
    """`{"errcode":0,"errmsg":"ok"}`, whatever else it carries."""
    same((answer.get("errcode"), answer.get("errmsg")), (0, "ok"))


def has(answer: Any, **kinds: type | tuple[type, ...]) -> None:
    """The answer carries these fields, each of that type."""
    for name, kind in kinds.items():
        assert isinstance(answer.get(name), kind), f"{name} is not {kind}: {answer!r}"
