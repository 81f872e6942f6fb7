// One item of a screen as an element. Texts are shown as texts: of markup only `<a>` is understood, as the platform
// does it, and only for web addresses, mini programs and message-menu links.

import { articles, card, miniProgram, music, noticeCard, place, video, voucher } from "./cards.js";
import { showMiniProgram, showPicture } from "./dialogs.js";
import { avatar, h, icon, moment, toast } from "./tools.js";

const ANCHOR = /<a\b([^>]*)>([\s\S]*?)<\/a>/gi;
const WEB = /https?:\/\/[^\s<>"'，。；：、！？）】」』]+/g;

/** A link that opens in a new tab. */
const webLink = (address, text) => h("a", { href: address, target: "_blank", rel: "noopener" }, text);

const tapLink = (text, act) => h("button", { class: "link", type: "button", onclick: act }, text);

/** A text with its links; `tap(id)` is called for a message-menu link. */
function richText(content, tap) {
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

function attribute(attributes, name) {
  const found = new RegExp(`(?:^|\\s)${name}\\s*=\\s*(?:"([^"]*)"|'([^']*)'|([^\\s>]+))`, "i").exec(attributes);
  return (found ? found[1] ?? found[2] ?? found[3] : "").replaceAll("&amp;", "&").trim();
}

function anchor(attributes, text, tap) {
  const address = attribute(attributes, "href");
  const appid = attribute(attributes, "data-miniprogram-appid");
  if (appid) {
    const target = { title: text, appid, pagepath: attribute(attributes, "data-miniprogram-path"), url: address };
    return tapLink(text, () => showMiniProgram(target));
  }
  if (/^weixin:\/\/bizmsgmenu\?/i.test(address)) {
    const id = new URLSearchParams(address.slice(address.indexOf("?"))).get("msgmenuid");
    return tapLink(text, () => tap(id));
  }
  return /^https?:\/\//i.test(address) ? webLink(address, text) : text;
}

const bubble = (...content) => h("div", { class: "bubble" }, ...content);

/** A picture that a tap makes as large as the window. */
function picture(address, label) {
  const image = h("img", { src: address, alt: label, loading: "lazy" });
  image.addEventListener("error", () => { image.alt = "图片过期了"; });
  return h("button", { type: "button", class: "picture", onclick: () => showPicture(address, label) }, image);
}

const SPEAKER = "M5 9.5v5h3l4 3.5v-12L8 9.5zM15.5 9a4.5 4.5 0 0 1 0 6M18 6.5a8 8 0 0 1 0 11";

function voice(item) {
  const play = () => new Audio(`/mmbiz/${item.media_id}`).play().catch(() => toast("浏览器放不出这段语音"));
  return h("div", {},
    h("button", { type: "button", class: "bubble voice", "aria-label": "播放语音", onclick: play }, icon(SPEAKER), "语音"),
    item.recognition && h("p", { class: "heard" }, item.recognition));
}

function messageMenu(item, tap) {
  const entries = item.list.map((entry) => h("li", {}, tapLink(entry.content, () => tap(entry.id))));
  return bubble(
    item.head_content && h("p", { class: "lines" }, ...richText(item.head_content, tap)),
    h("ul", { class: "msgmenu" }, ...entries),
    item.tail_content && h("p", { class: "lines" }, ...richText(item.tail_content, tap)));
}

const RENDER = {
  text: (item, tap) => bubble(h("p", { class: "lines" }, ...richText(item.content, tap))),
  image: (item) => picture(item.url, item.from === "user" ? "考生发送的图片" : "公众号发送的图片"),
  voice,
  video,
  music,
  news: (item) => articles(item.articles),
  msgmenu: messageMenu,
  miniprogrampage: miniProgram,
  location: place,
  link: (item) => card(item, item.title, item.description),
  wxcard: voucher,
};

const EVENTS = {
  subscribe: "关注了公众号", unsubscribe: "取消了关注", CLICK: "点了菜单", VIEW: "打开了网页", SCAN: "扫描了二维码",
  view_miniprogram: "打开了小程序", pic_sysphoto: "打开了相机", pic_photo_or_album: "打开了相机或相册",
  pic_weixin: "打开了相册", LOCATION: "上报了位置", location_select: "选择了位置", scancode_push: "扫描了二维码",
  scancode_waitmsg: "扫描了二维码",
};

const AGREEMENTS = {
  subscribe_msg_popup_event: { accept: "同意订阅通知", reject: "没有同意订阅通知" },
  subscribe_msg_change_event: { reject: "取消了订阅通知" },
};

/** What the menu's button with that key or address is called. */
function buttonName(buttons, key) {
  for (const button of key && buttons || []) {
    if ([button.key, button.url, button.pagepath].includes(key)) return button.name;
    const below = buttonName(button.sub_button, key);
    if (below) return below;
  }
  return null;
}

/** A grey line in the middle, for what is no message. */
function greyLine(item, menu) {
  if (item.type === "notice") return h("p", { class: "grey warn" }, item.content);
  if (item.type === "transfer_customer_service") return h("p", { class: "grey" }, "已转接人工客服");
  const agreed = AGREEMENTS[item.event]?.[item.event_key];
  if (agreed) return h("p", { class: "grey" }, agreed);
  const words = buttonName(menu?.button, item.event_key) || item.event_key?.replace(/^qrscene_/, "");
  const key = words ? `「${words}」` : "";
  return h("p", { class: "grey" }, `${EVENTS[item.event] || item.event || item.type}${key}`);
}

const CHANNELS = { custom: "客服消息", template: "模板消息", subscribe: "订阅通知", mass: "群发" };
/** On which way it came; the answer to a message is no news and has no label. */
const channelLabel = (item) => CHANNELS[item.channel] && h("span", { class: "channel" }, CHANNELS[item.channel]);

/** The whole line of an item: picture of the sender, bubble or card. */
export function itemElement(item, person, now, menu, tap) {
  if (item.type === "template") {
    return h("li", { class: "line wide" }, noticeCard(item, moment(item.at, now)), channelLabel(item));
  }
  const render = RENDER[item.type];
  if (!render) return h("li", { class: "line middle" }, greyLine(item, menu));
  if (item.type === "news" && item.channel === "mass") {
    return h("li", { class: "line wide" }, render(item), channelLabel(item));
  }
  const mine = item.from === "user";
  const face = mine
    ? avatar(person.nickname, person.openid)
    : h("span", { class: "avatar account", "aria-hidden": "true" }, "毕");
  const who = h("span", { class: "hidden" }, mine ? `${person.nickname}：` : "公众号：");
  const tapHere = (id) => tap(id, item.seq);
  return h("li", { class: `line ${mine ? "mine" : "theirs"}` }, face,
    h("div", { class: "body" }, who, render(item, tapHere), channelLabel(item)));
}

/** A time between items that are more than five minutes apart. */
export function timeLine(item, before, now) {
  if (before && item.at - before.at < 300) return null;
  return h("li", { class: "line middle" }, h("time", { class: "grey" }, moment(item.at, now)));
}
