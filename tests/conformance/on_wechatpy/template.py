"""Template messages and 订阅通知: `WeChatTemplate`, `WeChatMessage.send_template` and `send_subscribe_message`."""

from typing import Any

from wechatpy import parse_message

from .world import TEMPLATE, Calls, World, has, ok, same

DATA = {"phrase1": {"value": "通过"}, "thing2": {"value": "请到办理地点领取"}}
TOO_LONG = {**DATA, "thing2": {"value": "一二三四五六七八九十一二三四五六七八九十多"}}


def send_template(w: World) -> None:
    mini_program = {"appid": "wx00000000000000ab", "pagepath": "pages/index"}
    answer = w.client.message.send_template(w.openid, TEMPLATE, DATA, "https://bot.example/", mini_program)
    ok(answer)
    has(answer, msgid=int)
    w.shown("template", type="template", template_id=TEMPLATE, content="结果：通过\n说明：请到办理地点领取")
    event: Any = parse_message(w.mock.pushes.wait(Event="TEMPLATESENDJOBFINISH", MsgID=str(answer["msgid"])))
    same((event.event, event.id, event.status), ("templatesendjobfinish", answer["msgid"], "success"))
    w.refused(40037, w.client.message.send_template, w.openid, "U" * 43, DATA)
    w.refused(47003, w.client.message.send_template, w.openid, TEMPLATE, TOO_LONG)
    w.refused(43004, w.client.message.send_template, w.stranger, TEMPLATE, DATA)
    w.refused(40003, w.client.message.send_template, "nobody", TEMPLATE, DATA)


def send_once(w: World) -> None:
    """`client_msg_id`, which wechatpy has no argument for, keeps a call that is made again from sending again."""
    message = {"touser": w.openid, "template_id": TEMPLATE, "data": DATA, "client_msg_id": "once-1"}
    first = w.client.post("message/template/send", data=message)
    same(w.client.post("message/template/send", data=message)["msgid"], first["msgid"])
    same(len(w.screen(w.openid, "template")), 1)


def add(w: World) -> None:
    for call in (w.client.template.add, w.client.template.get):
        template_id = call("TM00015")
        assert isinstance(template_id, str) and template_id
    titles = [one["template_id"] for one in w.client.template.get_all_private_template()["template_list"]]
    assert template_id in titles
    w.refused(40036, w.client.template.add, "")


def get_all_private_template(w: World) -> None:
    (only,) = w.client.template.get_all_private_template()["template_list"]
    same((only["template_id"], only["title"]), (TEMPLATE, "审核结果"))
    has(only, primary_industry=str, deputy_industry=str, example=str)
    assert "{{thing2.DATA}}" in only["content"]


def del_private_template(w: World) -> None:
    ok(w.client.template.del_private_template(TEMPLATE))
    same(w.client.template.get_all_private_template()["template_list"], [])
    w.refused(40037, w.client.template.del_private_template, TEMPLATE)


def _subscribable(w: World) -> str:
    return str(w.client.template.add_subscribe_message_template("1401", [1, 2], "审核结果"))


def send_subscribe_message(w: World) -> None:
    template_id = _subscribable(w)
    data = _data_for(w, template_id)
    w.refused(43101, w.client.message.send_subscribe_message, w.openid, template_id, data)
    _accept(w, template_id)
    ok(w.client.message.send_subscribe_message(w.openid, template_id, data, page="https://bot.example/"))
    w.shown("subscribe", template_id=template_id)
    event: Any = parse_message(w.mock.pushes.wait(Event="subscribe_msg_sent_event", FromUserName=w.openid))
    (sent,) = event.subscribes
    same((sent["TemplateId"], sent["ErrorCode"], sent["ErrorStatus"]), (template_id, "0", "success"))
    w.refused(43101, w.client.message.send_subscribe_message, w.openid, template_id, data)
    w.refused(40037, w.client.message.send_subscribe_message, w.openid, TEMPLATE, DATA)
    w.refused(40037, w.client.message.send_template, w.openid, template_id, data)


def change(w: World) -> None:
    """A long-term template is good until the person takes it back in the settings."""
    template_id = w.client.template.add_subscribe_message_template("45301", [1, 2], "办理进度")
    data = _data_for(w, template_id)
    _accept(w, template_id)
    for _ in range(2):
        ok(w.client.message.send_subscribe_message(w.openid, template_id, data))
    listed = {"TemplateId": template_id, "SubscribeStatusString": "reject"}
    extra = {"SubscribeMsgChangeEvent": {"List": listed}}
    w.say(w.openid, type="event", event="subscribe_msg_change_event", extra=extra)
    event: Any = parse_message(w.mock.pushes.wait(Event="subscribe_msg_change_event", FromUserName=w.openid))
    same(event.subscribes, [listed])
    w.refused(43101, w.client.message.send_subscribe_message, w.openid, template_id, data)


