// One person's phone: head, screen, input line, tools, custom menu. It acts through the test API and shows what comes.

import { itemElement, timeLine } from "./bubbles.js";
import { tools } from "./deeds.js";
import { Menu } from "./menu.js";
import { showProfile } from "./profile.js";
import { SIGNS, attempt, call, h, icon, span } from "./tools.js";

const PLUS = "M12 20a8 8 0 1 0 0-16 8 8 0 0 0 0 16zM12 8.5v7M8.5 12h7";
const KEYBOARD = "M4 6h16v11H4zM7.5 9.5h.01M11 9.5h.01M14.5 9.5h.01M8 13.5h8";
/** Items on a screen; older ones fall out of the page, not of the mock. */
const MOST_ITEMS = 500;

/** A phone for one openid; `world` gives the newest person, menu, clock, and the ways out of the phone. */
export class Phone {
  constructor(openid, world) {
    this.openid = openid;
    this.world = world;
    this.last = null;
    this.waiting = 0;
    this.gone = new AbortController();
    this.tap = (id, seq) => this.say({ type: "tap", id, seq });
    this.menu = new Menu(this);
    this.build();
    this.followEnd();
    this.refresh();
  }

  build() {
    this.screen = h("ol", { class: "screen", role: "log", "aria-live": "polite", tabindex: "0" });
    this.typing = h("p", { class: "typing", hidden: true }, "对方正在输入…");
    this.tools = h("div", { class: "tools", hidden: true }, ...tools.map(({ label, path, act }) => h("button", {
      type: "button", onclick: () => { this.toggleTools(false); act(this); },
    }, h("i", {}, icon(path)), label)));
    this.follow = h("button", { class: "follow", type: "button", hidden: true, onclick: () => this.event("subscribe") }, "关注公众号");
    this.toMenu = h("button", { class: "icon swap", type: "button", "aria-label": "显示菜单", onclick: () => this.swap(true) }, icon(SIGNS.bars));
    this.toKeys = h("button", { class: "icon swap", type: "button", "aria-label": "显示输入框", onclick: () => this.swap(false) }, icon(KEYBOARD));
    this.bottom = h("div", { class: "bottom" }, this.toKeys, this.menu.element);
    this.element = h("section", { class: "phone" }, this.head(), this.screen, this.typing, this.follow, this.inputLine(), this.tools, this.bottom);
    this.element.addEventListener("pointerdown", () => this.world.focus(this.openid));
    this.element.addEventListener("focusin", () => this.world.focus(this.openid));
    this.swap(true);
  }

  head() {
    const sign = (label, sign, kind, act) => h("button", { class: `icon ${kind}`, type: "button", "aria-label": label, title: label, onclick: act }, icon(sign));
    this.title = h("h2", {});
    this.standing = h("p", { class: "standing" });
    this.elsewhere = h("b", { class: "badge", hidden: true });
    this.people = sign("考生列表", SIGNS.bars, "fold", () => this.world.showPeople());
    this.people.append(this.elsewhere);
    this.close = sign("关上这部手机", SIGNS.cross, "", () => this.world.close(this.openid));
    return h("header", { class: "phone-head" }, this.people, h("div", { class: "phone-title" }, this.title, this.standing),
      sign("这位考生", SIGNS.dots, "", () => this.showProfile()),
      sign("通信记录和开关", SIGNS.panel, "fold", () => this.world.showPanel()), this.close);
  }

  inputLine() {
    this.input = h("textarea", {
      rows: 1, "aria-label": "输入文字，按回车发送", placeholder: "发消息",
      onkeydown: (event) => this.keyed(event), oninput: () => this.grow(),
    });
    this.more = h("button", {
      class: "icon", type: "button", "aria-label": "更多", "aria-expanded": "false", onclick: () => this.toggleTools(),
    }, icon(PLUS));
    this.form = h("form", { class: "input", onsubmit: (event) => { event.preventDefault(); this.send(); } },
      this.toMenu, this.input, this.more, h("button", { class: "send primary", type: "submit" }, "发送"));
    return this.form;
  }

  /** Only scrolling up leaves the end of the screen: a picture that has just made it longer does not. */
  followEnd() {
    this.atEnd = true;
    let top = 0;
    this.screen.addEventListener("scroll", () => {
      const below = this.screen.scrollHeight - this.screen.scrollTop - this.screen.clientHeight;
      if (below < 120) this.atEnd = true;
      else if (this.screen.scrollTop < top) this.atEnd = false;
      top = this.screen.scrollTop;
    });
    this.screen.addEventListener("load", () => this.atEnd && this.toEnd(), true);
  }

