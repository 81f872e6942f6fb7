// The list of people: who there is, what they said last, how much they have not read.

import { SIGNS, avatar, h, icon } from "./tools.js";

const byId = (id) => document.getElementById(id);
/** Rows that are drawn; of more people the search finds the others. */
const MOST_ROWS = 100;
const WORDS = { image: "[图片]", voice: "[语音]", video: "[视频]", news: "[图文]", location: "[位置]", link: "[链接]", wxcard: "[卡券]" };

export class People {
  /** `world` knows people and screens; `open(openid, beside)` opens a phone. */
  constructor(world, open) {
    this.world = world;
    this.open = open;
    this.read = new Map();
    byId("search").addEventListener("input", () => this.show());
  }

  /** Everything on these people's screens has been seen. */
  seen(openids) {
    for (const openid of openids) this.read.set(openid, this.world.screen(openid).at(-1)?.seq || 0);
  }

  unread(openid) {
    const read = this.read.get(openid) || 0;
    const screen = this.world.screen(openid);
    let count = 0;
    for (let at = screen.length - 1; at >= 0 && screen[at].seq > read; at -= 1) count += screen[at].from !== "user";
    return count;
  }

  total() {
    return this.world.head().people.reduce((sum, person) => sum + this.unread(person.openid), 0);
  }

  show() {
    const people = this.world.head().people;
    const sought = byId("search").value.trim();
    const found = people.filter((person) => !sought || person.nickname.includes(sought) || person.openid === sought);
    const list = byId("people-list");
    const focused = list.contains(document.activeElement) ? document.activeElement.dataset.key : null;
    const more = found.length > MOST_ROWS && h("li", { class: "more-people" }, `还有 ${found.length - MOST_ROWS} 位，输入昵称来找`);
    list.replaceChildren(...found.slice(0, MOST_ROWS).map((person) => this.row(person)), more || "");
    byId("search").hidden = people.length < 8 && !sought;
    if (focused) list.querySelector(`[data-key="${CSS.escape(focused)}"]`)?.focus();
  }

  row(person) {
    const { openid, nickname } = person;
    const count = this.unread(openid);
    const badge = count > 0 && h("b", { class: "badge" }, count > 99 ? "99+" : String(count));
    const main = h("button", {
      class: "person", "aria-label": `打开${nickname}的手机${count ? `，${count} 条未读` : ""}`,
      "aria-current": this.world.isActive(openid) && "true", "data-key": openid, onclick: () => this.open(openid),
    },
    h("span", { class: "face" }, avatar(nickname, openid), badge),
    h("span", { class: "person-text" }, h("strong", {}, nickname), h("small", {}, person.follows ? this.preview(openid) : "未关注")));
    const beside = h("button", {
      class: "icon beside", title: "并排打开", "aria-label": `并排打开${nickname}的手机`, "data-key": `${openid}+`,
      hidden: !this.world.canStandBeside(openid), onclick: () => this.open(openid, true),
    }, icon(SIGNS.beside));
    return h("li", {}, main, beside);
  }

  preview(openid) {
    const last = this.world.screen(openid).at(-1);
    if (!last) return "还没有消息";
    const text = last.content || last.head_content || last.title || WORDS[last.type] || "";
    return text.replace(/<[^>]*>/g, "").replace(/\s+/g, " ").trim() || "刚刚关注";
  }
}
