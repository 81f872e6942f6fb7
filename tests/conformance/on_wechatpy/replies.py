"""What a bot made of wechatpy answers, sealed by wechatpy, and what the person then sees: `wechatpy.replies`."""

from typing import Any

from wechatpy.replies import (
    ArticlesReply,
    BaseReply,
    EmptyReply,
    ImageReply,
    MusicReply,
    TextReply,
    TransferCustomerServiceReply,
    VideoReply,
    VoiceReply,
)

from .world import Calls, World, same

ARTICLE = {
    "title": "毕业申请",
    "description": "办理时间",
    "image": "https://bot.example/a.jpg",
    "url": "https://bot.example/a",
}


def _seen(w: World, reply: type[BaseReply], **fields: Any) -> Any:
    """What the person sees at once when the bot answers with this."""
    w.mock.reply_with(lambda message: reply(message=message, **fields))
    return w.say(w.openid, type="text", content="您好")["reply"]


def text(w: World) -> None:
    seen = _seen(w, TextReply, content="<您好> & \n👋")
    same((seen["type"], seen["content"]), ("text", "<您好> & \n👋"))
    same(seen["channel"], "passive")
    same(_seen(w, TextReply, content="长" * 683), None)


def image(w: World) -> None:
    media_id = w.upload("image", "photo.jpg")
    seen = _seen(w, ImageReply, media_id=media_id)
    same((seen["type"], seen["media_id"]), ("image", media_id))


def voice(w: World) -> None:
    media_id = w.upload("voice", "voice.amr")
    seen = _seen(w, VoiceReply, media_id=media_id)
    same((seen["type"], seen["media_id"]), ("voice", media_id))


def video(w: World) -> None:
    media_id = w.upload("video", "film.mp4")
    seen = _seen(w, VideoReply, media_id=media_id, title="怎样拍照", description="一分钟")
    same((seen["type"], seen["media_id"], seen["title"]), ("video", media_id, "怎样拍照"))


def music(w: World) -> None:
    thumb = w.upload("thumb", "photo.jpg")
    music = {
        "title": "歌",
        "description": "一首",
        "music_url": "https://m.example/1",
        "hq_music_url": "https://m.example/2",
    }
    seen = _seen(w, MusicReply, thumb_media_id=thumb, **music)
    same((seen["type"], seen["title"], seen["url"]), ("music", "歌", "https://m.example/1"))


def news(w: World) -> None:
    seen = _seen(w, ArticlesReply, articles=[ARTICLE])
    same(seen["type"], "news")
    (article,) = seen["articles"]
    same((article["title"], article["picurl"], article["url"]), (ARTICLE["title"], ARTICLE["image"], ARTICLE["url"]))
    seen = _seen(w, ArticlesReply, articles=[ARTICLE, ARTICLE])
    assert seen is None or seen["from"] == "system", "a message is answered by one article at most"


def transfer(w: World) -> None:
    same(_seen(w, TransferCustomerServiceReply)["type"], "transfer_customer_service")
    w.mock.reply_with(None)
    w.mock.test(f"users/{w.openid}/agent", {"act": "take"})
    w.say(w.openid, type="text", content="只给老师")
    same(w.mock.pushes.kept(FromUserName=w.openid, Content="只给老师"), [])


def empty(w: World) -> None:
    w.mock.reply_with(lambda message: EmptyReply())
    answer = w.say(w.openid, type="text", content="您好")
    same((answer["reply"], answer["attempts"]), (None, 1))


CALLS: Calls = {
    "reply(TextReply)": text,
    "reply(ImageReply)": image,
    "reply(VoiceReply)": voice,
    "reply(VideoReply)": video,
    "reply(MusicReply)": music,
    "reply(ArticlesReply)": news,
    "reply(TransferCustomerServiceReply)": transfer,
    "reply(EmptyReply)": empty,
}
