"""wechatpy's crypto plays the platform against the bot in secure mode: `crypto.py DEMO RESULTS`.

DEMO is the demo's binary; its bot is talked to directly, by people whom the demo's own platform does not know. RESULTS
is written for `table.py`, one row for each exchange.
"""

import json
import re
import secrets
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import requests
import xmltodict
from wechatpy import parse_message
from wechatpy.crypto import WeChatCrypto
from wechatpy.replies import BaseReply, deserialize_reply
from wechatpy.utils import WeChatSigner

ACCOUNT: Final = "gh_0000000000aa"
CLIENT: Final = "wechatpy.crypto"


@dataclass(frozen=True)
class Sealed:
    """A callback as it goes out: what is in the address, and the body."""

    query: dict[str, str]
    body: str


class Platform:
    """The platform's half of the secure mode."""

    def __init__(self, started: dict[str, Any]) -> None:
        self.hook: str = started["bot"] + "/wechat"
        self.account: dict[str, str] = started["wechat"]
        self.crypto = self.crypto_of(self.account["app_id"])
        self.openid = "o" + secrets.token_hex(14)[:27]

    def crypto_of(self, app_id: str) -> WeChatCrypto:
        return WeChatCrypto(self.account["token"], self.account["aes_key"], app_id)

    def signed(self, *more: str) -> str:
        signer = WeChatSigner()
        signer.add_data(self.account["token"], *more)
        return str(signer.signature)

    def message(self, kind: str, elements: str, msg_id: int | None = None) -> str:
        """A callback's XML from this person; events have no MsgId."""
        number = "" if kind == "event" else f"<MsgId>{msg_id or secrets.randbits(60)}</MsgId>"
        people = f"<ToUserName><![CDATA[{ACCOUNT}]]></ToUserName><FromUserName><![CDATA[{self.openid}]]></FromUserName>"
        head = f"{people}<CreateTime>{int(time.time())}</CreateTime><MsgType><![CDATA[{kind}]]></MsgType>"
        return f"<xml>{head}{elements}{number}</xml>"

    def text(self, words: str, msg_id: int | None = None) -> str:
        return self.message("text", f"<Content><![CDATA[{words}]]></Content>", msg_id)

    def event(self, name: str, key: str = "") -> str:
        return self.message("event", f"<Event><![CDATA[{name}]]></Event><EventKey><![CDATA[{key}]]></EventKey>")

    def seal(self, xml: str, crypto: WeChatCrypto | None = None, beside: str = "") -> Sealed:
        """In an envelope, with `beside` next to `Encrypt` in the compatible mode."""
        timestamp, nonce = str(int(time.time())), str(secrets.randbelow(10**10))
        envelope = xmltodict.parse((crypto or self.crypto).encrypt_message(xml, nonce, timestamp))["xml"]
        query = {"timestamp": timestamp, "nonce": nonce, "openid": self.openid, "encrypt_type": "aes"}
        query |= {"signature": self.signed(timestamp, nonce), "msg_signature": envelope["MsgSignature"]}
        to = "" if beside else f"<ToUserName><![CDATA[{ACCOUNT}]]></ToUserName>"
        return Sealed(query, f"<xml>{to}{beside}<Encrypt><![CDATA[{envelope['Encrypt']}]]></Encrypt></xml>")

    def post(self, sealed: Sealed) -> requests.Response:
        return requests.post(self.hook, params=sealed.query, data=sealed.body.encode(), timeout=10)

    def opened(self, answer: requests.Response) -> str:
        """The XML inside the bot's answer, its signature checked by wechatpy."""
        assert answer.status_code == 200, answer.status_code
        envelope = xmltodict.parse(answer.text)["xml"]
        return str(
            self.crypto.decrypt_message(answer.text, envelope["MsgSignature"], envelope["TimeStamp"], envelope["Nonce"])
        )

    def replied(self, xml: str) -> BaseReply:
        """What the bot replies to this message: to the right person, from the account, of now."""
        return self.read(self.opened(self.post(self.seal(xml))))

    def read(self, inner: str) -> BaseReply:
        reply = deserialize_reply(inner)
        assert (reply.target, reply.source) == (self.openid, ACCOUNT), inner
        assert abs(int(reply.time) - time.time()) < 60, inner
        assert parse_message(inner).type == reply.type, inner
        return reply

    def said(self, xml: str) -> str:
        reply = self.replied(xml)
        assert reply.type == "text" and reply.content, reply
        assert len(reply.content.encode()) < 2048, "a text of this length vanishes"
        return str(reply.content)

    def refused(self, status: int, sealed: Sealed) -> None:
        answer = self.post(sealed)
        assert (answer.status_code, answer.content) == (status, b""), f"{answer.status_code} {answer.text}"


