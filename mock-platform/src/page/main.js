// The page's one loop: ask for news, hand them to phones, list and panel. All state that the page has is here.

import { h, call, toast, explain, avatar } from "./tools.js";
import { Phone } from "./phone.js";
import { Panel } from "./panel.js";

const byId = (id) => document.getElementById(id);
const NARROW = matchMedia("(max-width: 900px)");
// Two phones and the panel do not fit beside each other below this width.
const CROWDED = matchMedia("(max-width: 1520px)");

const state = { after: 0, seen: "", now: 0, head: { people: [] }, screens: new Map(), read: new Map(), active: null };
const phones = new Map();
let adding = false;

const world = {
  person: (openid) => state.head.people.find((person) => person.openid === openid),
  account: () => state.head.account || "公众号",
  menu: () => state.head.menu,
  now: () => state.now,
  head: () => state.head,
  active: () => world.person(state.active),
  close: closePhone,
  focus,
  showPeople: () => fold("people", true),
  showPanel: () => fold("panel", true),
};
const panel = new Panel(world);

/** Opens or closes one of the two sides on a narrow window. */
function fold(side, open) {
  byId(side).classList.toggle("open", open);
  if (open) byId(side).querySelector("button, input, a")?.focus();
}

/** On a wide window the panel can be put away to make room for phones. */
function putPanelAway(away) {
  document.body.classList.toggle("panel-away", away);
}

function open(openid, beside = false) {
  putPanelAway(beside && CROWDED.matches);
  const already = phones.get(openid);
  if (!already) {
    if (!beside || NARROW.matches) for (const other of [...phones.keys()]) closePhone(other);
    const phone = new Phone(openid, world);
    phones.set(openid, phone);
    byId("phones").append(phone.element);
    phone.add(state.screens.get(openid) || []);
    phone.toEnd();
  }
  focus(openid);
  fold("people", false);
  if (!NARROW.matches) phones.get(openid).input.focus();
  showPhones();
}

function closePhone(openid) {
  phones.get(openid)?.remove();
  phones.delete(openid);
  if (state.active === openid) state.active = [...phones.keys()].at(-1) || null;
  showPhones();
}

function showPhones() {
  byId("empty").hidden = phones.size > 0;
  for (const phone of phones.values()) phone.close.hidden = phones.size < 2;
  showPeople();
}

/** The person whose phone is in hand: links to the bot's pages know them by this cookie. */
function focus(openid) {
  if (state.active === openid) return;
  state.active = openid;
  document.cookie = `mock_openid=${openid}; path=/; SameSite=Lax`;
  history.replaceState(null, "", `#${openid}`);
  showPeople();
  panel.refresh();
}

const screenOf = (openid) => state.screens.get(openid) || [];

function unread(openid) {
  const read = state.read.get(openid) || 0;
  return screenOf(openid).filter((item) => item.from !== "user" && item.seq > read).length;
}

function preview(openid) {
  const last = screenOf(openid).at(-1);
  if (!last) return "还没有消息";
  const kinds = { image: "[图片]", voice: "[语音]", video: "[视频]", news: "[图文]", location: "[位置]", link: "[链接]", event: "" };
  const text = last.content || last.head_content || last.title || kinds[last.type] || "";
  return text.replace(/<[^>]*>/g, "").replace(/\s+/g, " ").trim() || "刚刚关注";
}

function showPeople() {
  for (const openid of phones.keys()) {
    if (!document.hidden) state.read.set(openid, screenOf(openid).at(-1)?.seq || 0);
  }
  const total = state.head.people.reduce((sum, person) => sum + unread(person.openid), 0);
  document.title = total ? `(${total}) 公众号模拟平台` : "公众号模拟平台";
  const rows = state.head.people.map(row);
  const list = byId("people-list");
  const focused = list.contains(document.activeElement) ? document.activeElement.dataset.key : null;
  list.replaceChildren(...rows);
  if (focused) list.querySelector(`[data-key="${CSS.escape(focused)}"]`)?.focus();
}

