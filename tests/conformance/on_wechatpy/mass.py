"""Mass messages: `WeChatMessage.send_mass_*`, and what wechatpy has no method for."""

from typing import Any

from wechatpy import parse_message

from .draft import add_draft
from .world import Calls, World, has, ok, same


def _finished(w: World, msg_id: int, sent: int) -> None:
    event: Any = parse_message(w.mock.pushes.wait(Event="MASSSENDJOBFINISH", MsgID=str(msg_id)))
    same(event.event, "masssendjobfinish")
    same((event.id, event.status.lower().replace(" ", "")), (msg_id, "sendsuccess"))
    same((event.sent_count, event.error_count), (sent, 0))
    # Those who are left after filtering are those to whom it is tried.
    same(event.filter_count, event.sent_count + event.error_count)
    assert event.total_count >= event.filter_count


def send_mass_text(w: World) -> None:
    """To openids, to a tag, to all, as a preview; a re-send key doubles nothing."""
    other = w.follower()
    answer = w.client.message.send_mass_text("办理开始了", [w.openid, other], client_msg_id="send-1")
    ok(answer)
    has(answer, msg_id=int)
    _finished(w, answer["msg_id"], 2)
    w.shown("mass", other, type="text", content="办理开始了")
    w.refused(45065, w.client.message.send_mass_text, "办理开始了", [w.openid, other], client_msg_id="send-1")
    w.refused(45067, w.client.message.send_mass_text, "办理", [w.openid, other], client_msg_id="k" * 65)
    w.refused(40130, w.client.message.send_mass_text, "办理", [w.openid])
    same(len(w.screen(other, "mass")), 1)


def to_tag_and_all(w: World) -> None:
    other = w.follower()
    tag = w.client.tag.create("六月")["id"]
    ok(w.client.tag.tag_user(tag, other))
    ok(w.client.message.send_mass_text("只给六月", tag, client_msg_id="tag-1"))
    answer = w.client.message.send_mass_text("给所有人", None, is_to_all=True)
    ok(answer)
    _finished(w, answer["msg_id"], 2)
    same([item["content"] for item in w.screen(other, "mass")], ["只给六月", "给所有人"])
    same([item["content"] for item in w.screen(w.openid, "mass")], ["给所有人"])
    w.refused(45028, w.client.message.send_mass_text, "又给所有人", None, is_to_all=True)


def month(w: World) -> None:
    """A person takes four a month; the fifth leaves them out."""
    other = w.follower()
    for nth in range(4):
        _finished(w, w.client.message.send_mass_text(f"第 {nth + 1} 条", [w.openid, other])["msg_id"], 2)
    third = w.follower()
    fifth = w.client.message.send_mass_text("第五条", [w.openid, other, third])
    ok(fifth)
    event: Any = parse_message(w.mock.pushes.wait(Event="MASSSENDJOBFINISH", MsgID=str(fifth["msg_id"])))
    same((event.total_count, event.sent_count), (3, 1))
    same([len(w.screen(one, "mass")) for one in (w.openid, other, third)], [4, 4, 1])


def preview(w: World) -> None:
    ok(w.client.message.send_mass_text("先看一看", w.openid, preview=True))
    w.shown("mass", type="text", content="先看一看")
    w.refused(40003, w.client.message.send_mass_text, "先看一看", "o" * 28, preview=True)


def send_mass_image(w: World) -> None:
    media_id = w.client.material.add("image", w.file("photo.jpg"))["media_id"]
    ok(w.client.message.send_mass_image(media_id, [w.openid, w.follower()]))


def send_mass_voice(w: World) -> None:
    media_id = w.client.material.add("voice", w.file("voice.mp3"))["media_id"]
    people = [w.openid, w.follower()]
    answer = w.client.message.send_mass_voice(media_id, people)
    ok(answer)
    _finished(w, answer["msg_id"], 2)
    w.shown("mass", type="voice")
    w.refused(40007, w.client.message.send_mass_voice, "no-such-medium", people)


def send_mass_video(w: World) -> None:
    media_id = w.upload("video", "film.mp4")
    people = [w.openid, w.follower()]
    answer = w.client.message.send_mass_video(media_id, people, "怎样拍照", "一分钟")
    ok(answer)
    _finished(w, answer["msg_id"], 2)
    w.refused(40007, w.client.message.send_mass_video, "no-such-medium", people)


def send_mass_article(w: World) -> None:
    media_id = add_draft(w)
    people = [w.openid, w.follower()]
    answer = w.client.message.send_mass_article(media_id, people, send_ignore_reprint=1)
    ok(answer)
    has(answer, msg_id=int, msg_data_id=int)
    _finished(w, answer["msg_id"], 2)
    w.refused(40007, w.client.message.send_mass_article, "no-such-draft", people)


def send_mass_card(w: World) -> None:
    people = [w.openid, w.follower()]
    answer = w.client.message.send_mass_card("pFS7Fjg8kV1IdDz01r4SQwMkuCKc", people)
    ok(answer)
    _finished(w, answer["msg_id"], 2)
    w.refused(40035, w.client.message.send_mass_card, "", people)


def get_mass(w: World) -> None:
    msg_id = w.client.message.send_mass_text("办理开始了", [w.openid, w.follower()])["msg_id"]
    assert w.client.message.get_mass(msg_id)["msg_status"] in ("SENDING", "SEND_SUCCESS")
    _finished(w, msg_id, 2)
    answer = w.client.message.get_mass(msg_id)
    same((int(answer["msg_id"]), answer["msg_status"]), (msg_id, "SEND_SUCCESS"))
    w.refused(None, w.client.message.get_mass, 7)


def delete_mass(w: World) -> None:
    media_id = add_draft(w)
    msg_id = w.client.message.send_mass_article(media_id, [w.openid, w.follower()])["msg_id"]
    _finished(w, msg_id, 2)
    ok(w.client.message.delete_mass(msg_id))
    same(w.client.message.get_mass(msg_id)["msg_status"], "DELETE")
    w.refused(None, w.client.message.delete_mass, 7)


def speed(w: World) -> None:
    ok(w.client.post("message/mass/speed/set", data={"speed": 3}))
    same(w.client.post("message/mass/speed/get", data={})["speed"], 3)
    w.refused(45083, w.client.post, "message/mass/speed/set", data={"speed": 9})


CALLS: Calls = {
    "message.send_mass_text": send_mass_text,
    "message.send_mass_text(tag, all)": to_tag_and_all,
    "message.send_mass_text(preview)": preview,
    "message.send_mass_text(five in a month)": month,
    "message.send_mass_image": send_mass_image,
    "message.send_mass_voice": send_mass_voice,
    "message.send_mass_video": send_mass_video,
    "message.send_mass_article": send_mass_article,
    "message.send_mass_card": send_mass_card,
    "message.get_mass": get_mass,
    "message.delete_mass": delete_mass,
    "client.post(message/mass/speed)": speed,
}
