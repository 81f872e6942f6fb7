"""An office's day over the JSON API: every operation once as it is meant, on the cases of real candidates. What is
answered has to be a success, in the shape that the description promises: schemathesis looks at that, too."""

import itertools
from dataclasses import dataclass, field
from typing import Any, Final

import requests
from api_people import DATA, Person, until
from schemathesis.schemas import BaseSchema

XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
#: One push is refused for good: the platform says that it knows no such person.
REFUSED: Final = {"target": "/cgi-bin/message/custom/send", "kind": "errcode", "value": 40003, "times": 1}


@dataclass
class Office:
    """Whoever has keys, and what they have reached."""

    url: str
    schema: BaseSchema
    keys: dict[str, str]
    reached: set[str] = field(default_factory=set)
    names: Any = field(default_factory=lambda: itertools.count(1))

    def ask(self, key: str, what: str, query: Any = None, body: Any = None, **parts: Any) -> Any:
        """Asks with the key of that name, as `GET /path/{part}`; the JSON of the answer, or the answer that has none. A
        body of bytes comes with its media type: `(bytes, type)`."""
        method, path = what.split()
        headers = {"Authorization": f"Bearer {self.keys[key]}"}
        if method != "GET":
            headers["Idempotency-Key"] = f"walk-{next(self.names)}"
        sent: dict[str, Any] = {"json": body} if isinstance(body, dict) else {}
        if isinstance(body, tuple):
            sent["data"], headers["Content-Type"] = body
        url = self.url + path.format(**parts)
        answer = requests.request(method, url, params=query, headers=headers, timeout=30, **sent)
        if answer.status_code // 100 != 2:
            raise SystemExit(f"{what} {parts}: {answer.status_code} {answer.text}")
        self.schema[path][method].validate_response(answer)
        self.reached.add(what)
        is_json = answer.headers.get("content-type", "").startswith("application/json")
        return answer.json() if is_json else answer

    def stage(self, number: str) -> str:
        return str(self.ask("province", "GET /api/v1/cases/{number}", number=number)["stage"])

    def number_of(self, person: Person) -> str | None:
        """Of the person's application, once there is one."""
        sought = {"by": "exam_no", "value": person.record["exam_no"]}
        found = self.ask("province", "POST /api/v1/people/search", body=sought)["people"]
        return found[0]["case"]["number"] if found and found[0]["case"] else None


def hand_in(office: Office, person: Person) -> str:
    """The whole way to the city's review; the application's number."""
    person.apply()
    number = until("an application", lambda: office.number_of(person))
    until("verified", lambda: office.stage(number) == "data_to_confirm")
    person.say("确认无误", "我知道了，去拍照", "同意", "不用链接，在这里用菜单相机拍", "1", "去拍照")
    person.photograph()
    until("a portrait", lambda: office.stage(number) == "captured")
    person.say("我已摄像完成，下一步")
    until("handed in", lambda: office.stage(number) == "portrait_at_city")
    return str(number)


def look(office: Office, number: str) -> None:
    """Whatever only shows."""
    office.ask("province", "GET /api/v1/me")
    page = office.ask("city", "GET /api/v1/cases", {"part": "portrait", "waiting": "true", "limit": 1})
    assert page["next"], "several wait"
    office.ask("city", "GET /api/v1/cases", {"limit": 1, "cursor": page["next"], "rounds": "first", "holder": "free"})
    office.ask("province", "GET /api/v1/cases/{number}/candidate", number=number)
    photo = "GET /api/v1/cases/{number}/photos/{round}/{slot}"
    assert office.ask("city", photo, number=number, round=1, slot="portrait").content[:2] == b"\xff\xd8"
    assert office.ask("province", "GET /api/v1/overview")["promise_working_days"] == 2
    office.ask("city", "GET /api/v1/appointments", {"district": "天河区"})
    assert office.ask("city", "GET /api/v1/exports/cases", {"stage": "portrait_at_city"}).content[:2] == b"PK"
    office.ask("admin", "GET /api/v1/audit")


