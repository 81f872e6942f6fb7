// What one person can do with the account besides talking: follow or not, refuse messages, scan a code, agree to a
// notice; and what the account may still send to them.

import { scan } from "./deeds.js";
import { closeButton, dialog } from "./dialogs.js";
import { MOST_OF_A_WINDOW, attempt, avatar, call, copy, h, massThisMonth, span } from "./tools.js";

const RESULTS = [["", "送达"], ["failed:user block", "用户拒收"], ["failed: system failed", "系统失败"]];
const SYSTEMS = [["2", "安卓"], ["1", "苹果"], ["3", "其他"]];
const AGREEMENTS = [["accept", "同意"], ["reject", "拒绝"]];
// Where the pop-up was; the numbers are the platform's `PopupScene`.
const SCENES = [["1", "网页"], ["2", "图文"], ["0", "其他"]];

const options = (choices) => choices.map(([value, label]) => h("option", { value }, label));

/** Opens the sheet; it follows the person until it is closed. */
export async function showProfile(phone, person) {
  await dialog(`${person.nickname}和公众号`, (close) => {
    phone.profile = new Profile(phone, close);
    phone.profile.show(person);
    return [phone.profile.element];
  }, "sheet");
  phone.profile = null;
}

class Profile {
  constructor(phone, close) {
    this.phone = phone;
    this.path = `/test/users/${phone.openid}`;
    this.window = h("p", {});
    this.messages = h("meter", { max: MOST_OF_A_WINDOW, "aria-label": "还能收的客服消息" });
    this.mass = h("p", {});
    this.follow = h("button", { type: "button", onclick: () => this.turn() });
    this.refuse = h("input", { type: "checkbox", onchange: () => this.set({ refuses_messages: this.refuse.checked }) });
    this.result = h("select", { onchange: () => this.set({ template_result: this.result.value }) }, ...options(RESULTS));
    this.system = h("select", { onchange: () => this.set({ client_platform_type: Number(this.system.value) }) }, ...options(SYSTEMS));
    this.snapshot = h("input", { type: "checkbox", onchange: () => this.set({ snapshot_user: this.snapshot.checked }) });
    this.agreement = this.agreementForm();
    const deed = (label, act) => h("button", { type: "button", onclick: act }, label);
    this.head = h("header", { class: "sheet-head" });
    this.element = h("div", { class: "profile" }, this.head,
      h("fieldset", {}, h("legend", {}, "公众号还能发"), this.window, this.messages, this.mass),
      h("fieldset", {}, h("legend", {}, "关注"), h("div", { class: "buttons" }, this.follow,
        deed("扫二维码", () => { close(); attempt(() => scan(phone)); }),
        deed("重送最后一条", () => this.redeliver()))),
      h("fieldset", {}, h("legend", {}, "设置"), h("label", { class: "inline" }, this.refuse, "拒收公众号的消息"),
      h("label", { class: "inline" }, this.snapshot, "打开网页时是快照页"),
      h("label", { class: "inline" }, "手机系统", this.system), h("label", { class: "inline" }, "模板消息结果", this.result)),
      this.agreement,
      closeButton(close));
  }

  /** Agreeing to one of the account's subscription notices. */
  agreementForm() {
    const notices = this.phone.world.head().notices;
    if (!notices.length) return h("fieldset", {}, h("legend", {}, "订阅通知"), h("p", {}, "公众号还没有订阅通知的模板。"));
    const template = h("select", {}, ...options(notices.map(({ template_id, title }) => [template_id, title])));
    const status = h("select", {}, ...options(AGREEMENTS));
    const scene = h("select", {}, ...options(SCENES));
    return h("form", {
      class: "grid",
      onsubmit: (event) => {
        event.preventDefault();
        const body = { template_id: template.value, status: status.value, scene: Number(scene.value) };
        attempt(() => call("POST", `${this.path}/subscribe`, body));
      },
    },
    h("h3", {}, "订阅通知"), h("label", { class: "whole" }, "模板", template), h("label", {}, "选择", status), h("label", {}, "在哪里", scene),
    h("button", { class: "primary" }, "提交选择"));
  }

  set(change) {
    return attempt(() => call("POST", `${this.path}/settings`, { ...this.person.settings, ...change }));
  }

  turn() {
    return this.phone.event(this.person.follows ? "unsubscribe" : "subscribe");
  }

  /** The platform's repetition: the same bytes once more. */
  redeliver() {
    const last = this.phone.world.screen(this.phone.openid).findLast((item) => item.from === "user");
    if (last) attempt(() => call("POST", `${this.path}/redeliver`, { seq: last.seq }));
  }

  show(person) {
    this.person = person;
    this.head.replaceChildren(avatar(person.nickname, person.openid), h("div", {}, h("h2", {}, person.nickname),
      h("button", { type: "button", class: "link", title: "复制", onclick: () => copy(person.openid, " openid") }, person.openid)));
    this.follow.textContent = person.follows ? "取消关注" : "重新关注";
    this.refuse.checked = person.settings.refuses_messages;
    this.result.value = person.settings.template_result;
    this.system.value = person.settings.client_platform_type || 2;
    this.snapshot.checked = person.settings.snapshot_user;
    this.mass.textContent = massThisMonth(person);
    this.tick();
  }

  tick() {
    const { remaining, until } = this.person.window;
    const left = this.person.follows ? until - this.phone.world.now() : 0;
    this.messages.value = left > 0 ? remaining : 0;
    const shut = this.person.follows ? "客服消息窗口已关，等对方说话或点菜单" : "没有关注，什么都不能发";
    this.window.textContent = left > 0 ? `客服消息 ${remaining} 条，${span(left)}内有效` : shut;
  }
}
