// One item of a screen as an element. Texts are shown as texts: of markup only `<a href>` is understood, as the
// platform does it, and only for web addresses and message-menu links.

import { h, moment, avatar } from "./tools.js";

const ANCHOR = /<a\b([^>]*)>([\s\S]*?)<\/a>/gi;
const WEB = /https?:\/\/[^\s<>"'，。；：、！？）】」』]+/g;

/** A link that opens in a new tab. */
const webLink = (address, text) => h("a", { href: address, target: "_blank", rel: "noopener" }, text);

/** A text with its links; `tap(id)` is called for a message-menu link. */
export function richText(content, tap) {
  const parts = [];
  let end = 0;
  for (const match of content.matchAll(ANCHOR)) {
    parts.push(...bareLinks(content.slice(end, match.index)), anchor(match[1], match[2], tap));
    end = match.index + match[0].length;
  }
  parts.push(...bareLinks(content.slice(end)));
  return parts;
}

function bareLinks(text) {
  const parts = [];
  let end = 0;
  for (const match of text.matchAll(WEB)) {
    parts.push(text.slice(end, match.index), webLink(match[0], match[0]));
    end = match.index + match[0].length;
  }
  return [...parts, text.slice(end)];
}

function anchor(attributes, text, tap) {
  const href = /\bhref\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s>]+))/i.exec(attributes);
  const address = (href ? href[1] ?? href[2] ?? href[3] : "").replaceAll("&amp;", "&").trim();
  if (/^weixin:\/\/bizmsgmenu\?/i.test(address)) {
    const id = new URLSearchParams(address.slice(address.indexOf("?"))).get("msgmenuid");
    return tapLink(text, () => tap(id));
  }
  return /^https?:\/\//i.test(address) ? webLink(address, text) : text;
}

const tapLink = (text, act) => h("button", { class: "link", type: "button", onclick: act }, text);

const bubble = (...content) => h("div", { class: "bubble" }, ...content);

function picture(address, label) {
  const image = h("img", { src: address, alt: label });
  return h("a", { class: "picture", href: address, target: "_blank", rel: "noopener" }, image);
}

function articleCard(article) {
  const image = article.picurl ? h("img", { src: article.picurl, alt: "" }) : null;
  image?.addEventListener("error", () => image.remove());
  const inside = [image, h("strong", {}, article.title), article.description && h("p", {}, article.description)];
  return /^https?:\/\//i.test(article.url)
    ? h("a", { class: "card", href: article.url, target: "_blank", rel: "noopener" }, ...inside)
    : h("div", { class: "card" }, ...inside);
}

function templateCard(item, now) {
  const lines = item.content.split("\n").filter((line) => line.trim());
  const rows = lines.map((line) => {
    const cut = line.indexOf("：");
    return cut > 0 && cut <= 10
      ? h("div", { class: "row" }, h("dt", {}, line.slice(0, cut)), h("dd", {}, line.slice(cut + 1)))
      : h("div", { class: "row" }, h("dd", { class: "wide" }, line));
  });
  const open = item.url && /^https?:/i.test(item.url);
  return h("div", { class: "template" },
    h("strong", {}, item.title), h("time", {}, moment(item.at, now)), h("dl", {}, ...rows),
    open && h("a", { class: "more", href: item.url, target: "_blank", rel: "noopener" }, "查看详情"));
}

function messageMenu(item, tap) {
  const entries = item.list.map((entry) => h("li", {}, tapLink(entry.content, () => tap(entry.id))));
  return bubble(
    item.head_content && h("p", { class: "lines" }, ...richText(item.head_content, tap)),
    h("ul", { class: "msgmenu" }, ...entries),
    item.tail_content && h("p", { class: "lines" }, ...richText(item.tail_content, tap)));
}

const EVENTS = {
  subscribe: "关注了公众号", unsubscribe: "取消了关注", CLICK: "点了菜单", VIEW: "打开了网页", SCAN: "扫描了二维码",
  pic_sysphoto: "打开了相机", pic_photo_or_album: "打开了相机或相册", LOCATION: "上报了位置",
  location_select: "选择了位置", scancode_push: "扫描了二维码", scancode_waitmsg: "扫描了二维码",
};

const RENDER = {
  text: (item, tap) => bubble(h("p", { class: "lines" }, ...richText(item.content, tap))),
  image: (item) => picture(item.url, item.from === "user" ? "考生发送的图片" : "公众号发送的图片"),
  voice: (item) => bubble(h("span", { class: "voice" }, "语音"), item.recognition || ""),
  video: (item) => bubble(h("span", { class: "voice" }, "视频"), item.title || ""),
  music: (item) => bubble(h("span", { class: "voice" }, "音乐"), item.title),
  news: (item) => h("div", { class: "cards" }, ...item.articles.map(articleCard)),
  msgmenu: messageMenu,
  miniprogrampage: (item) => h("div", { class: "card" }, h("strong", {}, item.title), h("p", {}, "小程序")),
  location: (item) => h("div", { class: "card place" },
    h("strong", {}, item.label || "我的位置"), h("p", {}, `${item.latitude}, ${item.longitude}`)),
  link: (item) => articleCard({ title: item.title, description: item.description, url: item.url }),
};

/** What the menu's button with that key or address is called. */
function buttonName(buttons, key) {
  for (const button of key && buttons || []) {
    if (button.key === key || button.url === key) return button.name;
    const below = buttonName(button.sub_button, key);
    if (below) return below;
  }
  return null;
}

/** A grey line in the middle, for what is no message. */
function greyLine(item, menu) {
  if (item.type === "notice") return h("p", { class: "grey warn" }, item.content);
  if (item.type === "transfer_customer_service") return h("p", { class: "grey" }, "已转接人工客服");
  const words = buttonName(menu?.button, item.event_key) || item.event_key?.replace(/^qrscene_/, "");
  const key = words ? `「${words}」` : "";
  return h("p", { class: "grey" }, `${EVENTS[item.event] || item.event}${key}`);
}

/** The whole line of an item: picture of the sender, bubble or card. */
export function itemElement(item, person, now, menu, tap) {
  if (item.type === "template") {
    return h("li", { class: "line from-template" }, templateCard(item, now));
  }
  const render = RENDER[item.type];
  if (!render) return h("li", { class: "line middle" }, greyLine(item, menu));
  const mine = item.from === "user";
  const face = mine
    ? avatar(person.nickname, person.openid)
    : h("span", { class: "avatar account", "aria-hidden": "true" }, "毕");
  const who = h("span", { class: "hidden" }, mine ? `${person.nickname}：` : "公众号：");
  const tapHere = (id) => tap(id, item.seq);
  return h("li", { class: `line ${mine ? "mine" : "theirs"}` }, face, h("div", { class: "body" }, who, render(item, tapHere)));
}

/** A time between items that are more than five minutes apart. */
export function timeLine(item, before, now) {
  if (before && item.at - before.at < 300) return null;
  return h("li", { class: "line middle" }, h("time", { class: "grey" }, moment(item.at, now)));
}