def review(office: Office, graduate: Person) -> None:
    """One case from the queue to the end, another that is not approved."""
    held = office.ask("city", "POST /api/v1/cases/next", {"part": "portrait"})
    other = held["case"]["number"]
    office.ask("city", "POST /api/v1/cases/{number}/hold", number=other)
    office.ask("city", "POST /api/v1/cases/{number}/release", number=other)
    number = office.number_of(graduate)
    approve, back = "POST /api/v1/cases/{number}/approve", "POST /api/v1/cases/{number}/take-back"
    case = office.ask("city", approve, body={"round": 1}, number=number)
    case = office.ask("city", back, body={"version": case["version"]}, number=number)
    assert case["stage"] == "portrait_at_city"
    case = office.ask("city", approve, body={"round": 1}, number=number)
    assert case["stage"] == "approved"
    graduate.say("申请")
    until("submitted", lambda: office.stage(number) == "submitted")
    case = office.ask("city", "GET /api/v1/cases/{number}", number=number)
    record = {"version": case["version"], "outcome": "papers", "missing": "请带毕业生登记表两份"}
    case = office.ask("city", "POST /api/v1/cases/{number}/onsite", body=record, number=number)
    record = {"version": case["version"], "outcome": "passed"}
    case = office.ask("city", "POST /api/v1/cases/{number}/onsite", body=record, number=number)
    word = {"version": case["version"], "passed": True}
    case = office.ask("province", "POST /api/v1/cases/{number}/conclusion", body=word, number=number)
    assert case["stage"] == "graduated"


def undelivered(office: Office, person: Person) -> None:
    """A rejection; one of the pushes on their way does not arrive, and is sent again."""
    person.platform.post("/test/faults", REFUSED)
    number = office.number_of(person)
    reasons = {"round": 1, "part": "portrait", "reasons": ["P01"], "opinion": "请在白墙前重拍"}
    case = office.ask("city", "POST /api/v1/cases/{number}/reject", body=reasons, number=number)
    assert case["stage"] == "portrait_rejected"
    listed = "GET /api/v1/deliveries"
    failed = until("given up", lambda: office.ask("province", listed, {"state": "given_up"})["deliveries"])
    office.ask("province", "POST /api/v1/deliveries/{id}/retry", id=failed[0]["id"])


def inquiries(office: Office, person: Person) -> None:
    person.say("返回", "留言", "照片什么时候能审完呢", "留言", "改了姓名要带什么材料去现场")
    listed = office.ask("city", "GET /api/v1/inquiries", {"limit": 200})["inquiries"]
    first, second = (one["id"] for one in listed)
    office.ask("city", "GET /api/v1/inquiries/{id}", id=first)
    office.ask("city", "POST /api/v1/inquiries/{id}/answer", body={"text": "一般两个工作日。"}, id=first)
    office.ask("city", "POST /api/v1/inquiries/{id}/close", id=second)


def people(office: Office, bound: Person, strangers: list[Person]) -> None:
    """Frees one who has changed phones, and a number that others have guessed at too often."""
    freed = {"exam_no": bound.record["exam_no"], "reason": "考生换了微信"}
    bound.bind()
    office.ask("province", "POST /api/v1/people/unbind", body=freed)
    for stranger in strangers:
        stranger.say("绑定", bound.record["exam_no"], "同意")
        for _ in range(5):
            stranger.say(stranger.record["document_no"], "0000", bound.record["exam_no"])
    freed = {"exam_no": bound.record["exam_no"], "reason": "已核对身份"}
    office.ask("province", "POST /api/v1/people/unlock", body=freed)


def data(office: Office) -> None:
    """Batches, places and tables."""
    office.ask("province", "GET /api/v1/batches")
    batch = {"id": "2026-12", "name": "2026年下半年", "opens": "2026-12-11T09:30", "closes": "2026-12-16T16:00"}
    batch |= {"portrait_review_ends": "2026-12-17T17:30", "year": 2026, "schedule": "places.csv"}
    office.ask("province", "POST /api/v1/batches", body=batch)
    places = office.ask("province", "GET /api/v1/batches/{batch}/places", batch="2026-06")
    place = {name: places["places"][0][name] for name in ("city", "district")}
    edit = place | {"seen": places["seen"], "address": "新路1号"}
    office.ask("province", "PATCH /api/v1/batches/{batch}/places", body=edit, batch="2026-06")
    plans = ((DATA / "plans.json").read_bytes(), "application/json")
    seen = office.ask("province", "POST /api/v1/imports/{table}/preview", body=plans, table="plans")["seen"]
    office.ask("province", "POST /api/v1/imports/{table}", {"seen": seen}, plans, table="plans")
    template = office.ask("province", "GET /api/v1/templates/{table}", table="plans")
    assert template.headers["content-type"] == XLSX