  remove() {
    this.gone.abort();
    this.element.remove();
  }

  /** Takes over name, follow state and menu from the world. */
  refresh() {
    const person = this.world.person(this.openid);
    if (!person) return;
    this.title.textContent = this.world.account();
    this.element.setAttribute("aria-label", `${person.nickname}的手机`);
    this.screen.setAttribute("aria-label", `${person.nickname}的聊天记录`);
    this.follow.hidden = person.follows;
    this.element.classList.toggle("stranger", !person.follows);
    if (!person.follows) this.toggleTools(false);
    const buttons = this.world.menu(this.openid)?.button || [];
    this.element.classList.toggle("no-menu", !buttons.length);
    this.menu.show(buttons);
    this.showTyping(person.typing);
    this.profile?.show(person);
    this.tick();
  }

  /** Once a second: what the account may still send to this person. */
  tick() {
    const person = this.world.person(this.openid);
    if (!person) return;
    const left = person.window.until - this.world.now();
    const open = left > 0 ? `还能收 ${person.window.remaining} 条 · ${span(left)}内` : "客服消息窗口已关";
    this.standing.textContent = `${person.nickname} · ${person.follows ? open : "未关注"}`;
    this.profile?.tick();
  }

  /** How many unread messages the other people have, for whoever sees only this phone. */
  showElsewhere(count) {
    this.elsewhere.hidden = !count;
    this.elsewhere.textContent = count > 99 ? "99+" : String(count);
  }

  async showProfile() {
    const person = this.world.person(this.openid);
    if (person) await showProfile(this, person);
  }

  /** Shows new items; stays where the reader is unless they are at the end. */
  add(items) {
    const person = this.world.person(this.openid);
    if (!person || !items.length) return;
    const now = this.world.now();
    for (const item of items.slice(-MOST_ITEMS)) {
      const time = timeLine(item, this.last, now);
      if (time) this.screen.append(time);
      this.screen.append(itemElement(item, person, now, this.world.menu(this.openid), this.tap));
      this.last = item;
    }
    while (this.screen.children.length > MOST_ITEMS) this.screen.firstElementChild.remove();
    if (this.atEnd || items.some((item) => item.from === "user")) this.toEnd();
  }

  toEnd() {
    requestAnimationFrame(() => { this.screen.scrollTop = this.screen.scrollHeight; });
  }

  showTyping(typing) {
    this.typing.hidden = !(typing || this.waiting > 0);
  }

  async say(what) {
    this.waiting += 1;
    // A quick answer should not make the line flicker.
    const slow = setTimeout(() => this.showTyping(false), 400);
    await attempt(() => call("POST", `/test/users/${this.openid}/say`, what));
    clearTimeout(slow);
    this.waiting -= 1;
    this.showTyping(this.world.person(this.openid)?.typing);
  }

  /** Puts words into the input line, for the person to send. */
  write(words) {
    this.input.value = words;
    this.swap(false);
    this.grow();
  }

  event(event, event_key = "", extra = {}) {
    return this.say({ type: "event", event, event_key, extra });
  }

  send() {
    const content = this.input.value.trim();
    if (!content) return;
    this.input.value = "";
    this.grow();
    this.say({ type: "text", content });
  }

  keyed(event) {
    // While an input method composes, Enter chooses a character.
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    this.send();
  }

  grow() {
    this.input.style.height = "auto";
    const border = this.input.offsetHeight - this.input.clientHeight;
    this.input.style.height = `${Math.min(this.input.scrollHeight + border, 110)}px`;
    this.form.classList.toggle("filled", this.input.value.trim() !== "");
  }

  toggleTools(open = this.tools.hidden) {
    this.tools.hidden = !open;
    this.more.setAttribute("aria-expanded", String(open));
    if (open) this.toEnd();
  }

  /** On a small screen the menu and the input line take turns, as in WeChat. */
  swap(menu) {
    this.element.classList.toggle("keys", !menu);
    this.toggleTools(false);
    if (!this.element.isConnected) return;
    if (menu) this.menu.element.querySelector("button")?.focus();
    else this.input.focus();
  }
}
