"""Agents and their sessions: `WeChatCustomService`."""

from typing import Any

import requests
from wechatpy import parse_message
from wechatpy.replies import TransferCustomerServiceReply

from .world import Calls, World, has, ok, same

AGENT = "chen@gh_0000000000aa"
NOBODY = "nobody@gh_0000000000aa"


def _agents(w: World) -> dict[str, Any]:
    """All agents by their account."""
    agents = w.client.get("customservice/getkflist")["kf_list"]
    return {agent["kf_account"]: agent for agent in agents}


def add_account(w: World) -> None:
    ok(w.client.customservice.add_account(AGENT, "陈老师", "secret"))
    same(_agents(w)[AGENT]["kf_nick"], "陈老师")
    w.refused(61453, w.client.customservice.add_account, AGENT, "陈老师", "secret")
    w.refused(61454, w.client.customservice.add_account, "c" * 31 + "@gh_0000000000aa", "陈老师", "secret")


def update_account(w: World) -> None:
    w.client.customservice.add_account(AGENT, "陈老师", "secret")
    ok(w.client.customservice.update_account(AGENT, "李老师", "secret"))
    same(_agents(w)[AGENT]["kf_nick"], "李老师")
    w.refused(61452, w.client.customservice.update_account, NOBODY, "李老师", "secret")


def delete_account(w: World) -> None:
    w.client.customservice.add_account(AGENT, "陈老师", "secret")
    ok(w.client.customservice.delete_account(AGENT))
    assert AGENT not in _agents(w)
    w.refused(61452, w.client.customservice.delete_account, AGENT)


def upload_headimg(w: World) -> None:
    w.client.customservice.add_account(AGENT, "陈老师", "secret")
    ok(w.client.customservice.upload_headimg(AGENT, w.file("photo.jpg")))
    same(requests.get(_agents(w)[AGENT]["kf_headimgurl"]).content, w.file("photo.jpg")[1])
    w.refused(61452, w.client.customservice.upload_headimg, NOBODY, w.file("photo.jpg"))
    w.refused(61457, w.client.customservice.upload_headimg, AGENT, w.file("text.txt"))


def get_accounts(w: World) -> None:
    same(w.client.customservice.get_accounts(), [])


def get_online_accounts(w: World) -> None:
    assert isinstance(w.client.customservice.get_online_accounts(), list)


def lists(w: World) -> None:
    """The two lists at the address that the platform documents, for which wechatpy has another."""
    w.client.customservice.add_account(AGENT, "陈老师", "secret")
    has(_agents(w)[AGENT], kf_account=str, kf_nick=str, kf_id=(str, int))
    online = w.client.get("customservice/getonlinekflist")["kf_online_list"]
    (agent,) = [one for one in online if one["kf_account"] == AGENT]
    has(agent, status=int, kf_id=(str, int), accepted_case=int)


def _begin(w: World, openid: str) -> None:
    w.client.customservice.add_account(AGENT, "陈老师", "secret")
    ok(w.client.customservice.create_session(openid, AGENT))


def create_session(w: World) -> None:
    w.client.customservice.add_account(AGENT, "陈老师", "secret")
    ok(w.client.customservice.create_session(w.openid, AGENT, "您好"))
    event: Any = parse_message(w.mock.pushes.wait(Event="kf_create_session", FromUserName=w.openid))
    same((event.event, event.account), ("kf_create_session", AGENT))
    w.refused(61452, w.client.customservice.create_session, w.openid, NOBODY)
    w.refused(40003, w.client.customservice.create_session, "nobody", AGENT)


def close_session(w: World) -> None:
    _begin(w, w.openid)
    ok(w.client.customservice.close_session(w.openid, AGENT))
    event: Any = parse_message(w.mock.pushes.wait(Event="kf_close_session", FromUserName=w.openid))
    same((event.event, event.account), ("kf_close_session", AGENT))
    w.refused(61452, w.client.customservice.close_session, w.openid, NOBODY)


def get_session(w: World) -> None:
    same(w.client.customservice.get_session(w.openid)["kf_account"], "")
    _begin(w, w.openid)
    answer = w.client.customservice.get_session(w.openid)
    same(answer["kf_account"], AGENT)
    assert answer["createtime"] > 0
    w.refused(40003, w.client.customservice.get_session, "nobody")


def get_session_list(w: World) -> None:
    _begin(w, w.openid)
    (session,) = w.client.customservice.get_session_list(AGENT)
    same(session["openid"], w.openid)
    w.refused(61452, w.client.customservice.get_session_list, NOBODY)


def get_wait_case(w: World) -> None:
    """Whom the bot has handed over and no agent has taken."""
    same(w.client.customservice.get_wait_case()["count"], 0)
    w.mock.reply_with(lambda message: TransferCustomerServiceReply(message=message))
    w.say(w.openid, type="text", content="人工")
    answer = w.client.customservice.get_wait_case()
    same((answer["count"], [one["openid"] for one in answer["waitcaselist"]]), (1, [w.openid]))


def get_records(w: World) -> None:
    _begin(w, w.openid)
    w.say(w.openid, type="text", content="在吗")
    w.mock.test(f"users/{w.openid}/agent", {"act": "say", "content": "在的"})
    now = int(w.mock.test("clock")["now"])
    answer = w.client.customservice.get_records(now - 60, now + 60)
    same([(one["opercode"], one["text"]) for one in answer["recordlist"]], [(2003, "在吗"), (2002, "在的")])
    same((answer["number"], answer["recordlist"][0]["openid"]), (2, w.openid))
    w.refused(None, w.client.customservice.get_records, now, now - 60)


CALLS: Calls = {
    "customservice.add_account": add_account,
    "customservice.update_account": update_account,
    "customservice.delete_account": delete_account,
    "customservice.get_accounts": get_accounts,
    "customservice.get_online_accounts": get_online_accounts,
    "client.get(customservice/getkflist, getonlinekflist)": lists,
    "customservice.create_session": create_session,
    "customservice.close_session": close_session,
    "customservice.upload_headimg": upload_headimg,
    "customservice.get_session": get_session,
    "customservice.get_session_list": get_session_list,
    "customservice.get_wait_case": get_wait_case,
    "customservice.get_records": get_records,
}
