// The wire log: every delivery to the bot, decrypted, and every call of the bot with its answer, newest first.
//
// Two thousand entries are kept and a hundred of them drawn, so that a storm of calls neither fills the memory nor
// stops the page; what fell out is counted.

import { copy, h, secondTime } from "./tools.js";

const MOST_KEPT = 2000;
const MOST_DRAWN = 100;

// What became of a delivery, as the mock words it, and as the page does.
const OUTCOMES = [
  ["nothing to show", "不显示"], ["shown", "已显示"], ["too long: it vanishes", "太长，平台不显示"],
  ["no complete answer in time", "超时"], ["the connection was refused", "连不上机器人"], ["the connection broke", "连接断开"],
  ["lost on the way (fault)", "路上丢失"], ["an unencrypted answer", "回复没有加密"], ["-40001", "回复的签名不对"],
  ["not the platform's XML", "回复不是 XML"], ["ToUserName is not the person", "ToUserName 不对"],
  ["FromUserName is not the account", "FromUserName 不对"], ["CreateTime is not bare digits", "CreateTime 不对"],
  ["Content is empty", "内容是空的"], ["names no medium", "素材不存在"], ["(fault)", "（故障）"],
];
const outcomeWords = (outcome) => OUTCOMES.reduce((words, [part, meaning]) => words.replace(part, meaning), outcome);

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

const quoted = (text) => `'${text.replaceAll("'", "'\\''")}'`;

/** The call as a shell would make it; token and secret were never in the log. */
export function curl(entry) {
  const query = new URLSearchParams(entry.request?.query);
  if (!entry.path.startsWith("/upstream") && !query.has("grant_type")) query.set("access_token", "ACCESS_TOKEN");
  const address = `${location.origin}${entry.path}${query.size ? `?${query}` : ""}`;
  const body = entry.request?.body;
  if (entry.method === "GET" || !body) return `curl -X ${entry.method} ${quoted(address)}`;
  const parts = Object.entries(body);
  if (parts.length && parts.every(([, part]) => Number.isInteger(part?.bytes))) {
    return `curl ${quoted(address)} ${parts.map(([name]) => `-F ${quoted(`${name}=@FILE`)}`).join(" ")}`;
  }
  return `curl ${quoted(address)} -H 'content-type: application/json' -d ${quoted(JSON.stringify(body))}`;
}

function block(title, text) {
  return text && h("section", {}, h("h4", {}, title,
    h("button", { type: "button", class: "link", onclick: () => copy(text, title) }, "复制")), h("pre", { tabindex: "0" }, text));
}

const isGood = (entry) => entry.kind === "callback"
  ? entry.outcome === "shown" || entry.outcome === "nothing to show"
  : entry.errcode === 0 && !entry.fault && !(entry.answer?.status >= 400);

/** What the platform said was wrong; the `rid` stands inside. */
const reason = (entry) => entry.errcode ? (entry.answer?.errmsg || "").replace(/ rid: .*$/, "") : "";

const part = (xml, name) => new RegExp(`<${name}><!\\[CDATA\\[(.*?)\\]\\]>`).exec(xml)?.[1];

/** What of an entry the filters look at, made once. */
function indexed(entry) {
  const isCallback = entry.kind === "callback";
  const rid = /rid: ?([\w-]+)/.exec(entry.answer?.errmsg)?.[1];
  const title = isCallback ? part(entry.message, "Event") || part(entry.message, "MsgType") : entry.path.replace("/cgi-bin/", "");
  const content = isCallback ? entry.message : JSON.stringify([entry.path, entry.request, entry.errcode, entry.answer]);
  return { entry, title, rid, good: isGood(entry), text: content.toLowerCase() };
}

const mentions = (line, openid) => line.entry.openid === openid || line.text.includes(openid.toLowerCase());

export class Log {
  constructor(world) {
    this.world = world;
    this.lines = [];
    this.leftOut = 0;
    this.list = h("ol", { class: "log" });
    this.kind = h("select", { "aria-label": "显示哪些记录", onchange: () => this.draw() },
      ...[["", "全部"], ["callback", "只看回调"], ["call", "只看接口"]].map(([value, label]) => h("option", { value }, label)));
    this.sought = h("input", { type: "search", "aria-label": "路径、编号或内容", placeholder: "路径、rid 或内容", oninput: () => this.draw() });
    this.ofPerson = h("input", { type: "checkbox", onchange: () => this.draw() });
    this.onlyBad = h("input", { type: "checkbox", onchange: () => this.draw() });
    this.person = h("span", {}, "当前考生");
    this.count = h("p", { class: "log-count", role: "status" });
    this.element = h("div", { class: "log-box" },
      h("div", { class: "log-tools" }, this.kind, this.sought,
        h("label", { class: "inline" }, this.ofPerson, this.person), h("label", { class: "inline" }, this.onlyBad, "只看出错"),
        h("button", { type: "button", onclick: () => this.forget() }, "清空显示")),
      this.count, this.list);
  }