Exchange = Callable[[Platform], None]


def verify(p: Platform) -> None:
    timestamp, nonce, echo = str(int(time.time())), "1234567890", "echo <&> 42"
    query = {"signature": p.signed(timestamp, nonce), "timestamp": timestamp, "nonce": nonce, "echostr": echo}
    answer = requests.get(p.hook, params=query, timeout=10)
    assert (answer.status_code, answer.text) == (200, echo)
    answer = requests.get(p.hook, params={**query, "signature": p.signed(timestamp, "1")}, timeout=10)
    assert (answer.status_code, echo in answer.text) == (403, False)


def text(p: Platform) -> None:
    assert p.said(p.text("帮助"))
    assert p.said(p.text("]] > <xml> & 👋"))


def subscribe(p: Platform) -> None:
    assert p.said(p.event("subscribe"))
    assert p.said(p.event("subscribe", "qrscene_a1"))


def click(p: Platform) -> None:
    """Each key of the menu that the bot ships leads somewhere."""
    menu = (Path(__file__).parents[2] / "dialogs" / "menu.toml").read_text()
    keys = re.findall(r'^type = "click"\nkey = "(\w+)"', menu, re.MULTILINE)
    assert len(keys) > 5
    for key in keys:
        assert p.said(p.event("CLICK", key)), key


def unsubscribe(p: Platform) -> None:
    answer = p.post(p.seal(p.event("unsubscribe")))
    assert (answer.status_code, answer.text) == (200, "success") or (answer.status_code, answer.text) == (200, "")


def other_kinds(p: Platform) -> None:
    where = "<Location_X>23.13</Location_X><Location_Y>113.26</Location_Y><Scale>16</Scale><Label>某路</Label>"
    assert p.said(p.message("location", where))
    assert p.said(p.message("voice", "<MediaId>m</MediaId><Format>amr</Format><Recognition>帮助</Recognition>"))
    assert p.said(p.message("link", "<Title>t</Title><Description>d</Description><Url>http://x.example/</Url>"))
    answer = p.post(p.seal(p.message("hologram", "<Ghost>1</Ghost>")))
    assert answer.status_code == 200


def every_padding(p: Platform) -> None:
    """Texts of 32 lengths in a row pass every amount of padding, in both directions."""
    for length in range(1, 33):
        assert p.said(p.text("a" * length))


def long_text(p: Platform) -> None:
    assert p.said(p.text("长" * 682))
    assert p.said(p.text("长" * 5_000))


def redelivered(p: Platform) -> None:
    """The same message sealed anew is answered by the same bytes, and so is the same delivery again."""
    xml = p.text("帮助", secrets.randbits(60))
    first = p.seal(xml)
    answers = [p.opened(p.post(sealed)) for sealed in (first, p.seal(xml), first)]
    assert answers[0] == answers[1] == answers[2]
    event = p.event("CLICK", "MENU")
    assert p.opened(p.post(p.seal(event))) == p.opened(p.post(p.seal(event)))


def compatible(p: Platform) -> None:
    """Both forms in one body: what is sealed counts, and the answer is sealed."""
    plain = re.sub("</?xml>", "", p.text("帮助"))
    assert p.read(p.opened(p.post(p.seal(f"<xml>{plain}</xml>", beside=plain)))).type == "text"
    other = re.sub("</?xml>", "", p.text("绑定"))
    sealed_wins = p.read(p.opened(p.post(p.seal(p.text("帮助"), beside=other)))).content
    assert sealed_wins == p.said(p.text("帮助"))


