// The side of the page that no candidate sees: the wire log, and the switches for time, upstream systems, faults.

import { Agents } from "./agents.js";
import { h, call, toast, explain, fullTime, secondTime } from "./tools.js";

const byId = (id) => document.getElementById(id);
const MOST_LINES = 300;

const KINDS = [
  ["delay", "变慢（毫秒）", "1500"], ["duplicate", "重复一次", ""], ["reorder", "排到下一个之后", ""],
  ["drop", "丢失", ""], ["status", "HTTP 状态码", "500"], ["errcode", "返回错误码", "-1"],
  ["garbage", "返回乱码", ""], ["token_expired", "凭证突然过期", ""],
];
const TARGETS = [
  ["callback", "回调（平台 → 机器人）"], ["/cgi-bin/message/custom/send", "客服消息"],
  ["/cgi-bin/message/template/send", "模板消息"], ["/cgi-bin/media/get", "下载素材"],
  ["/cgi-bin/media/upload", "上传素材"], ["/cgi-bin/stable_token", "取凭证"], ["/cgi-bin", "所有接口"],
  ["/upstream/registry", "考籍库"], ["/upstream/population", "公安人口库"],
];

// What became of a delivery, as the mock words it, and as the page does.
const OUTCOMES = [
  ["nothing to show", "不显示"], ["shown", "已显示"], ["too long: it vanishes", "太长，平台不显示"],
  ["no complete answer in time", "超时"], ["the connection was refused", "连不上机器人"], ["the connection broke", "连接断开"],
  ["lost on the way (fault)", "路上丢失"], ["an unencrypted answer", "回复没有加密"], ["-40001", "回复的签名不对"],
  ["not the platform's XML", "回复不是 XML"], ["ToUserName is not the person", "ToUserName 不对"],
  ["FromUserName is not the account", "FromUserName 不对"], ["CreateTime is not bare digits", "CreateTime 不对"],
  ["Content is empty", "内容是空的"], ["names no medium", "素材不存在"], ["(fault)", "（故障）"],
];

const VERDICTS = [["match", "一致"], ["mismatch", "不一致"], ["unavailable", "连不上"]];
const setPopulation = (population) => call("POST", "/test/upstream", { population });

function outcomeWords(outcome) {
  return OUTCOMES.reduce((words, [part, meaning]) => words.replace(part, meaning), outcome);
}

async function attempt(act) {
  try {
    await act();
  } catch (error) {
    toast(explain(error));
  }
}

/** XML with one element a line, its text beside it; it is for reading only. */
function prettyXml(xml) {
  let depth = 0;
  return xml.replace(/(?<!\]\])>(?=<(?!!))/g, ">\n").split("\n").map((line) => {
    if (/^<\//.test(line)) depth -= 1;
    const shown = line.startsWith("<") ? "  ".repeat(Math.max(depth, 0)) + line : line;
    if (/^<[^/!][^>]*>$/.test(line)) depth += 1;
    return shown;
  }).join("\n");
}

const block = (title, text) => text ? h("section", {}, h("h4", {}, title), h("pre", { tabindex: "0" }, text)) : null;

export class Panel {
  constructor(world) {
    this.world = world;
    this.shown = "";
    this.build();
    this.tabs();
    byId("log-filter").addEventListener("change", () => this.filter());
    byId("log-clear").addEventListener("click", () => byId("log").replaceChildren());
  }

  tabs() {
    const tabs = [byId("tab-log"), byId("tab-switches")];
    const select = (chosen) => {
      for (const tab of tabs) {
        const on = tab === chosen;
        tab.setAttribute("aria-selected", String(on));
        tab.tabIndex = on ? 0 : -1;
        byId(tab.getAttribute("aria-controls")).hidden = !on;
      }
    };
    for (const [n, tab] of tabs.entries()) {
      tab.addEventListener("click", () => select(tab));
      tab.addEventListener("keydown", (event) => {
        if (!["ArrowLeft", "ArrowRight"].includes(event.key)) return;
        select(tabs[1 - n]);
        tabs[1 - n].focus();
      });
    }
  }

  /** Newest first; what is too old falls out. */
  add(entries) {
    const log = byId("log");
    for (const entry of entries) log.prepend(this.line(entry));
    while (log.children.length > MOST_LINES) log.lastElementChild.remove();
    this.filter();
  }

  filter() {
    const kind = byId("log-filter").value;
    for (const line of byId("log").children) line.hidden = kind !== "" && line.dataset.kind !== kind;
  }

  line(entry) {
    return entry.kind === "callback" ? this.callbackLine(entry) : this.callLine(entry);
  }

