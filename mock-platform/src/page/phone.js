// One person's phone: screen, input line, tools, custom menu. It acts through the test API and shows what comes.

import { h, call, toast, explain, ask, choosePicture, pictureData } from "./tools.js";
import { itemElement, timeLine } from "./bubbles.js";

const TOOLS = [
  ["相册", "album", "M4 5h16v14H4zM4 16l5-5 4 4 3-3 4 4M15.5 9.5h.01"],
  ["拍照", "camera", "M4 8h4l1.5-2h5L16 8h4v11H4zM12 16.5a3 3 0 1 0 0-6 3 3 0 0 0 0 6z"],
  ["语音", "voice", "M12 4a2.5 2.5 0 0 1 2.5 2.5v5a2.5 2.5 0 0 1-5 0v-5A2.5 2.5 0 0 1 12 4zM6 11a6 6 0 0 0 12 0M12 17v3"],
  ["位置", "location", "M12 21c-4-5-6-8-6-11a6 6 0 0 1 12 0c0 3-2 6-6 11zM12 12.5a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5z"],
  ["扫一扫", "scan", "M4 8V4h4M16 4h4v4M20 16v4h-4M8 20H4v-4M4 12h16"],
  ["视频", "video", "M4 6h11v12H4zM15 10l5-3v10l-5-3"],
  ["链接", "link", "M10 14a4 4 0 0 0 6 0l3-3a4 4 0 0 0-6-6l-1 1M14 10a4 4 0 0 0-6 0l-3 3a4 4 0 0 0 6 6l1-1"],
  ["表情", "sticker", "M12 20a8 8 0 1 0 0-16 8 8 0 0 0 0 16zM8.5 14c2 2.5 5 2.5 7 0M9 9.5h.01M15 9.5h.01"],
];

