// The cards of a screen: articles, films, music, mini programs, places, and the two kinds of notices.

import { showMiniProgram, showVideo } from "./dialogs.js";
import { h, icon } from "./tools.js";

const isWeb = (address) => /^https?:\/\//i.test(address || "");

/** A card that opens an address in a new tab, or just stands there when it has none. */
export function card({ url }, title, text, ...rest) {
  const inside = [h("strong", {}, title), text && h("p", {}, text), ...rest];
  return isWeb(url)
    ? h("a", { class: "card", href: url, target: "_blank", rel: "noopener" }, ...inside)
    : h("div", { class: "card" }, ...inside);
}

/** A picture that makes no hole where it cannot be had. */
function cover(address) {
  if (!address) return h("span", { class: "cover" });
  const image = h("img", { class: "cover", src: address, alt: "", loading: "lazy" });
  image.addEventListener("error", () => image.replaceWith(h("span", { class: "cover" })));
  return image;
}

function article(entry, kind, ...inside) {
  return isWeb(entry.url)
    ? h("a", { class: kind, href: entry.url, target: "_blank", rel: "noopener" }, ...inside)
    : h("div", { class: kind }, ...inside);
}

/** One article is a card with its description; several are a list under the first one's picture. */
export function articles(list) {
  const [first, ...others] = list;
  if (!others.length) {
    return h("div", { class: "articles" }, article(first, "article alone",
      first.picurl && cover(first.picurl), h("strong", {}, first.title), first.description && h("p", {}, first.description)));
  }
  return h("div", { class: "articles" },
    article(first, "article lead", cover(first.picurl), h("strong", {}, first.title)),
    ...others.map((entry) => article(entry, "article", h("strong", {}, entry.title), cover(entry.picurl))));
}

/** What stands in the address of a card that opens a mini program. */
const PROGRAM = "#小程序/";

const PLAY = "M8 5.5v13l11-6.5z";
const NOTE = "M9 18V6l10-2v12M9 18a2.5 2.5 0 1 1-2.5-2.5A2.5 2.5 0 0 1 9 18zM19 16a2.5 2.5 0 1 1-2.5-2.5A2.5 2.5 0 0 1 19 16z";

export function video(item) {
  const label = item.title || "视频";
  return h("button", { type: "button", class: "card video", "aria-label": `播放${label}`, onclick: () => showVideo(`/mmbiz/${item.media_id}`, label) },
    h("span", { class: "film" }, h("video", { src: `/mmbiz/${item.media_id}`, preload: "metadata", tabindex: "-1" }), icon(PLAY)),
    item.title && h("strong", {}, item.title), item.description && h("p", {}, item.description));
}

export function music(item) {
  const sound = card(item, item.title, item.description);
  sound.classList.add("music");
  sound.prepend(h("span", { class: "note" }, icon(NOTE)));
  return sound;
}

export const miniProgram = (item) =>
  h("button", { type: "button", class: "card mini", onclick: () => showMiniProgram(item) },
    h("strong", {}, item.title), cover(item.thumb_url), h("small", {}, "小程序"));

export const voucher = (item) => h("div", { class: "card voucher" }, h("strong", {}, "卡券"), h("p", {}, item.card_id));

export const place = (item) => h("div", { class: "card place" },
  h("strong", {}, item.label || "我的位置"), h("p", {}, `${item.latitude}, ${item.longitude}`));

/** A template message or a subscription notice: heading, lines of name and value, the way to the details. */
export function noticeCard(item, time) {
  const rows = item.content.split("\n").filter((line) => line.trim()).map((line) => {
    const cut = line.indexOf("：");
    return cut > 0 && cut <= 10
      ? h("div", { class: "row" }, h("dt", {}, line.slice(0, cut)), h("dd", {}, line.slice(cut + 1)))
      : h("div", { class: "row" }, h("dd", {}, line));
  });
  const isProgram = item.url?.startsWith(PROGRAM);
  const enter = () => showMiniProgram({ title: item.title, pagepath: item.url.slice(PROGRAM.length) });
  return h("div", { class: "notice" },
    h("strong", {}, item.title), h("time", {}, time), h("dl", {}, ...rows),
    isWeb(item.url) && h("a", { class: "more", href: item.url, target: "_blank", rel: "noopener" }, "查看详情"),
    isProgram && h("button", { type: "button", class: "more", onclick: enter }, "进入小程序"));
}
