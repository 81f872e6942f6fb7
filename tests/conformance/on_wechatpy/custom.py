"""Customer-service messages: `WeChatMessage.send_*`."""

from .world import Calls, World, ok

ARTICLE = {
    "title": "毕业申请",
    "description": "六月的办理时间",
    "url": "https://bot.example/a",
    "image": "https://bot.example/a.jpg",
}


def send_text(w: World) -> None:
    ok(w.client.message.send_text(w.openid, '审核已通过 "看这里"'))
    w.shown("custom", type="text", content='审核已通过 "看这里"')
    for _ in range(4):
        ok(w.client.message.send_text(w.openid, "再说一次"))
    w.refused(45047, w.client.message.send_text, w.openid, "第六条")
    w.refused(45015, w.client.message.send_text, w.stranger, "您好")
    w.refused(40003, w.client.message.send_text, "nobody", "您好")


def send_image(w: World) -> None:
    media_id = w.upload("image", "photo.jpg")
    ok(w.client.message.send_image(w.openid, media_id))
    w.shown("custom", type="image", media_id=media_id)
    w.refused(40007, w.client.message.send_image, w.openid, "no-such-medium")


def send_voice(w: World) -> None:
    media_id = w.upload("voice", "voice.amr")
    ok(w.client.message.send_voice(w.openid, media_id))
    w.shown("custom", type="voice", media_id=media_id)
    w.refused(40007, w.client.message.send_voice, w.openid, "no-such-medium")


def send_video(w: World) -> None:
    media_id = w.upload("video", "film.mp4")
    ok(w.client.message.send_video(w.openid, media_id, "怎样拍照", "一分钟"))


def send_music(w: World) -> None:
    thumb = w.upload("thumb", "photo.jpg")
    ok(w.client.message.send_music(w.openid, "https://m.example/1", "https://m.example/2", thumb, "歌", "一首"))
    w.shown("custom", type="music", title="歌", url="https://m.example/1")
    w.refused(40007, w.client.message.send_music, w.openid, "https://m.example/1", "", "no-such-medium")


def send_articles(w: World) -> None:
    ok(w.client.message.send_articles(w.openid, [ARTICLE]))
    w.shown("custom", type="news")
    article = w.screen(w.openid, "custom")[-1]["articles"][0]
    assert (article["title"], article["picurl"]) == (ARTICLE["title"], ARTICLE["image"]), article
    w.refused(45008, w.client.message.send_articles, w.openid, [ARTICLE, ARTICLE])


def send_link(w: World) -> None:
    ok(w.client.message.send_link(w.openid, ARTICLE))


def send_card(w: World) -> None:
    ok(w.client.message.send_card(w.openid, "pFS7Fjg8kV1IdDz01r4SQwMkuCKc"))
    assert "pFS7Fjg8kV1IdDz01r4SQwMkuCKc" in str(w.screen(w.openid, "custom")[-1])
    w.refused(40035, w.client.message.send_card, w.openid, "")


def send_mini_program_page(w: World) -> None:
    page = {"title": "预约", "appid": "wx00000000000000ab", "pagepath": "pages/index", "thumb_media_id": ""}
    w.refused(40007, w.client.message.send_mini_program_page, w.openid, page)
    page["thumb_media_id"] = w.upload("image", "photo.jpg")
    ok(w.client.message.send_mini_program_page(w.openid, page))
    w.shown("custom", type="miniprogrampage", title="预约", pagepath="pages/index")


def send_msg_menu(w: World) -> None:
    menu = {
        "head_content": "办好了吗？",
        "list": [{"id": "101", "content": "办好了"}, {"id": "102", "content": "还没有"}],
        "tail_content": "谢谢",
    }
    ok(w.client.message.send_msg_menu(w.openid, menu))
    w.shown("custom", type="msgmenu", head_content="办好了吗？", tail_content="谢谢")
    w.say(w.openid, type="tap", id="101")
    pushed = w.mock.pushes.wait(FromUserName=w.openid, bizmsgmenuid="101")
    assert "办好了" in pushed
    w.mock.test(f"users/{w.openid}/settings", {"refuses_messages": True})
    w.refused(48002, w.client.message.send_msg_menu, w.openid, menu)


CALLS: Calls = {
    "message.send_text": send_text,
    "message.send_image": send_image,
    "message.send_voice": send_voice,
    "message.send_video": send_video,
    "message.send_music": send_music,
    "message.send_articles": send_articles,
    "message.send_link": send_link,
    "message.send_card": send_card,
    "message.send_mini_program_page": send_mini_program_page,
    "message.send_msg_menu": send_msg_menu,
}
