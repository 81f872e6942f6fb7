// The page's one loop: ask for news, hand them to phones, list and panel. All state that the page has is here.

import { Panel } from "./panel.js";
import { People } from "./people.js";
import { Phone } from "./phone.js";
import { attempt, call } from "./tools.js";

const byId = (id) => document.getElementById(id);
const NARROW = matchMedia("(max-width: 900px)");
// Two phones and the panel do not fit beside each other below this width.
const CROWDED = matchMedia("(max-width: 1560px)");
/** Between two questions for news, so that a storm of calls leaves the page time to draw. */
const BREATH_MS = 120;
const RETRY_MS = 1500;

const state = { after: 0, seen: "", now: 0, head: { people: [], scenes: [] }, screens: new Map(), active: null };
const phones = new Map();
let adding = false;
// Where the keyboard was before a side was opened.
let opener = null;

const world = {
  person: (openid) => state.head.people.find((person) => person.openid === openid),
  screen: (openid) => state.screens.get(openid) || [],
  account: () => state.head.account || "公众号",
  // A person's own menu, where the account has one for some only.
  menu: (openid) => world.person(openid)?.menu ?? state.head.menu,
  now: () => state.now,
  head: () => state.head,
  active: () => world.person(state.active),
  isActive: (openid) => openid === state.active,
  canStandBeside: (openid) => phones.size > 0 && !phones.has(openid),
  close: closePhone,
  focus,
  write: (words) => {
    fold("panel", false);
    phones.get(state.active)?.write(words);
  },
  showPeople: () => fold("people", true),
  showPanel: () => fold("panel", true),
};
const panel = new Panel(world);
const people = new People(world, open);

/** Opens or closes one of the two sides on a narrow window; the keyboard goes in and comes back. */
function fold(side, open) {
  const box = byId(side);
  const was = box.classList.contains("open");
  if (was === open) return;
  if (open) opener = document.activeElement;
  box.classList.toggle("open", open);
  (open ? box.querySelector("button") : opener)?.focus();
}

/** On a wide window the panel can be put away to make room for phones. */
function putPanelAway(away) {
  document.body.classList.toggle("panel-away", away);
}

function open(openid, beside = false) {
  putPanelAway(beside && CROWDED.matches);
  if (!phones.has(openid)) {
    if (!beside || NARROW.matches) for (const other of [...phones.keys()]) drop(other);
    const phone = new Phone(openid, world);
    phones.set(openid, phone);
    byId("phones").append(phone.element);
    phone.add(world.screen(openid));
    phone.toEnd();
  }
  focus(openid);
  const phone = phones.get(openid);
  const fromList = byId("people").classList.contains("open");
  fold("people", false);
  if (!NARROW.matches) phone.input.focus();
  else if (fromList) phone.people.focus();
  phone.element.scrollIntoView({ inline: "nearest", block: "nearest" });
  showPhones();
}

function drop(openid) {
  phones.get(openid)?.remove();
  phones.delete(openid);
}

function closePhone(openid) {
  drop(openid);
  if (state.active === openid) state.active = [...phones.keys()].at(-1) || null;
  showPhones();
}

function showPhones() {
  byId("empty").hidden = phones.size > 0;
  for (const phone of phones.values()) phone.close.hidden = phones.size < 2;
  remember();
  showPeople();
}

/** The address names the open phones, so that they are there again after a reload. */
function remember() {
  if (phones.size) history.replaceState(null, "", `#${[...phones.keys()].join(",")}`);
}

/** The person whose phone is in hand: links to the bot's pages know them by this cookie. */
function focus(openid) {
  if (state.active === openid) return;
  state.active = openid;
  document.cookie = `mock_openid=${openid}; path=/; SameSite=Lax`;
  showPeople();
  panel.refresh();
}

function showPeople() {
  if (!document.hidden) people.seen(phones.keys());
  const total = people.total();
  document.title = total ? `(${total}) 公众号模拟平台` : "公众号模拟平台";
  for (const phone of phones.values()) phone.showElsewhere(total);
  people.show();
}

async function addPerson(nickname) {
  adding = true;
  await attempt(() => call("POST", "/test/users", { nickname }));
}

function take(news) {
  state.now = news.now;
  if (news.head) {
    if (news.after < state.after) state.screens.clear();
    const known = new Set(state.head.people.map((person) => person.openid));
    state.head = news.head;
    for (const openid of [...state.screens.keys()]) if (!world.person(openid)) state.screens.delete(openid);
    const fresh = Map.groupBy(news.items, ({ openid }) => openid);
    for (const [openid, items] of fresh) {
      if (!state.screens.has(openid)) state.screens.set(openid, []);
      state.screens.get(openid).push(...items.map(({ item }) => item));
    }
    for (const openid of [...phones.keys()]) if (!world.person(openid)) closePhone(openid);
    for (const [openid, phone] of phones) {
      phone.refresh();
      phone.add((fresh.get(openid) || []).map(({ item }) => item));
    }
    openNew(known);
    panel.add(news.log, news.left_out);
    const mode = { plain: "明文", compatible: "兼容", secure: "安全" }[state.head.mode];
    byId("account").textContent = `${world.account()} · ${mode}模式`;
    showPhones();
  }
  state.after = news.after;
  state.seen = news.seen;
  panel.refresh();
}

/** Opens the person just added here, those the address names, or the first. */
function openNew(known) {
  const everybody = state.head.people;
  const fresh = everybody.filter((person) => !known.has(person.openid)).at(-1);
  if (adding && fresh) {
    adding = false;
    open(fresh.openid);
  } else if (!phones.size && everybody.length) {
    const named = location.hash.slice(1).split(",").filter((openid) => world.person(openid));
    const [first, ...others] = named.length ? named : [everybody[0].openid];
    open(first);
    for (const openid of others) open(openid, true);
  }
}

const pause = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

async function loop() {
  for (;;) {
    try {
      const news = await call("GET", `/page/updates?after=${state.after}&seen=${state.seen}`);
      byId("offline").hidden = true;
      take(news);
      await pause(BREATH_MS);
    } catch (error) {
      console.error(error);
      byId("offline").hidden = false;
      await pause(RETRY_MS);
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
byId("empty-panel").addEventListener("click", () => fold("panel", true));
byId("close-people").addEventListener("click", () => fold("people", false));
byId("close-panel").addEventListener("click", () => (NARROW.matches ? fold("panel", false) : putPanelAway(true)));
byId("bring-panel").addEventListener("click", () => putPanelAway(false));
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  fold("people", false);
  fold("panel", false);
});
document.addEventListener("pointerdown", (event) => {
  for (const side of ["people", "panel"]) {
    const box = byId(side);
    if (box.classList.contains("open") && !box.contains(event.target) && !event.target.closest("dialog")) fold(side, false);
  }
});
document.addEventListener("visibilitychange", showPeople);
setInterval(() => {
  state.now += 1;
  panel.tick();
  for (const phone of phones.values()) phone.tick();
}, 1000);
loop();