  callbackLine(entry) {
    const person = this.world.person(entry.openid);
    const type = /<Event><!\[CDATA\[(.*?)\]\]>/.exec(entry.message)?.[1] || /<MsgType><!\[CDATA\[(.*?)\]\]>/.exec(entry.message)?.[1];
    const good = entry.outcome === "shown" || entry.outcome === "nothing to show";
    const words = outcomeWords(entry.outcome);
    return this.entryLine(entry, good, `${person?.nickname || "？"} · ${type}`,
      entry.attempt > 1 ? `第 ${entry.attempt} 次 ${words}` : words,
      [block("平台发给机器人", prettyXml(entry.message)), block("机器人的回复", entry.reply && prettyXml(entry.reply))]);
  }

  callLine(entry) {
    const good = entry.errcode === 0 && !entry.fault && !(entry.answer?.status >= 400);
    const words = entry.errcode ? String(entry.errcode) : entry.answer?.status ? String(entry.answer.status) : "0";
    const query = Object.keys(entry.request?.query || {}).length ? JSON.stringify(entry.request.query) : "";
    const body = entry.request?.body ? JSON.stringify(entry.request.body, null, 1) : "";
    return this.entryLine(entry, good, entry.path.replace("/cgi-bin/", ""), entry.fault ? `${words} [${entry.fault}]` : words,
      [block("请求参数", query), block("请求", body), block("回答", JSON.stringify(entry.answer, null, 1))]);
  }

  entryLine(entry, good, title, outcome, blocks) {
    const arrow = entry.kind === "callback" ? "↓" : "↑";
    const what = entry.kind === "callback" ? "平台到机器人" : "机器人到平台";
    return h("li", { "data-kind": entry.kind },
      h("details", {},
        h("summary", {},
          h("span", { class: `arrow ${entry.kind}`, title: what }, arrow),
          h("span", { class: "log-title" }, title),
          h("span", { class: `outcome ${good ? "good" : "bad"}` }, outcome),
          h("small", {}, `${secondTime(entry.at)} · ${entry.duration_ms} ms`)),
        ...blocks));
  }

  build() {
    this.clock = h("output", { class: "clock" }, "—");
    this.person = h("div", { class: "person-box" });
    this.pending = h("ul", { class: "pending" });
    const move = (label, seconds) => h("button", { type: "button", onclick: () => attempt(() => call("POST", "/test/clock", { advance_seconds: seconds })) }, label);
    this.population = this.radios("population", VERDICTS, (value) => setPopulation({ default: value }));
    this.named = h("div", { class: "named" });
    this.registry = this.radios("registry", [["up", "正常"], ["down", "连不上"]],
      (value) => call("POST", "/test/upstream", { registry: value }));
    this.agents = new Agents(attempt);
    byId("switches-pane").append(
      h("fieldset", {}, h("legend", {}, "时间"), this.clock,
        h("div", { class: "buttons" }, move("过 1 小时", 3600), move("过 1 天", 86400), move("过 3 天", 3 * 86400))),
      h("fieldset", {}, h("legend", {}, "公安人口库核对"), this.named, h("p", {}, "其他人"), this.population.element),
      h("fieldset", {}, h("legend", {}, "考籍库"), this.registry.element),
      h("fieldset", {}, h("legend", {}, "当前考生"), this.person),
      this.agents.element,
      h("fieldset", {}, h("legend", {}, "故障"), this.faultForm(), this.pending),
      h("fieldset", {}, h("legend", {}, "重新开始"),
        h("p", {}, "清空考生、聊天、记录和故障。菜单和各库的设置不变；机器人那边的资料还在。"),
        h("button", { type: "button", class: "danger", onclick: () => this.forget() }, "清空模拟平台")));
  }

  forget() {
    return attempt(async () => {
      await call("POST", "/test/reset", { people_only: true });
      byId("log").replaceChildren();
    });
  }

  radios(name, choices, act) {
    const inputs = choices.map(([value]) => h("input", { type: "radio", name, value, onchange: () => attempt(() => act(value)) }));
    const element = h("div", { class: "radios" }, ...choices.map(([, label], n) => h("label", {}, inputs[n], h("span", {}, label))));
    return { element, show: (value) => inputs.forEach((input) => { input.checked = input.value === value; }) };
  }

