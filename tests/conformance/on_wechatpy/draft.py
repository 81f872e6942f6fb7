"""Drafts, whose ids mass messages carry: `WeChatDraft`."""

from typing import Any

from .world import Calls, World, has, ok, same


def article(w: World, title: str) -> dict[str, object]:
    cover = w.client.material.add("image", w.file("photo.jpg"))["media_id"]
    return {
        "title": title,
        "author": "考办",
        "digest": "摘要",
        "content": "<p>正文</p>",
        "content_source_url": "https://bot.example/",
        "thumb_media_id": cover,
    }


def add_draft(w: World, title: str = "六月毕业申请") -> str:
    return str(w.client.draft.add([article(w, title)])["media_id"])


def add(w: World) -> None:
    has(w.client.draft.add([article(w, "六月毕业申请")]), media_id=str)
    w.refused(40007, w.client.draft.add, [{**article(w, "没有封面"), "thumb_media_id": "no-such-medium"}])


def get(w: World) -> None:
    items = w.client.draft.get(add_draft(w))["news_item"]
    same([item["title"] for item in items], ["六月毕业申请"])
    has(items[0], content=str, thumb_media_id=str, url=str)
    w.refused(40007, w.client.draft.get, "no-such-draft")


def update(w: World) -> None:
    media_id = add_draft(w)
    ok(w.client.draft.update(media_id, 0, article(w, "改过的题目")))
    same(w.client.draft.get(media_id)["news_item"][0]["title"], "改过的题目")
    w.refused(40007, w.client.draft.update, "no-such-draft", 0, article(w, "题目"))


def delete(w: World) -> None:
    media_id = add_draft(w)
    ok(w.client.draft.delete(media_id))
    w.refused(40007, w.client.draft.get, media_id)
    w.refused(40007, w.client.draft.delete, media_id)


def count(w: World) -> None:
    add_draft(w)
    add_draft(w)
    same(w.client.draft.count()["total_count"], 2)


def batchget(w: World) -> None:
    ids = {add_draft(w, "一"), add_draft(w, "二")}
    answer = w.client.draft.batchget(0, 20, 1)
    same((answer["total_count"], answer["item_count"]), (2, 2))
    same({item["media_id"] for item in answer["item"]}, ids)
    assert all("content" not in news or not news["content"] for item in answer["item"] for news in _news(item))
    (second,) = w.client.draft.batchget(1, 1)["item"]
    same([bool(news["content"]) for news in _news(second)], [True])
    w.refused(None, w.client.draft.batchget, 0, 21)


def _news(item: Any) -> list[dict[str, Any]]:
    news: list[dict[str, Any]] = item["content"]["news_item"]
    return news


CALLS: Calls = {
    "draft.add": add,
    "draft.get": get,
    "draft.update": update,
    "draft.delete": delete,
    "draft.count": count,
    "draft.batchget": batchget,
}
