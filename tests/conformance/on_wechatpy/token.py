"""Access token, quotas and what wechatpy has no method for: `WeChatClient` itself."""

from typing import Any

from wechatpy import WeChatClient
from wechatpy.exceptions import WeChatClientException

from .world import APP_ID, APP_SECRET, Calls, World, has, ok, same


def fetch_access_token(w: World) -> None:
    answer = w.client.fetch_access_token()
    has(answer, access_token=str)
    same(answer["expires_in"], 7200)
    assert answer["access_token"] != w.client.fetch_access_token()["access_token"]
    for app_id, secret, code in [("wx0", APP_SECRET, 40013), (APP_ID, "wrong", 40125), ("", APP_SECRET, 41002)]:
        wrong = WeChatClient(app_id, secret)
        w.pointed(wrong._http)
        w.refused(code, wrong.fetch_access_token)


def access_token(w: World) -> None:
    """It is kept, and fetched anew when the platform calls it expired or unknown."""
    same(w.client.access_token, w.client.access_token)
    w.mock.test("faults", {"target": "/cgi-bin/getcallbackip", "kind": "token_expired", "times": 1})
    before = w.client.access_token
    has(w.client.get("getcallbackip"), ip_list=list)
    assert w.client.access_token != before, "42001 brought no new token"
    w.client.session.set(w.client.access_token_key, "made_up")
    has(w.client.get("getcallbackip"), ip_list=list)
    assert w.client.access_token != "made_up", "40014 brought no new token"


def get(w: World) -> None:
    has(w.client.get("get_api_domain_ip"), ip_list=list)
    w.refused(43002, w.client.get, "clear_quota")
    w.refused(40066, w.client.get, "no/such/call")
    w.refused(41001, w.client.get, "getcallbackip", params={"access_token": ""})


def post(w: World) -> None:
    w.refused(43001, w.client.post, "getcallbackip")
    w.refused(47001, w.client.post, "message/custom/typing", data=b"{")


def stable_token(w: World) -> None:
    wanted = {"grant_type": "client_credential", "appid": APP_ID, "secret": APP_SECRET}

    def ask(**more: object) -> Any:
        return w.client.post("stable_token", params={"access_token": None}, data={**wanted, **more})

    first = ask()
    same(ask()["access_token"], first["access_token"])
    assert 300 <= first["expires_in"] <= 7200
    assert ask(force_refresh=True)["access_token"] != first["access_token"]
    plain = w.client.access_token
    assert plain != first["access_token"], "the two calls have one token"
    has(w.client.get("getcallbackip"), ip_list=list)
    w.refused(40002, ask, grant_type="password")
    w.refused(41004, ask, secret="")


def typing(w: World) -> None:
    def command(openid: str, word: str) -> Any:
        return w.client.post("message/custom/typing", data={"touser": openid, "command": word})

    ok(command(w.openid, "Typing"))
    w.refused(45081, command, w.openid, "Typing")
    ok(command(w.openid, "CancelTyping"))
    w.refused(45072, command, w.openid, "Sing")
    w.mock.test("clock", {"advance_seconds": 31})
    w.refused(45080, command, w.openid, "Typing")


def quota(w: World) -> None:
    path = {"cgi_path": "/cgi-bin/message/custom/send"}
    ok(w.client.message.send_text(w.openid, "一"))
    answer = w.client.post("openapi/quota/get", data=path)
    ok(answer)
    limits = answer["quota"]
    same(limits["used"], 1)
    same(limits["remain"], limits["daily_limit"] - 1)
    ok(w.client.post("clear_quota", data={"appid": APP_ID}))
    same(w.client.post("openapi/quota/get", data=path)["quota"]["used"], 0)
    w.refused(40013, w.client.post, "clear_quota", data={"appid": "wx0"})
    for _ in range(9):
        ok(w.client.post("clear_quota", data={"appid": APP_ID}))
    w.refused(48006, w.client.post, "clear_quota", data={"appid": APP_ID})


def clear_quota_v2(w: World) -> None:
    without_token = {"access_token": None, "appid": APP_ID, "appsecret": APP_SECRET}
    ok(w.client.post("clear_quota/v2", params=without_token))
    w.refused(40125, w.client.post, "clear_quota/v2", params={**without_token, "appsecret": "wrong"})


def rid(w: World) -> None:
    try:
        w.client.message.send_text("nobody", "您好")
    except WeChatClientException as error:
        found = str(error.errmsg).rsplit(" rid: ", 1)[1]
    answer = w.client.post("openapi/rid/get", data={"rid": found})
    ok(answer)
    has(
        answer["request"],
        invoke_time=int,
        cost_in_ms=int,
        request_url=str,
        request_body=str,
        response_body=str,
        client_ip=str,
    )
    assert "nobody" in answer["request"]["request_body"] and "40003" in answer["request"]["response_body"]


CALLS: Calls = {
    "client.fetch_access_token": fetch_access_token,
    "client.access_token": access_token,
    "client.get": get,
    "client.post": post,
    "client.post(stable_token)": stable_token,
    "client.post(custom/typing)": typing,
    "client.post(openapi/quota/get, clear_quota)": quota,
    "client.post(clear_quota/v2)": clear_quota_v2,
    "client.post(openapi/rid/get)": rid,
}