def wrong_signature(p: Platform) -> None:
    sealed = p.seal(p.text("帮助"))
    p.refused(403, Sealed({**sealed.query, "msg_signature": "0" * 40}, sealed.body))
    p.refused(403, Sealed({**sealed.query, "msg_signature": sealed.query["signature"]}, sealed.body))
    p.refused(403, Sealed({**sealed.query, "nonce": "1"}, sealed.body))
    without = {name: value for name, value in sealed.query.items() if name != "msg_signature"}
    p.refused(403, Sealed(without, sealed.body))


def tampered(p: Platform) -> None:
    """Changed ciphertext, first as it is, then signed anew by somebody who knows the token but not the key."""
    sealed = p.seal(p.text("帮助"))
    encrypt: str = xmltodict.parse(sealed.body)["xml"]["Encrypt"]
    for at in (0, len(encrypt) // 2, len(encrypt) - 8):
        changed = encrypt[:at] + ("B" if encrypt[at] != "B" else "C") + encrypt[at + 1 :]
        body = sealed.body.replace(encrypt, changed)
        p.refused(403, Sealed(sealed.query, body))
        signature = p.signed(sealed.query["timestamp"], sealed.query["nonce"], changed)
        answer = p.post(Sealed({**sealed.query, "msg_signature": signature}, body))
        # A flipped bit may hit only the random head or a letter: then it opens, and is a message like any other.
        assert answer.status_code in (200, 400, 403) and (answer.status_code == 200 or not answer.content)
    short = encrypt[: len(encrypt) - 24]
    signature = p.signed(sealed.query["timestamp"], sealed.query["nonce"], short)
    p.refused(400, Sealed({**sealed.query, "msg_signature": signature}, sealed.body.replace(encrypt, short)))


def other_account(p: Platform) -> None:
    p.refused(403, p.seal(p.text("帮助"), p.crypto_of("wx00000000000000ff")))


def plain(p: Platform) -> None:
    timestamp, nonce = str(int(time.time())), "1234567890"
    query = {"signature": p.signed(timestamp, nonce), "timestamp": timestamp, "nonce": nonce, "openid": p.openid}
    p.refused(403, Sealed(query, p.text("帮助")))


def old(p: Platform) -> None:
    """Rightly signed, an hour ago."""
    sealed = p.seal(p.text("帮助"))
    encrypt: str = xmltodict.parse(sealed.body)["xml"]["Encrypt"]
    timestamp = str(int(time.time()) - 3600)
    signatures = {"signature": p.signed(timestamp, "1"), "msg_signature": p.signed(timestamp, "1", encrypt)}
    p.refused(403, Sealed({**sealed.query, "timestamp": timestamp, "nonce": "1", **signatures}, sealed.body))


EXCHANGES: Final[Mapping[str, Exchange]] = {
    "GET verify": verify,
    "text": text,
    "subscribe": subscribe,
    "CLICK": click,
    "unsubscribe": unsubscribe,
    "location, voice, link, an unknown type": other_kinds,
    "every padding": every_padding,
    "long text": long_text,
    "redelivery": redelivered,
    "compatible mode": compatible,
    "wrong signature": wrong_signature,
    "tampered ciphertext": tampered,
    "another account": other_account,
    "plain text": plain,
    "an old timestamp": old,
}


def row(started: dict[str, Any], call: str, exchange: Exchange) -> dict[str, Any]:
    kept = {"client": CLIENT, "family": "secure mode, against the bot", "call": call, "driven": True}
    try:
        exchange(Platform(started))
    except Exception as error:
        return {**kept, "ok": False, "error": f"{type(error).__name__}: {error}"}
    return {**kept, "ok": True, "error": ""}


def main() -> None:
    demo, results = (Path(argument) for argument in sys.argv[1:])
    command = [str(demo), "--json", "--bot-port", "0", "--platform-port", "0", "--mode", "secure"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        try:
            started = json.loads(process.stdout.readline())
            rows = [row(started, call, exchange) for call, exchange in EXCHANGES.items()]
        finally:
            process.terminate()
    results.write_text(json.dumps(rows, ensure_ascii=False))


if __name__ == "__main__":
    main()
