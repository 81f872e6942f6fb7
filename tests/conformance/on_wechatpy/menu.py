"""Custom menus and QR codes: `WeChatMenu` and `WeChatQRCode`."""

from typing import Any

from wechatpy import parse_message

from .world import Calls, World, has, ok, same

MENU: dict[str, Any] = {
    "button": [
        {"type": "click", "name": "毕业申请", "key": "K_APPLY"},
        {
            "name": "帮助",
            "sub_button": [
                {"type": "view", "name": "须知", "url": "https://bot.example/help"},
                {"type": "pic_sysphoto", "name": "拍照", "key": "K_CAMERA"},
            ],
        },
    ]
}


def get(w: World) -> None:
    w.client.menu.create(MENU)
    menu = w.client.menu.get()
    assert menu
    same([button["name"] for button in menu["menu"]["button"]], ["毕业申请", "帮助"])
    same(menu["menu"]["button"][1]["sub_button"][1]["key"], "K_CAMERA")
    w.client.menu.delete()
    same(w.client.menu.get(), None)
    w.refused(46003, w.client.get, "menu/get")


def create(w: World) -> None:
    ok(w.client.menu.create(MENU))
    click = MENU["button"][0]
    w.refused(40016, w.client.menu.create, {"button": [click] * 4})
    w.refused(40018, w.client.menu.create, {"button": [{**click, "name": "毕业申请办理"}]})
    w.refused(40017, w.client.menu.create, {"button": [{**click, "type": "dance"}]})
    w.refused(40019, w.client.menu.create, {"button": [{**click, "key": "k" * 129}]})
    w.refused(40023, w.client.menu.create, {"button": [{"name": "多", "sub_button": [click] * 6}]})
    w.refused(
        40033, w.client.post, "menu/create", data=b'{"button":[{"type":"click","name":"\\u5e2e\\u52a9","key":"K"}]}'
    )


def update(w: World) -> None:
    w.client.menu.create(MENU)
    ok(w.client.menu.update({"button": [{"type": "click", "name": "改过", "key": "K"}]}))
    menu = w.client.menu.get()
    assert menu
    same([button["name"] for button in menu["menu"]["button"]], ["改过"])
    w.refused(40016, w.client.menu.update, {"button": []})


def delete(w: World) -> None:
    w.client.menu.create(MENU)
    w.client.menu.add_conditional(_conditional(w))
    ok(w.client.menu.delete())
    same(w.client.menu.get(), None)


def get_menu_info(w: World) -> None:
    w.client.menu.create(MENU)
    answer = w.client.menu.get_menu_info()
    same(answer["is_menu_open"], 1)
    same(answer["selfmenu_info"]["button"][1]["sub_button"]["list"][0]["name"], "须知")


def _conditional(w: World) -> dict[str, Any]:
    tag = w.client.tag.create("六月批次")["id"]
    w.client.tag.tag_user(tag, w.openid)
    return {"button": [{"type": "click", "name": "六月", "key": "K_JUNE"}], "matchrule": {"tag_id": str(tag)}}


def add_conditional(w: World) -> None:
    w.refused(65303, w.client.menu.add_conditional, _conditional(w))
    w.client.menu.create(MENU)
    has(w.client.menu.add_conditional({**_conditional_of_clients()}), menuid=(str, int))
    menu = w.client.menu.get()
    assert menu
    same(len(menu["conditionalmenu"]), 1)
    w.refused(65304, w.client.menu.add_conditional, {"button": MENU["button"], "matchrule": {}})


def _conditional_of_clients() -> dict[str, Any]:
    return {"button": [{"type": "click", "name": "苹果", "key": "K_IOS"}], "matchrule": {"client_platform_type": "1"}}


def del_conditional(w: World) -> None:
    w.client.menu.create(MENU)
    menu_id = w.client.menu.add_conditional(_conditional(w))["menuid"]
    ok(w.client.menu.del_conditional(menu_id))
    menu = w.client.menu.get()
    assert menu and not menu.get("conditionalmenu")
    w.refused(65301, w.client.menu.del_conditional, menu_id)


def try_match(w: World) -> None:
    w.client.menu.create(MENU)
    w.client.menu.add_conditional(_conditional(w))
    same(_names(w.client.menu.try_match(w.openid)), ["六月"])
    same(_names(w.client.menu.try_match(w.follower())), ["毕业申请", "帮助"])
    w.refused(65302, w.client.menu.try_match, "nobody")


def _names(answer: Any) -> list[str]:
    menu = answer.get("menu", answer)
    return [button["name"] for button in menu["button"]]


def create_qrcode(w: World) -> None:
    for action, scene, lasting in [
        ("QR_SCENE", {"scene_id": 4_294_967_295}, False),
        ("QR_STR_SCENE", {"scene_str": "place_tianhe"}, False),
        ("QR_LIMIT_SCENE", {"scene_id": 100_000}, True),
        ("QR_LIMIT_STR_SCENE", {"scene_str": "海报"}, True),
    ]:
        wanted = {"action_name": action, "action_info": {"scene": scene}}
        answer = w.client.qrcode.create(wanted if lasting else {**wanted, "expire_seconds": 600})
        has(answer, ticket=str, url=str)
        same(answer.get("expire_seconds"), None if lasting else 600)
    _refused_scenes(w)
    w.say(w.stranger, type="scan", ticket=answer["ticket"])
    event: Any = parse_message(w.mock.pushes.wait(FromUserName=w.stranger, Event="subscribe"))
    same((event.event, event.scene_id, event.ticket), ("subscribe_scan", "海报", answer["ticket"]))


def _refused_scenes(w: World) -> None:
    for action, scene in [
        ("QR_SCENE", {"scene_id": 0}),
        ("QR_LIMIT_SCENE", {"scene_id": 100_001}),
        ("QR_STR_SCENE", {"scene_str": "s" * 65}),
    ]:
        w.refused(40035, w.client.qrcode.create, {"action_name": action, "action_info": {"scene": scene}})


def _ticket(w: World) -> dict[str, Any]:
    wanted = {"expire_seconds": 60, "action_name": "QR_SCENE", "action_info": {"scene": {"scene_id": 7}}}
    answer: dict[str, Any] = w.client.qrcode.create(wanted)
    return answer


def get_url(w: World) -> None:
    answer = w.http.get(w.client.qrcode.get_url(_ticket(w)))
    same((answer.status_code, answer.headers["Content-Type"]), (200, "image/jpeg"))
    same(w.http.get(w.client.qrcode.get_url("no such ticket")).status_code, 404)


CALLS: Calls = {
    "menu.get": get,
    "menu.create": create,
    "menu.update": update,
    "menu.delete": delete,
    "menu.get_menu_info": get_menu_info,
    "menu.add_conditional": add_conditional,
    "menu.del_conditional": del_conditional,
    "menu.try_match": try_match,
    "qrcode.create": create_qrcode,
    "qrcode.get_url": get_url,
}
