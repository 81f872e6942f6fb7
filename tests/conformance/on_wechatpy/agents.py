"""Agents and their sessions: `WeChatCustomService`."""

from typing import Any

from wechatpy import parse_message

from .world import Calls, World, has, ok, same

AGENT = "chen@gh_0000000000aa"


def add_account(w: World) -> None:
    ok(w.client.customservice.add_account(AGENT, "陈老师", "secret"))
    (agent,) = w.client.get("customservice/getkflist")["kf_list"]
    same((agent["kf_account"], agent["kf_nick"]), (AGENT, "陈老师"))
    w.refused(61454, w.client.customservice.add_account, "c" * 31 + "@gh_0000000000aa", "陈老师", "secret")
    w.refused(61456, w.client.customservice.add_account, AGENT, "陈老师", "secret")


def update_account(w: World) -> None:
    w.client.customservice.add_account(AGENT, "陈老师", "secret")
    ok(w.client.customservice.update_account(AGENT, "李老师", "secret"))
    same(w.client.get("customservice/getkflist")["kf_list"][0]["kf_nick"], "李老师")
    w.refused(61452, w.client.customservice.update_account, "nobody@gh_0000000000aa", "李老师", "secret")


def delete_account(w: World) -> None:
    w.client.customservice.add_account(AGENT, "陈老师", "secret")
    ok(w.client.customservice.delete_account(AGENT))
    same(w.client.get("customservice/getkflist")["kf_list"], [])
    w.refused(61452, w.client.customservice.delete_account, AGENT)


def get_accounts(w: World) -> None:
    same(w.client.customservice.get_accounts(), [])


def get_online_accounts(w: World) -> None:
    assert isinstance(w.client.customservice.get_online_accounts(), list)


def lists(w: World) -> None:
    """The two lists at the address that the platform documents, for which wechatpy has another."""
    w.client.customservice.add_account(AGENT, "陈老师", "secret")
    has(w.client.get("customservice/getkflist")["kf_list"][0], kf_account=str, kf_nick=str, kf_id=(str, int))
    has(w.client.get("customservice/getonlinekflist"), kf_online_list=list)


def create_session(w: World) -> None:
    w.client.customservice.add_account(AGENT, "陈老师", "secret")
    ok(w.client.customservice.create_session(w.openid, AGENT, "您好"))
    event: Any = parse_message(w.mock.pushes.wait(Event="kf_create_session", FromUserName=w.openid))
    same((event.event, event.account), ("kf_create_session", AGENT))
    w.refused(61452, w.client.customservice.create_session, w.openid, "nobody@gh_0000000000aa")
    w.refused(40003, w.client.customservice.create_session, "nobody", AGENT)


def close_session(w: World) -> None:
    w.client.customservice.add_account(AGENT, "陈老师", "secret")
    w.client.customservice.create_session(w.openid, AGENT)
    ok(w.client.customservice.close_session(w.openid, AGENT))
    event: Any = parse_message(w.mock.pushes.wait(Event="kf_close_session", FromUserName=w.openid))
    same((event.event, event.account), ("kf_close_session", AGENT))
    w.refused(61452, w.client.customservice.close_session, w.openid, "nobody@gh_0000000000aa")


CALLS: Calls = {
    "customservice.add_account": add_account,
    "customservice.update_account": update_account,
    "customservice.delete_account": delete_account,
    "customservice.get_accounts": get_accounts,
    "customservice.get_online_accounts": get_online_accounts,
    "client.get(customservice/getkflist, getonlinekflist)": lists,
    "customservice.create_session": create_session,
    "customservice.close_session": close_session,
}