  forget() {
    this.lines = [];
    this.leftOut = 0;
    this.draw();
  }

  /** The person whose phone is in hand, for the filter. */
  follow(person) {
    if (person?.openid === this.openid) return;
    this.openid = person?.openid;
    this.person.textContent = person ? `只看${person.nickname}` : "当前考生";
    if (this.ofPerson.checked) this.draw();
  }

  /** `leftOut` more came than the mock sent along. */
  add(entries, leftOut) {
    const fresh = entries.map(indexed);
    this.lines.push(...fresh);
    this.leftOut += leftOut + Math.max(0, this.lines.length - MOST_KEPT);
    this.lines.splice(0, this.lines.length - MOST_KEPT);
    const shown = fresh.filter((line) => this.fits(line)).slice(-MOST_DRAWN).reverse();
    this.list.prepend(...shown.map((line) => this.drawn(line)));
    while (this.list.children.length > MOST_DRAWN) this.list.lastElementChild.remove();
    this.say();
  }

  fits(line) {
    const sought = this.sought.value.trim().toLowerCase();
    return (!this.kind.value || line.entry.kind === this.kind.value)
      && (!this.onlyBad.checked || !line.good)
      && (!this.ofPerson.checked || !this.openid || mentions(line, this.openid))
      && (!sought || line.text.includes(sought));
  }

  draw() {
    const shown = this.lines.filter((line) => this.fits(line)).slice(-MOST_DRAWN).reverse();
    this.list.replaceChildren(...shown.map((line) => this.drawn(line)));
    this.say();
  }

  say() {
    const rest = this.leftOut ? `，更早的 ${this.leftOut} 条不再显示` : "";
    this.count.textContent = this.lines.length
      ? `显示 ${this.list.children.length} 条，共 ${this.lines.length} 条${rest}`
      : "还没有通信。";
  }

  drawn(line) {
    return line.entry.kind === "callback" ? this.callbackLine(line) : this.callLine(line);
  }

  callbackLine(line) {
    const { entry } = line;
    const words = outcomeWords(entry.outcome);
    const who = this.world.person(entry.openid)?.nickname || "平台";
    return this.row(line, `${who} · ${line.title}`, entry.attempt > 1 ? `第 ${entry.attempt} 次 ${words}` : words, () => [
      block("平台发给机器人", prettyXml(entry.message)), block("机器人的回复", entry.reply && prettyXml(entry.reply)),
    ]);
  }

  callLine(line) {
    const { entry } = line;
    const words = String(entry.errcode || entry.answer?.status || 0);
    const query = Object.keys(entry.request?.query || {}).length ? JSON.stringify(entry.request.query) : "";
    const body = entry.request?.body ? JSON.stringify(entry.request.body, null, 1) : "";
    return this.row(line, line.title, entry.fault ? `${words} [${entry.fault}]` : words, () => [
      h("section", { class: "log-acts" }, h("code", {}, line.rid ? `rid ${line.rid}` : entry.method),
        h("button", { type: "button", onclick: () => copy(curl(entry), "为 curl") }, "复制为 curl")),
      block("请求参数", query), block("请求", body), block("回答", JSON.stringify(entry.answer, null, 1)),
    ]);
  }

  /** The blocks are built when the line is first opened: most never are. */
  row({ entry, good }, title, outcome, blocks) {
    const isCallback = entry.kind === "callback";
    const what = isCallback ? "平台到机器人" : "机器人到平台";
    const details = h("details", {},
      h("summary", {},
        h("span", { class: `arrow ${entry.kind}`, role: "img", "aria-label": what, title: what }, isCallback ? "↓" : "↑"),
        h("span", { class: "log-title" }, title),
        h("span", { class: `outcome ${good ? "good" : "bad"}` }, outcome),
        h("small", {}, [secondTime(entry.at), `${entry.duration_ms} ms`, reason(entry)].filter(Boolean).join(" · "))));
    details.addEventListener("toggle", () => details.append(...blocks().filter(Boolean)), { once: true });
    return h("li", {}, details);
  }
}
