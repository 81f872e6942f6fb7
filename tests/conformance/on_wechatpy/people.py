"""Followers, tags and the blacklist: `WeChatUser` and `WeChatTag`."""

from .world import Calls, World, has, ok, same


def get(w: World) -> None:
    answer = w.client.user.get(w.openid)
    same((answer["subscribe"], answer["openid"], answer["language"]), (1, w.openid, "zh_CN"))
    has(
        answer,
        subscribe_time=int,
        remark=str,
        groupid=int,
        tagid_list=list,
        subscribe_scene=str,
        qr_scene=int,
        qr_scene_str=str,
    )
    same(w.client.user.get(w.stranger), {"subscribe": 0, "openid": w.stranger})
    w.refused(40003, w.client.user.get, "nobody")


def get_followers(w: World) -> None:
    other = w.follower()
    answer = w.client.user.get_followers()
    same((answer["total"], answer["count"]), (2, 2))
    same(answer["data"]["openid"], [w.openid, other])
    same(answer["next_openid"], other)
    end = w.client.user.get_followers(other)
    same((end["count"], end["next_openid"]), (0, ""))
    assert "data" not in end
    w.refused(40003, w.client.user.get_followers, "nobody")


def iter_followers(w: World) -> None:
    people = [w.openid, w.follower(), w.follower()]
    same(list(w.client.user.iter_followers()), people)
    same(list(w.client.user.iter_followers(w.openid)), people[1:])


def update_remark(w: World) -> None:
    ok(w.client.user.update_remark(w.openid, "六月批次"))
    same(w.client.user.get(w.openid)["remark"], "六月批次")
    w.refused(40003, w.client.user.update_remark, "nobody", "六月批次")


def get_batch(w: World) -> None:
    first, second = w.client.user.get_batch([w.openid, w.stranger])
    same((first["openid"], first["subscribe"]), (w.openid, 1))
    same((second["openid"], second["subscribe"]), (w.stranger, 0))
    (english,) = w.client.user.get_batch([{"openid": w.openid, "lang": "en"}])
    same(english["openid"], w.openid)
    w.refused(40003, w.client.user.get_batch, ["nobody"])
    w.refused(40032, w.client.user.get_batch, [w.openid] * 101)


def create(w: World) -> None:
    tag = w.client.tag.create("六月批次")
    same(tag["name"], "六月批次")
    assert tag["id"] > 2, "ids 0, 1, 2 are reserved"
    w.refused(45157, w.client.tag.create, "六月批次")
    w.refused(45158, w.client.tag.create, "一二三四五六七八九十多")


def get_tags(w: World) -> None:
    tag = w.client.tag.create("六月批次")["id"]
    ok(w.client.tag.tag_user(tag, w.openid))
    (found,) = [one for one in w.client.tag.get() if one["id"] == tag]
    same(found, {"id": tag, "name": "六月批次", "count": 1})


def update(w: World) -> None:
    tag = w.client.tag.create("六月批次")["id"]
    ok(w.client.tag.update(tag, "十二月批次"))
    assert "十二月批次" in [one["name"] for one in w.client.tag.get()]
    w.refused(45058, w.client.tag.update, 2, "星标")
    w.client.tag.create("别的")
    w.refused(45157, w.client.tag.update, tag, "别的")


def delete(w: World) -> None:
    tag = w.client.tag.create("六月批次")["id"]
    ok(w.client.tag.tag_user(tag, w.openid))
    ok(w.client.tag.delete(tag))
    same(w.client.tag.get_user_tag(w.openid), [])
    w.refused(45058, w.client.tag.delete, 2)


def tag_user(w: World) -> None:
    tag = w.client.tag.create("六月批次")["id"]
    ok(w.client.tag.tag_user(tag, [w.openid, w.follower()]))
    same(w.client.tag.get_user_tag(w.openid), [tag])
    same(w.client.user.get(w.openid)["tagid_list"], [tag])
    w.refused(45159, w.client.tag.tag_user, 9_999, w.openid)
    w.refused(40003, w.client.tag.tag_user, tag, "nobody")
    w.refused(40032, w.client.tag.tag_user, tag, [w.openid] * 51)


def untag_user(w: World) -> None:
    tag = w.client.tag.create("六月批次")["id"]
    ok(w.client.tag.tag_user(tag, w.openid))
    ok(w.client.tag.untag_user(tag, w.openid))
    same(w.client.tag.get_user_tag(w.openid), [])
    w.refused(45159, w.client.tag.untag_user, 9_999, w.openid)


def get_user_tag(w: World) -> None:
    same(w.client.tag.get_user_tag(w.openid), [])
    w.refused(40003, w.client.tag.get_user_tag, "nobody")


def get_tag_users(w: World) -> None:
    tag = w.client.tag.create("六月批次")["id"]
    people = [w.openid, w.follower()]
    ok(w.client.tag.tag_user(tag, people))
    answer = w.client.tag.get_tag_users(tag)
    same((answer["count"], sorted(answer["data"]["openid"])), (2, sorted(people)))
    has(answer, next_openid=str)
    w.refused(45159, w.client.tag.get_tag_users, 9_999)


def iter_tag_users(w: World) -> None:
    tag = w.client.tag.create("六月批次")["id"]
    same(list(w.client.tag.iter_tag_users(tag)), [])
    people = [w.openid, w.follower(), w.follower()]
    ok(w.client.tag.tag_user(tag, people))
    same(sorted(w.client.tag.iter_tag_users(tag)), sorted(people))


def batch_black_list(w: World) -> None:
    ok(w.client.tag.batch_black_list([w.openid]))
    same(w.client.tag.get_black_list()["data"]["openid"], [w.openid])
    w.refused(40003, w.client.tag.batch_black_list, ["nobody"])
    w.refused(40032, w.client.tag.batch_black_list, [w.openid] * 21)


def batch_unblack_list(w: World) -> None:
    ok(w.client.tag.batch_black_list([w.openid]))
    ok(w.client.tag.batch_unblack_list([w.openid]))
    same(w.client.tag.get_black_list()["total"], 0)
    w.refused(40003, w.client.tag.batch_unblack_list, ["nobody"])


def get_black_list(w: World) -> None:
    same(w.client.tag.get_black_list()["total"], 0)
    other = w.follower()
    ok(w.client.tag.batch_black_list([w.openid, other]))
    answer = w.client.tag.get_black_list()
    same((answer["total"], answer["count"], sorted(answer["data"]["openid"])), (2, 2, sorted([w.openid, other])))
    same(w.client.tag.get_black_list(answer["next_openid"])["count"], 0)


CALLS: Calls = {
    "user.get": get,
    "user.get_followers": get_followers,
    "user.iter_followers": iter_followers,
    "user.update_remark": update_remark,
    "user.get_batch": get_batch,
    "tag.create": create,
    "tag.get": get_tags,
    "tag.update": update,
    "tag.delete": delete,
    "tag.tag_user": tag_user,
    "tag.untag_user": untag_user,
    "tag.get_user_tag": get_user_tag,
    "tag.get_tag_users": get_tag_users,
    "tag.iter_tag_users": iter_tag_users,
    "tag.batch_black_list": batch_black_list,
    "tag.batch_unblack_list": batch_unblack_list,
    "tag.get_black_list": get_black_list,
}
