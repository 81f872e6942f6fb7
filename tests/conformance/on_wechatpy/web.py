"""Web authorisation, JS-SDK and the network: `WeChatOAuth`, `WeChatJSAPI`, `WeChatMisc`, and `qrcode.show`."""

import hashlib
from urllib.parse import parse_qs, urlsplit

import wechatpy.client.api.qrcode as qrcode_module
from wechatpy.oauth import WeChatOAuth

from .world import APP_SECRET, Calls, World, has, ok, same

JSAPI_TICKET = "sM4AOVdWfPE4DxkXGEs8VMCPGGVi4C3VM0P37wVUCFvkVAy_90u5h9nbSlYy3-Sl-HhTdfl2fzFy1AOcHKP7qg"


def _code(w: World, oauth: WeChatOAuth) -> str:
    """What the platform gives the person's browser for this page."""
    person = {"mock_openid": w.openid, "mock_consent": "allow"}
    answer = oauth._http.get(oauth.authorize_url, params=person, allow_redirects=False)
    same(answer.status_code, 302)
    target = urlsplit(str(answer.headers["Location"]))
    query: dict[str, list[str]] = parse_qs(target.query)
    same((target.hostname, query["a"], query["state"]), ("bot.example", ["1"], ["s1"]))
    return query["code"][0]


def authorize_url(w: World) -> None:
    assert _code(w, w.oauth())
    other = WeChatOAuth("wx0", APP_SECRET, "https://bot.example/back")
    w.pointed(other._http)
    answer = other._http.get(other.authorize_url, allow_redirects=False)
    assert answer.status_code == 200 and answer.headers.get("Location") is None


def fetch_access_token(w: World) -> None:
    oauth = w.oauth()
    code = _code(w, oauth)
    answer = oauth.fetch_access_token(code)
    same((answer["openid"], answer["expires_in"], answer["scope"]), (w.openid, 7200, "snsapi_base"))
    has(answer, access_token=str, refresh_token=str)
    w.refused(40163, oauth.fetch_access_token, code)
    w.refused(40029, oauth.fetch_access_token, "no-such-code")
    late = _code(w, oauth)
    w.mock.test("clock", {"advance_seconds": 300})
    w.refused(42003, oauth.fetch_access_token, late)


def refresh_access_token(w: World) -> None:
    oauth = w.oauth("snsapi_userinfo")
    answer = oauth.fetch_access_token(_code(w, oauth))
    w.mock.test("clock", {"advance_seconds": 7200})
    fresh = oauth.refresh_access_token(answer["refresh_token"])
    same((fresh["openid"], fresh["expires_in"], fresh["scope"]), (w.openid, 7200, "snsapi_userinfo"))
    assert oauth.check_access_token()
    w.refused(40030, oauth.refresh_access_token, "no-such-token")
    w.mock.test("clock", {"advance_seconds": 31 * 86_400})
    w.refused(42002, oauth.refresh_access_token, answer["refresh_token"])


def get_user_info(w: World) -> None:
    oauth = w.oauth("snsapi_userinfo")
    oauth.fetch_access_token(_code(w, oauth))
    answer = oauth.get_user_info()
    same(answer["openid"], w.openid)
    has(answer, nickname=str, sex=int, province=str, city=str, country=str, headimgurl=str, privilege=list)
    w.refused(40001, oauth.get_user_info, access_token=w.client.access_token)
    base = w.oauth()
    base.fetch_access_token(_code(w, base))
    w.refused(48001, base.get_user_info)


def check_access_token(w: World) -> None:
    oauth = w.oauth()
    oauth.fetch_access_token(_code(w, oauth))
    same(oauth.check_access_token(), True)
    w.refused(40003, oauth.check_access_token, openid=w.stranger)
    w.refused(40001, oauth.check_access_token, access_token="made_up")


def get_ticket(w: World) -> None:
    answer = w.client.jsapi.get_ticket()
    ok(answer)
    has(answer, ticket=str)
    same(answer["expires_in"], 7200)
    w.refused(None, w.client.jsapi.get_ticket, "dance")


def get_jsapi_ticket(w: World) -> None:
    ticket = w.client.jsapi.get_jsapi_ticket()
    same(w.client.jsapi.get_jsapi_ticket(), ticket)
    same(w.client.jsapi.get_ticket()["ticket"], ticket)


def get_jsapi_card_ticket(w: World) -> None:
    assert w.client.jsapi.get_jsapi_card_ticket()


def get_jsapi_add_card_params(w: World) -> None:
    assert w.client.jsapi.get_jsapi_add_card_params("pFS7Fjg8kV1IdDz01r4SQwMkuCKc")


def get_jsapi_signature(w: World) -> None:
    """The platform's own example, and the formula of the reference over a ticket of the mock."""
    example = w.client.jsapi.get_jsapi_signature(
        "Wm3WZYTPz0wzccnW", JSAPI_TICKET, 1414587457, "http://mp.weixin.qq.com?params=value"
    )
    same(example, "0f9de62fce790f9a083d5c99e95740ceb90c27ed")
    ticket = w.client.jsapi.get_jsapi_ticket()
    words = f"jsapi_ticket={ticket}&noncestr=n&timestamp=1&url=https://bot.example/"
    same(
        w.client.jsapi.get_jsapi_signature("n", ticket, 1, "https://bot.example/"),
        hashlib.sha1(words.encode()).hexdigest(),
    )


def get_wechat_ips(w: World) -> None:
    ips = w.client.misc.get_wechat_ips()
    assert ips and all(isinstance(ip, str) for ip in ips)


def check_network(w: World) -> None:
    answer = w.client.misc.check_network()
    has(answer["dns"][0], ip=str, real_operator=str)
    has(answer["ping"][0], ip=str, from_operator=str, package_loss=str, time=str)
    assert "ping" not in w.client.misc.check_network("dns", "CHINANET")
    w.refused(None, w.client.misc.check_network, "dance", "DEFAULT")
    w.refused(None, w.client.misc.check_network, "all", "NOBODY")


def show(w: World) -> None:
    """It asks with a session of its own, so here the module's `requests` is ours."""
    ticket = w.client.qrcode.create({"action_name": "QR_LIMIT_SCENE", "action_info": {"scene": {"scene_id": 7}}})
    theirs = qrcode_module.requests
    qrcode_module.requests = w.http
    try:
        answer = w.client.qrcode.show(ticket)
        same((answer.status_code, answer.content[:3]), (200, b"\xff\xd8\xff"))
        same(w.client.qrcode.show("no such ticket").status_code, 404)
    finally:
        qrcode_module.requests = theirs


CALLS: Calls = {
    "oauth.authorize_url": authorize_url,
    "oauth.fetch_access_token": fetch_access_token,
    "oauth.refresh_access_token": refresh_access_token,
    "oauth.get_user_info": get_user_info,
    "oauth.check_access_token": check_access_token,
    "jsapi.get_ticket": get_ticket,
    "jsapi.get_jsapi_ticket": get_jsapi_ticket,
    "jsapi.get_jsapi_card_ticket": get_jsapi_card_ticket,
    "jsapi.get_jsapi_add_card_params": get_jsapi_add_card_params,
    "jsapi.get_jsapi_signature": get_jsapi_signature,
    "misc.get_wechat_ips": get_wechat_ips,
    "misc.check_network": check_network,
    "qrcode.show": show,
}