  faultForm() {
    const target = h("select", { name: "target" }, ...TARGETS.map(([value, label]) => h("option", { value }, label)));
    const value = h("input", { name: "value", inputmode: "numeric", size: 6 });
    const kind = h("select", { name: "kind", onchange: () => { value.value = KINDS.find(([name]) => name === kind.value)[2]; } },
      ...KINDS.map(([name, label]) => h("option", { value: name }, label)));
    value.value = KINDS[0][2];
    const times = h("input", { name: "times", type: "number", min: 1, max: 99, value: "1" });
    return h("form", {
      class: "fault",
      onsubmit: (event) => {
        event.preventDefault();
        const fault = { target: target.value, kind: kind.value, times: Number(times.value) || 1 };
        if (value.value.trim() !== "") fault.value = Number.isNaN(Number(value.value)) ? value.value : Number(value.value);
        attempt(() => call("POST", "/test/faults", fault));
      },
    },
    h("label", {}, "哪里", target), h("label", {}, "怎样", kind), h("label", {}, "数值", value), h("label", {}, "几次", times),
    h("button", { class: "primary" }, "设置"));
  }

  /** Shows the switches as the mock has them. */
  refresh() {
    const head = this.world.head();
    this.tick();
    const person = this.world.active();
    const shown = JSON.stringify([head.registry, head.population, head.faults, person]);
    if (shown === this.shown) return;
    this.shown = shown;
    this.registry.show(head.registry);
    this.population.show(head.population.default);
    this.showNamed(head.population.named);
    this.showFaults(head.faults || []);
    this.showPerson(person);
    this.agents.show(person);
  }

  /** Those with a verdict of their own, each with switches of their own: the general ones do not reach them. */
  showNamed(named) {
    const numbers = named.map(({ number }) => number).join(" ");
    // Built anew only for other people, so that whoever is at a switch by keyboard stays there.
    if (this.named.dataset.numbers !== numbers) {
      this.named.dataset.numbers = numbers;
      this.own = named.map(({ number }) => this.radios(`population-${number}`, VERDICTS, (value) => setPopulation({ numbers: { [number]: value } })));
      this.named.replaceChildren(...named.map(({ number, name }, n) => h("div", { role: "group", "aria-label": name || number },
        h("p", {}, `${name || ""} …${number.slice(-4)}`.trim()), this.own[n].element)));
    }
    named.forEach(({ verdict }, n) => this.own[n].show(verdict));
  }

  showFaults(faults) {
    const name = (list, value) => list.find(([key]) => key === value)?.[1] || value;
    this.pending.replaceChildren(...faults.map((fault) => h("li", {},
      `${name(TARGETS, fault.target)}：${name(KINDS, fault.kind)} ${fault.value ?? ""} × ${fault.times}`)),
    faults.length ? h("li", {}, h("button", { type: "button", onclick: () => attempt(() => call("DELETE", "/test/faults")) }, "全部取消")) : "");
  }

  showPerson(person) {
    if (!person) {
      this.person.replaceChildren(h("p", {}, "先选一位考生。"));
      return;
    }
    this.window = h("p", { class: "window" });
    const set = (change) => attempt(() => call("POST", `/test/users/${person.openid}/settings`, { ...person.settings, ...change }));
    const refuse = h("input", { type: "checkbox", onchange: (event) => set({ refuses_messages: event.target.checked }) });
    refuse.checked = person.settings.refuses_messages;
    const result = h("select", { onchange: (event) => set({ template_result: event.target.value }) },
      ...[["", "送达"], ["failed:user block", "用户拒收"], ["failed: system failed", "系统失败"]].map(([value, label]) => h("option", { value }, label)));
    result.value = person.settings.template_result;
    const event = person.follows ? "unsubscribe" : "subscribe";
    const follow = h("button", { type: "button", onclick: () => attempt(() => call("POST", `/test/users/${person.openid}/say`, { type: "event", event })) },
      person.follows ? "取消关注" : "重新关注");
    this.person.replaceChildren(h("p", {}, h("strong", {}, person.nickname), h("code", {}, person.openid)), this.window,
      h("label", { class: "inline" }, refuse, "拒收客服消息"), h("label", { class: "inline" }, "模板消息结果 ", result), follow);
    this.tick();
  }

  /** Once a second: the clock, and how long the window is still open. */
  tick() {
    const now = this.world.now();
    if (now) this.clock.textContent = fullTime(now);
    const person = this.world.active();
    if (!person || !this.window) return;
    const left = person.window.until - now;
    this.window.textContent = left <= 0
      ? "客服消息窗口已关闭"
      : `还能发 ${person.window.remaining} 条客服消息，${left > 3600 ? `${Math.floor(left / 3600)} 小时` : left > 60 ? `${Math.floor(left / 60)} 分钟` : `${left} 秒`}内有效`;
  }
}
