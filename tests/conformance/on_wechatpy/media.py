"""Temporary and permanent media: `WeChatMedia` and `WeChatMaterial`."""

import requests

from .world import Calls, World, has, ok, same

MB = 1024 * 1024
# A frame of the narrow-band codec at its best rate is 32 bytes and 20 ms.
AMR_HEAD, AMR_SECOND = b"#!AMR\n", (b"\x3c" + bytes(31)) * 50
_SAMPLES = {"image": "photo.jpg", "voice": "voice.amr", "video": "film.mp4"}


def upload(w: World) -> None:
    for kind, name in [("image", "photo.jpg"), ("voice", "voice.amr"), ("voice", "voice.mp3"), ("video", "film.mp4")]:
        answer = w.client.media.upload(kind, w.file(name))
        same(answer["type"], kind)
        has(answer, media_id=str, created_at=int)
    has(w.client.media.upload("thumb", w.file("photo.jpg")), thumb_media_id=str)
    w.refused(40004, w.client.media.upload, "scroll", w.file("photo.jpg"))
    w.refused(40012, w.client.media.upload, "thumb", w.file("large.jpg"))
    w.refused(41005, w.client.post, "media/upload", params={"type": "image"}, files={"file": w.file("photo.jpg")})


def bounds(w: World) -> None:
    """Each kind has its size and its types; a voice has its length."""
    heads = {kind: w.file(name)[1] for kind, name in _SAMPLES.items()}
    for kind, limit, code in [("image", 10 * MB, 40009), ("voice", 2 * MB, 40010), ("video", 10 * MB, 40011)]:
        name = _SAMPLES[kind]
        w.refused(code, w.client.media.upload, kind, (name, heads[kind].ljust(limit + 1, b"\0")))
    w.refused(45007, w.client.media.upload, "voice", ("long.amr", AMR_HEAD + AMR_SECOND * 61))
    has(w.client.media.upload("voice", ("minute.amr", AMR_HEAD + AMR_SECOND * 60)), media_id=str)
    w.refused(40005, w.client.media.upload, "image", w.file("text.txt"))
    w.refused(44001, w.client.media.upload, "image", ("empty.jpg", b""))


def download(w: World) -> None:
    answer = w.client.media.download(w.upload("image", "photo.jpg"))
    same(answer.content, w.file("photo.jpg")[1])
    same(answer.headers["Content-Type"], "image/jpeg")
    assert "filename=" in answer.headers["Content-Disposition"]
    has(w.client.media.download(w.upload("video", "film.mp4")), video_url=str)
    w.refused(40007, w.client.media.download, "no-such-medium")
    media_id = w.upload("image", "photo.jpg")
    w.mock.test("clock", {"advance_seconds": 3 * 86_400})
    w.refused(40007, w.client.media.download, media_id)


def get_url(w: World) -> None:
    url = w.client.media.get_url(w.upload("image", "photo.jpg"))
    same(w.http.get(url).content, w.file("photo.jpg")[1])
    same(w.http.get(w.client.media.get_url("no-such-medium")).json()["errcode"], 40007)


def upload_image(w: World) -> None:
    for call in (w.client.media.upload_image, w.client.media.upload_mass_image):
        url = call(w.file("photo.jpg"))
        same(requests.get(url).content, w.file("photo.jpg")[1])
    w.refused(40005, w.client.media.upload_image, w.file("text.txt"))


def jssdk(w: World) -> None:
    """The voice of a page, for which wechatpy has no method."""
    answer = w.client.get("media/get/jssdk", params={"media_id": w.upload("voice", "voice.amr")})
    assert answer.content
    w.refused(40007, w.client.get, "media/get/jssdk", params={"media_id": "no-such-medium"})


def add(w: World) -> None:
    image = w.client.material.add("image", w.file("photo.jpg"))
    has(image, media_id=str, url=str)
    has(w.client.material.add("voice", w.file("voice.mp3")), media_id=str)
    has(w.client.material.add("thumb", w.file("photo.jpg")), media_id=str)
    w.refused(40004, w.client.material.add, "scroll", w.file("photo.jpg"))
    w.refused(40012, w.client.material.add, "thumb", w.file("large.jpg"))


def add_video(w: World) -> None:
    has(w.client.material.add("video", w.file("film.mp4"), "怎样拍照", "一分钟"), media_id=str)


def get(w: World) -> None:
    media_id = w.client.material.add("image", w.file("photo.jpg"))["media_id"]
    w.mock.test("clock", {"advance_seconds": 30 * 86_400})
    same(w.client.material.get(media_id).content, w.file("photo.jpg")[1])
    w.refused(40007, w.client.material.get, "no-such-medium")


def delete(w: World) -> None:
    media_id = w.client.material.add("image", w.file("photo.jpg"))["media_id"]
    ok(w.client.material.delete(media_id))
    w.refused(40007, w.client.material.get, media_id)
    w.refused(40007, w.client.material.delete, media_id)


def get_count(w: World) -> None:
    w.client.material.add("image", w.file("photo.jpg"))
    counts = w.client.material.get_count()
    same([counts[f"{kind}_count"] for kind in ("image", "voice", "video")], [1, 0, 0])
    has(counts, news_count=int)


def batchget(w: World) -> None:
    ids = {w.client.material.add("image", w.file("photo.jpg"))["media_id"] for _ in range(3)}
    answer = w.client.material.batchget("image", 0, 2)
    same((answer["total_count"], answer["item_count"], len(answer["item"])), (3, 2, 2))
    has(answer["item"][0], media_id=str, name=str, update_time=int, url=str)
    seen = answer["item"] + w.client.material.batchget("image", 2, 20)["item"]
    same({item["media_id"] for item in seen}, ids)
    w.refused(40004, w.client.material.batchget, "scroll")


CALLS: Calls = {
    "media.upload": upload,
    "media.upload(bounds)": bounds,
    "media.download": download,
    "media.get_url": get_url,
    "media.upload_image": upload_image,
    "media.upload_mass_image": upload_image,
    "client.get(media/get/jssdk)": jssdk,
    "material.add": add,
    "material.add(video)": add_video,
    "material.get": get,
    "material.delete": delete,
    "material.get_count": get_count,
    "material.batchget": batchget,
}
