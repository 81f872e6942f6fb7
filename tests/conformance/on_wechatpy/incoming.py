"""What the mock pushes, read by `wechatpy.parse_message`: messages and events of every kind that a person can cause."""

import base64
from typing import Any

from wechatpy import parse_message

from .world import Calls, Drive, World, same


def _pushed(w: World, what: dict[str, Any], **fields: str) -> Any:
    """The newest push with these elements after the person did this."""
    w.say(w.openid, **what)
    return parse_message(w.mock.pushes.kept(FromUserName=w.openid, **fields)[-1]["xml"])


def _message(what: dict[str, Any], kind: str, **expected: object) -> Drive:
    """A message of this kind; the expected fields by wechatpy's names for them."""

    def drive(w: World) -> None:
        message = _pushed(w, what, MsgType=kind)
        same((message.type, message.source), (kind, w.openid))
        assert message.id and message.time and message.target.startswith("gh_")
        for name, value in expected.items():
            same(getattr(message, name), value)

    return drive


def _event(name: str, pressed: str, extra: dict[str, Any], kind: str, **expected: object) -> Drive:
    def drive(w: World) -> None:
        what = {"type": "event", "event": name, "event_key": pressed, "extra": extra}
        parsed = _pushed(w, what, Event=name)
        same((parsed.event, parsed.source), (kind, w.openid))
        for field, value in expected.items():
            same(getattr(parsed, field), value)

    return drive


def image(w: World) -> None:
    picture = w.file("photo.jpg")[1]
    what = {"type": "image", "file": base64.b64encode(picture).decode()}
    message = _pushed(w, what, MsgType="image")
    assert message.image
    same(w.client.media.download(message.media_id).content, picture)


def camera(w: World) -> None:
    what = {
        "type": "image",
        "file": base64.b64encode(w.file("photo.jpg")[1]).decode(),
        "via": "camera",
        "event_key": "K",
    }
    event = _pushed(w, what, Event="pic_sysphoto")
    same((event.event, event.key, event.count, len(event.pictures)), ("pic_sysphoto", "K", 1, 1))


def scan(w: World) -> None:
    event = _pushed(w, {"type": "scan", "scene": "place_tianhe"}, Event="SCAN")
    same((event.event, event.scene_id), ("scan", "place_tianhe"))
    assert event.ticket


_SCANNED = {"ScanCodeInfo": {"ScanType": "qrcode", "ScanResult": "r"}}
_PLACE = {
    "SendLocationInfo": {"Location_X": "23.1", "Location_Y": "113.3", "Scale": "15", "Label": "某路", "Poiname": ""}
}
_WHERE = {"Latitude": "23.1", "Longitude": "113.3", "Precision": "30"}

CALLS: Calls = {
    "parse_message(text)": _message({"type": "text", "content": "<您好> & ]]> 👋"}, "text", content="<您好> & ]]> 👋"),
    "parse_message(image)": image,
    "parse_message(voice)": _message(
        {"type": "voice", "recognition": "你好"}, "voice", recognition="你好", format="amr"
    ),
    "parse_message(video)": _message({"type": "video"}, "video"),
    "parse_message(location)": _message(
        {"type": "location", "latitude": 23.1, "longitude": 113.3, "label": "某路", "scale": 16},
        "location",
        location_x="23.1",
        location_y="113.3",
        scale="16",
        label="某路",
    ),
    "parse_message(link)": _message(
        {"type": "link", "title": "题", "description": "述", "url": "https://x.example/"},
        "link",
        title="题",
        description="述",
        url="https://x.example/",
    ),
    "parse_message(pic_sysphoto)": camera,
    "parse_message(SCAN)": scan,
    "parse_message(subscribe)": _event(
        "subscribe", "qrscene_a1", {"Ticket": "tk"}, "subscribe_scan", scene_id="a1", ticket="tk"
    ),
    "parse_message(unsubscribe)": _event("unsubscribe", "", {}, "unsubscribe"),
    "parse_message(CLICK)": _event("CLICK", "K_HELP", {}, "click", key="K_HELP"),
    "parse_message(VIEW)": _event("VIEW", "https://x.example/", {"MenuId": "1"}, "view", url="https://x.example/"),
    "parse_message(LOCATION)": _event(
        "LOCATION", "", _WHERE, "location", latitude=23.1, longitude=113.3, precision=30.0
    ),
    "parse_message(scancode_waitmsg)": _event(
        "scancode_waitmsg", "k", _SCANNED, "scancode_waitmsg", key="k", scan_result="r"
    ),
    "parse_message(scancode_push)": _event(
        "scancode_push", "k", _SCANNED, "scancode_push", key="k", scan_type="qrcode"
    ),
    "parse_message(location_select)": _event("location_select", "k", _PLACE, "location_select", key="k", label="某路"),
}