function row(person) {
  const count = unread(person.openid);
  const label = `打开${person.nickname}的手机${count ? `，${count} 条未读` : ""}`;
  const main = h("button", {
    class: "person", "aria-label": label, "aria-current": person.openid === state.active ? "true" : null,
    "data-key": person.openid, onclick: () => open(person.openid),
  },
  h("span", { class: "face" }, avatar(person.nickname, person.openid), count ? h("b", { class: "badge" }, count > 99 ? "99+" : String(count)) : null),
  h("span", { class: "person-text" }, h("strong", {}, person.nickname),
    h("small", {}, person.follows ? preview(person.openid) : "未关注")));
  const beside = h("button", {
    class: "icon beside", title: "并排打开", "aria-label": `并排打开${person.nickname}的手机`,
    "data-key": `${person.openid}+`, hidden: phones.has(person.openid) || !phones.size,
    onclick: () => open(person.openid, true),
  }, "⧉");
  return h("li", {}, main, beside);
}

async function addPerson(nickname) {
  adding = true;
  try {
    await call("POST", "/test/users", { nickname });
  } catch (error) {
    toast(explain(error));
  }
}

function take(news) {
  state.now = news.now;
  if (news.head) {
    if (news.after < state.after) state.screens.clear();
    const known = new Set(state.head.people.map((person) => person.openid));
    state.head = news.head;
    for (const openid of [...state.screens.keys()]) if (!world.person(openid)) state.screens.delete(openid);
    for (const { openid, item } of news.items) {
      if (!state.screens.has(openid)) state.screens.set(openid, []);
      state.screens.get(openid).push(item);
    }
    for (const openid of [...phones.keys()]) if (!world.person(openid)) closePhone(openid);
    openNew(known);
    for (const [openid, phone] of phones) {
      phone.refresh();
      phone.add(screenOf(openid).filter((item) => item.seq > (phone.last?.seq || 0)));
    }
    panel.add(news.log);
    byId("account").textContent = `${world.account()} · ${{ plain: "明文", compatible: "兼容", secure: "安全" }[state.head.mode]}模式`;
    showPhones();
  }
  state.after = news.after;
  state.seen = news.seen;
  panel.refresh();
}

/** Opens the person just added here, the one the address names, or the first. */
function openNew(known) {
  const people = state.head.people;
  const fresh = people.filter((person) => !known.has(person.openid)).at(-1);
  if (adding && fresh) {
    adding = false;
    open(fresh.openid);
  } else if (!phones.size && people.length) {
    const named = people.find((person) => person.openid === location.hash.slice(1));
    open((named || people[0]).openid);
  }
}

async function loop() {
  for (;;) {
    try {
      const news = await call("GET", `/page/updates?after=${state.after}&seen=${state.seen}`);
      byId("offline").hidden = true;
      take(news);
    } catch (error) {
      console.error(error);
      byId("offline").hidden = false;
      await new Promise((resolve) => setTimeout(resolve, 1500));
    }
  }
}

byId("add").addEventListener("submit", (event) => {
  event.preventDefault();
  const input = byId("nickname");
  addPerson(input.value.trim() || `考生 ${state.head.people.length + 1}`);
  input.value = "";
});
byId("add-first").addEventListener("click", () => addPerson("考生 1"));
byId("close-panel").addEventListener("click", () => NARROW.matches ? fold("panel", false) : putPanelAway(true));
byId("bring-panel").addEventListener("click", () => putPanelAway(false));
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  fold("people", false);
  fold("panel", false);
});
document.addEventListener("pointerdown", (event) => {
  for (const side of ["people", "panel"]) {
    const box = byId(side);
    if (box.classList.contains("open") && !box.contains(event.target)) fold(side, false);
  }
});
document.addEventListener("visibilitychange", showPeople);
setInterval(() => { state.now += 1; panel.tick(); }, 1000);
loop();