function icon(path) {
  const space = "http://www.w3.org/2000/svg";
  const svg = document.createElementNS(space, "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  const line = document.createElementNS(space, "path");
  line.setAttribute("d", path);
  svg.append(line);
  return svg;
}

/** A phone for one openid; `world` gives the newest person, menu, clock, and the ways out of the phone. */
export class Phone {
  constructor(openid, world) {
    this.openid = openid;
    this.world = world;
    this.last = null;
    this.waiting = 0;
    this.tap = (id, seq) => this.say({ type: "tap", id, seq });
    this.build();
    this.refresh();
  }

  build() {
    this.title = h("h2", {});
    this.nickname = h("span", { class: "phone-person" });
    this.screen = h("ol", { class: "screen", role: "log", "aria-live": "polite", tabindex: "0" });
    this.typing = h("p", { class: "typing", hidden: true }, "对方正在输入…");
    this.input = h("textarea", {
      rows: 1, "aria-label": "输入文字，按回车发送", placeholder: "发消息",
      onkeydown: (event) => this.keyed(event), oninput: () => this.grow(),
    });
    this.more = h("button", {
      class: "icon", type: "button", "aria-label": "更多", "aria-expanded": "false", onclick: () => this.toggleTools(),
    }, icon("M12 20a8 8 0 1 0 0-16 8 8 0 0 0 0 16zM12 8.5v7M8.5 12h7"));
    this.tools = h("div", { class: "tools", hidden: true }, ...TOOLS.map(([label, name, path]) =>
      h("button", { type: "button", onclick: () => this.use(name) }, h("i", {}, icon(path)), label)));
    this.menu = h("nav", { class: "menu", "aria-label": "公众号菜单" });
    this.follow = h("button", { class: "follow", type: "button", hidden: true, onclick: () => this.event("subscribe") }, "关注公众号");
    const send = h("button", { class: "send primary", type: "submit" }, "发送");
    this.form = h("form", { class: "input", onsubmit: (event) => { event.preventDefault(); this.send(); } },
      this.input, this.more, send);
    this.close = h("button", { class: "icon", type: "button", "aria-label": "关上这部手机", onclick: () => this.world.close(this.openid) }, "✕");
    this.element = h("section", { class: "phone" },
      h("header", { class: "phone-head" },
        h("button", { class: "icon fold", type: "button", "aria-label": "考生列表", onclick: () => this.world.showPeople() }, "☰"),
        h("div", { class: "phone-title" }, this.title, this.nickname),
        h("button", { class: "icon fold", type: "button", "aria-label": "通信记录和开关", onclick: () => this.world.showPanel() }, "⚙"),
        this.close),
      this.screen, this.typing, this.follow, this.form, this.tools, this.menu);
    this.atEnd = true;
    let top = 0;
    // Only scrolling up leaves the end: a picture that has just made the screen longer does not.
    this.screen.addEventListener("scroll", () => {
      const below = this.screen.scrollHeight - this.screen.scrollTop - this.screen.clientHeight;
      if (below < 120) this.atEnd = true;
      else if (this.screen.scrollTop < top) this.atEnd = false;
      top = this.screen.scrollTop;
    });
    // A picture that arrives late makes the screen longer.
    this.screen.addEventListener("load", () => this.atEnd && this.toEnd(), true);
    this.element.addEventListener("pointerdown", () => this.world.focus(this.openid));
    this.element.addEventListener("focusin", () => this.world.focus(this.openid));
    this.gone = new AbortController();
    const closeMenu = (event) => this.menu.contains(event.target) || this.openMenu(null);
    document.addEventListener("click", closeMenu, { signal: this.gone.signal });
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
    this.nickname.textContent = person.nickname;
    this.element.setAttribute("aria-label", `${person.nickname}的手机`);
    this.screen.setAttribute("aria-label", `${person.nickname}的聊天记录`);
    this.follow.hidden = person.follows;
    this.form.hidden = !person.follows;
    if (!person.follows) this.tools.hidden = true;
    this.menu.hidden = !person.follows || !this.world.menu();
    this.showTyping(person.typing);
    const menu = JSON.stringify(this.world.menu());
    if (menu !== this.shownMenu) {
      this.shownMenu = menu;
      this.buildMenu(this.world.menu()?.button || []);
    }
  }

  /** Shows new items; stays where the reader is unless they are at the end. */
  add(items) {
    const person = this.world.person(this.openid);
    if (!person || !items.length) return;
    const now = this.world.now();
    for (const item of items) {
      const time = timeLine(item, this.last, now);
      if (time) this.screen.append(time);
      this.screen.append(itemElement(item, person, now, this.world.menu(), this.tap));
      this.last = item;
    }
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
    try {
      await call("POST", `/test/users/${this.openid}/say`, what);
    } catch (error) {
      toast(explain(error));
    } finally {
      clearTimeout(slow);
      this.waiting -= 1;
      this.showTyping(this.world.person(this.openid)?.typing);
    }
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
    this.input.style.height = `${Math.min(this.input.scrollHeight, 110)}px`;
    this.form.classList.toggle("filled", this.input.value.trim() !== "");
  }

  toggleTools(open = this.tools.hidden) {
    this.tools.hidden = !open;
    this.more.setAttribute("aria-expanded", String(open));
    if (open) this.toEnd();
  }

  async use(tool) {
    this.toggleTools(false);
    const act = {
      album: () => this.picture("album"),
      camera: () => this.picture("camera"),
      sticker: () => this.say({ type: "sticker" }),
      video: () => this.say({ type: "video" }),
      voice: () => this.asked("发语音", [{ name: "recognition", label: "说的话（平台识别成的文字）" }],
        (values) => this.say({ type: "voice", recognition: values.recognition })),
      location: () => this.asked("发送位置", [{ name: "label", label: "地点名称", value: "天河区五山路141号" }],
        (values) => this.say({ type: "location", label: values.label })),
      link: () => this.asked("分享链接", [
        { name: "title", label: "标题", value: "一篇文章", required: true },
        { name: "url", label: "网址", value: "https://example.com/", required: true },
      ], (values) => this.say({ type: "link", ...values })),
      scan: () => this.asked("扫二维码", [{ name: "scene", label: "二维码的场景值", required: true }],
        (values) => this.say({ type: "scan", scene: values.scene })),
    };
    await act[tool]();
  }

  async asked(title, fields, act) {
    const values = await ask(title, fields);
    if (values) await act(values);
    this.input.focus();
  }

  async picture(via, event_key) {
    const file = await choosePicture(via === "camera");
    if (!file) return;
    if (file.size > 10 * 1024 * 1024) {
      toast("图片超过 10 MB，请换一张");
      return;
    }
    try {
      const data = await pictureData(file);
      await this.say({ type: "image", file: data, via, event_key });
    } catch {
      toast("这个文件打不开，请换一张图片");
    }
  }

  buildMenu(buttons) {
    this.menu.replaceChildren(...buttons.map((button) => {
      const children = button.sub_button || [];
      if (!children.length) {
        return h("div", {}, h("button", { type: "button", onclick: () => this.press(button) }, button.name));
      }
      const list = h("ul", { hidden: true }, ...children.map((child) =>
        h("li", {}, h("button", { type: "button", onclick: () => { this.openMenu(null); this.press(child); } }, child.name))));
      const head = h("button", {
        type: "button", class: "has-list", "aria-expanded": "false", "aria-haspopup": "true",
        onclick: () => this.openMenu(list.hidden ? list : null),
        onkeydown: (event) => event.key === "Escape" && this.openMenu(null),
      }, button.name);
      return h("div", {}, list, head);
    }));
  }

  openMenu(list) {
    for (const other of this.menu.querySelectorAll("ul")) {
      other.hidden = other !== list;
      other.parentElement.querySelector(".has-list").setAttribute("aria-expanded", String(other === list));
    }
  }

  press(button) {
    const key = button.key || "";
    const act = {
      click: () => this.event("CLICK", key),
      view: () => {
        window.open(button.url, "_blank", "noopener");
        this.event("VIEW", button.url);
      },
      pic_sysphoto: () => this.picture("camera", key),
      pic_photo_or_album: () => this.picture("camera", key),
      pic_weixin: () => this.picture("album"),
      location_select: () => this.use("location"),
      scancode_push: () => this.scanned("scancode_push", key),
      scancode_waitmsg: () => this.scanned("scancode_waitmsg", key),
    }[button.type];
    if (act) act();
    else toast("模拟平台还打不开这种菜单");
  }

  scanned(event, key) {
    return this.asked("扫一扫", [{ name: "result", label: "扫到的内容", required: true }], (values) =>
      this.event(event, key, { ScanCodeInfo: { ScanType: "qrcode", ScanResult: values.result } }));
  }
}
