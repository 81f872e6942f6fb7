// What the platform allows: messages to each person, calls of each kind today, and how strict it is.

import { MOST_OF_A_WINDOW, attempt, call, h, massThisMonth, span } from "./tools.js";

const QUOTAS = "/test/quotas";
const STRICT = "/test/strict";
/** Between two questions while calls come in. */
const EVERY_MS = 1000;
/** People whose window is drawn. */
const MOST_PEOPLE = 30;

const SWITCHES = [["escapes", "不接受 \\u 转义的汉字（40033）"], ["unlimited", "不限次数"], ["unlimited_daily", "只限每分钟次数"], ["secret_frozen", "AppSecret 冻结（40243）"]];
const ACCOUNTS = [["verified", "已认证的服务号"], ["unverified", "没有认证"], ["test", "测试号"]];
const CONFIRMATIONS = [["", "不用确认"], ["89501", "正在等管理员确认（89501）"], ["89503", "需要管理员确认（89503）"],
  ["89506", "管理员拒绝了，24 小时内不能再试（89506）"], ["89507", "管理员拒绝了，1 小时内不能再试（89507）"]];

const change = (wanted) => attempt(() => call("POST", STRICT, wanted));

function select(label, choices, act) {
  const box = h("select", { onchange: () => act(box.value) }, ...choices.map(([value, words]) => h("option", { value }, words)));
  return { box, element: h("label", {}, label, box) };
}

export class Limits {
  constructor(world) {
    this.world = world;
    this.windows = h("ul", { class: "quotas" });
    this.meters = h("ul", { class: "quotas" });
    this.none = h("p", {}, "今天还没有调用过接口。");
    this.element = h("div", { class: "pane" },
      h("fieldset", {}, h("legend", {}, "每位考生还能收"), this.windows),
      h("fieldset", {}, h("legend", {}, "今天的配额"), this.none, this.meters), this.strictness());
  }

  /** Asks anew, once a second at most and only while somebody looks. */
  refresh() {
    this.late = Boolean(this.waiting);
    if (this.waiting || !this.element.checkVisibility()) return;
    this.waiting = setTimeout(() => {
      this.waiting = null;
      if (this.late) this.refresh();
    }, EVERY_MS);
    attempt(async () => {
      this.showQuotas(await call("GET", QUOTAS));
      this.showStrict(await call("GET", STRICT));
    });
  }

  /** Once a second: what the account may still send to each person. */
  tick() {
    if (!this.element.checkVisibility()) return;
    const now = this.world.now();
    this.windows.replaceChildren(...this.world.head().people.slice(0, MOST_PEOPLE).map((person) => {
      const { nickname, follows, window } = person;
      const left = window.until - now;
      const open = left > 0 && follows;
      const words = open ? `客服 ${window.remaining} 条，${span(left)}` : follows ? "窗口已关" : "未关注";
      return h("li", {}, h("span", {}, nickname), h("output", {}, `${words} · ${massThisMonth(person)}`),
        h("meter", { max: MOST_OF_A_WINDOW, value: open ? window.remaining : 0, "aria-label": `${nickname}还能收的客服消息` }));
    }));
  }

  showQuotas(quotas) {
    const used = quotas.filter((quota) => quota.used > 0);
    this.none.hidden = used.length > 0;
    this.meters.replaceChildren(...used.map(({ path, used: count, limit }) => h("li", {},
      h("span", {}, path.replace("/cgi-bin/", "")),
      h("output", {}, `${count.toLocaleString("zh-CN")} / ${limit.toLocaleString("zh-CN")}`),
      h("meter", { max: limit, high: limit * 0.8, optimum: 0, value: count, "aria-label": `${path} 已用` }))));
  }

  strictness() {
    this.boxes = SWITCHES.map(([name]) =>
      h("input", { type: "checkbox", onchange: (event) => change({ [name]: event.target.checked }) }));
    const addresses = () => this.whitelist.value.split(/[\s,，]+/).filter(Boolean);
    this.whitelist = h("input", { autocomplete: "off", placeholder: "不限制", onchange: () => change({ whitelist: addresses().length ? addresses() : null }) });
    this.account = select("账号", ACCOUNTS, (account) => change({ account }));
    this.confirmation = select("取凭证时", CONFIRMATIONS, (code) => change({ confirmation: Number(code) || null }));
    return h("fieldset", {}, h("legend", {}, "平台有多严"),
      h("div", { class: "grid" }, this.account.element, this.confirmation.element, h("label", {}, "IP 白名单", this.whitelist)),
      ...SWITCHES.map(([, label], n) => h("label", { class: "inline" }, this.boxes[n], label)));
  }

  showStrict(strict) {
    SWITCHES.forEach(([name], n) => { this.boxes[n].checked = strict[name]; });
    this.account.box.value = strict.account;
    this.confirmation.box.value = strict.confirmation ?? "";
    if (document.activeElement !== this.whitelist) this.whitelist.value = (strict.whitelist || []).join(" ");
  }
}