def _accept(w: World, template_id: str) -> None:
    """The person says yes to one message of this template, and wechatpy understands the event that says so."""
    listed = {"TemplateId": template_id, "SubscribeStatusString": "accept", "PopupScene": "0"}
    extra = {"SubscribeMsgPopupEvent": {"List": listed}}
    w.say(w.openid, type="event", event="subscribe_msg_popup_event", extra=extra)
    event: Any = parse_message(w.mock.pushes.wait(Event="subscribe_msg_popup_event", FromUserName=w.openid))
    (answer,) = event.subscribes
    same((answer["TemplateId"], answer["SubscribeStatusString"]), (template_id, "accept"))


def _data_for(w: World, template_id: str) -> dict[str, dict[str, str]]:
    """A value for every place of the template; the letters of its name say what fits."""
    (found,) = [one for one in w.client.template.get_subscribe_message_templates() if one["priTmplId"] == template_id]
    names = [piece.split(".DATA}}")[0] for piece in found["content"].split("{{")[1:]]
    assert names, found
    values = {
        "thing": "通过",
        "phrase": "通过",
        "time": "2026年6月15日 15:01",
        "date": "2026年6月15日",
        "name": "陈样例",
    }
    return {name: {"value": values.get(name.rstrip("0123456789"), "1")} for name in names}


def add_subscribe_message_template(w: World) -> None:
    template_id = _subscribable(w)
    assert template_id
    for wrong in ([1], [1, 2, 3, 4, 5, 6]):
        w.refused(None, w.client.template.add_subscribe_message_template, "1401", wrong, "审核结果")
    w.refused(None, w.client.template.add_subscribe_message_template, "1401", [1, 2], "说" * 16)


def del_subscribe_message_template(w: World) -> None:
    template_id = _subscribable(w)
    ok(w.client.template.del_subscribe_message_template(template_id))
    same(w.client.template.get_subscribe_message_templates(), [])
    w.refused(None, w.client.template.del_subscribe_message_template, template_id)


def get_subscribe_message_templates(w: World) -> None:
    same(w.client.template.get_subscribe_message_templates(), [])
    template_id = _subscribable(w)
    (only,) = w.client.template.get_subscribe_message_templates()
    same(only["priTmplId"], template_id)
    has(only, title=str, content=str, example=str, type=int)


def get_category(w: World) -> None:
    categories = w.client.template.get_category()
    assert categories
    for category in categories:
        has(category, id=int, name=str)


def set_industry(w: World) -> None:
    ok(w.client.template.set_industry(1, 16))
    same(_industries(w), [("IT科技", "互联网|电子商务"), ("教育", "培训")])
    w.refused(40102, w.client.template.set_industry, 1, 99)
    for _ in range(4):
        ok(w.client.template.set_industry(16, 17))
    w.refused(43100, w.client.template.set_industry, 1, 2)


def _industries(w: World) -> list[tuple[str, str]]:
    answer = w.client.template.get_industry()
    return [
        (answer[name]["first_class"], answer[name]["second_class"])
        for name in ("primary_industry", "secondary_industry")
    ]


def get_industry(w: World) -> None:
    assert all(first and second for first, second in _industries(w))


def get_subscribe_message_template_keywords(w: World) -> None:
    count, keywords = w.client.template.get_subscribe_message_template_keywords("1401")
    same(count, len(keywords))
    has(keywords[0], kid=int, name=str, example=str, rule=str)
    w.refused(None, w.client.template.get_subscribe_message_template_keywords, "0")


def get_subscribe_message_template_titles(w: World) -> None:
    count, _ = w.client.template.get_subscribe_message_template_titles()
    assert count


CALLS: Calls = {
    "template.set_industry": set_industry,
    "template.get_industry": get_industry,
    "template.get_subscribe_message_template_keywords": get_subscribe_message_template_keywords,
    "template.get_subscribe_message_template_titles": get_subscribe_message_template_titles,
    "message.send_template": send_template,
    "client.post(template/send with client_msg_id)": send_once,
    "template.add": add,
    "template.get": add,
    "template.get_all_private_template": get_all_private_template,
    "template.del_private_template": del_private_template,
    "message.send_subscribe_message": send_subscribe_message,
    "message.send_subscribe_message(long-term)": change,
    "template.add_subscribe_message_template": add_subscribe_message_template,
    "template.del_subscribe_message_template": del_subscribe_message_template,
    "template.get_subscribe_message_templates": get_subscribe_message_templates,
    "template.get_category": get_category,
}
