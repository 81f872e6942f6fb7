// What opens above the page: questions, lists of choices, pictures, films, the stand-in for a mini program.

import { SIGNS, h, icon, toast } from "./tools.js";

/** A dialog that exists while it is open. Resolves to what `close(value)` was called with, or to null. */
export function dialog(label, build, kind = "") {
  return new Promise((resolve) => {
    let answer = null;
    const box = h("dialog", { "aria-label": label, class: kind });
    const close = (value = null) => {
      answer = value;
      box.close();
    };
    box.append(...build(close));
    box.addEventListener("click", (event) => event.target === box && close());
    box.addEventListener("close", () => {
      box.remove();
      resolve(answer);
    });
    document.body.append(box);
    box.showModal();
  });
}

let lists = 0;
function field({ name, label, suggestions = [], ...attributes }) {
  const list = suggestions.length ? `list-${lists += 1}` : null;
  const options = suggestions.map((value) => h("option", { value }));
  return h("label", {}, label, h("input", { name, list, autocomplete: "off", ...attributes }),
    list && h("datalist", { id: list }, ...options));
}

/** Asks for a few texts; resolves to `{name: value}`, or to null when cancelled. */
export function ask(title, fields) {
  return dialog(title, (close) => [h("form", {
    onsubmit: (event) => {
      event.preventDefault();
      const values = new FormData(event.target);
      close(Object.fromEntries([...values].map(([name, value]) => [name, value.trim()])));
    },
  },
  h("h2", {}, title), ...fields.map(field),
  h("menu", {}, h("button", { type: "button", onclick: () => close() }, "取消"), h("button", { class: "primary" }, "确定")))]);
}

/** A list of choices from the bottom, as WeChat shows it; resolves to the chosen value or null. */
export function choose(title, choices) {
  return dialog(title, (close) => [
    ...choices.map(([value, label]) => h("button", { type: "button", onclick: () => close(value) }, label)),
    h("button", { type: "button", class: "cancel", onclick: () => close() }, "取消"),
  ], "choices");
}

/** The cross in the corner. */
export const closeButton = (close) => h("button", { type: "button", class: "shut", "aria-label": "关闭", onclick: () => close() }, icon(SIGNS.cross));

/** A picture as large as the window. */
export const showPicture = (address, label) =>
  dialog(label, (close) => [h("img", { src: address, alt: label }), closeButton(close)], "viewer");

/** A film, played, if the browser can. */
export const showVideo = (address, label) => dialog(label, (close) => {
  const cannot = async () => {
    close();
    const { status } = await fetch(address, { method: "HEAD" });
    toast(status === 404 ? "视频过期了，或已被发布者删除" : "浏览器放不出这段视频");
  };
  return [h("video", { src: address, controls: true, autoplay: true, onerror: cannot }), closeButton(close)];
}, "viewer");

/** What stands in for a mini program: its names, and the page for clients that have none. */
export function showMiniProgram({ title, appid, pagepath, url }) {
  const row = (name, value) => value ? [h("dt", {}, name), h("dd", {}, value)] : [];
  return dialog("小程序", (close) => [
    h("h2", {}, title || "小程序"),
    h("p", {}, "真的微信会在这里打开小程序。模拟平台没有小程序，只显示它的地址："),
    h("dl", {}, ...row("AppID", appid), ...row("页面", pagepath)),
    h("menu", {},
      /^https?:/i.test(url || "") && h("a", { class: "button", href: url, target: "_blank", rel: "noopener" }, "打开备用网页"),
      h("button", { class: "primary", type: "button", onclick: () => close() }, "知道了")),
  ]);
}
