// Faults: ready-made ones with plain names, any other by hand, and those that are still to come.

import { attempt, call, h } from "./tools.js";

const SEND = "/cgi-bin/message/custom/send";

const PRESETS = [
  ["凭证突然失效", "下一次调用接口时，凭证作废（42001）", { target: "/cgi-bin", kind: "token_expired", times: 1 }],
  ["平台很慢", "接下来 20 次调用，每次 8 秒才回答", { target: "/cgi-bin", kind: "delay", value: 8000, times: 20 }],
  ["每五次失败一次", "每 5 次调用有 1 次系统繁忙（-1），共 20 次", { target: "/cgi-bin", kind: "errcode", value: -1, times: 20, skip: 4 }],
  ["每五次坏一次，花样不同", "系统繁忙、答案丢失、乱码、502、很慢，轮流来", [
    { target: "/cgi-bin", kind: "errcode", value: -1, times: 1, skip: 4 }, { target: "/cgi-bin", kind: "drop", times: 1, skip: 4 },
    { target: "/cgi-bin", kind: "garbage", times: 1, skip: 4 }, { target: "/cgi-bin", kind: "status", value: 502, times: 1, skip: 4 },
    { target: "/cgi-bin", kind: "delay", value: 8000, times: 1, skip: 4 }]],
  ["配额用完", "接下来 50 条客服消息答 45009", { target: SEND, kind: "errcode", value: 45009, times: 50 }],
  ["平台答非所问", "接下来 3 次回答是网页，不是 JSON", { target: "/cgi-bin", kind: "garbage", times: 3 }],
  ["平台报 502", "接下来 5 次调用都是 HTTP 502", { target: "/cgi-bin", kind: "status", value: 502, times: 5 }],
  ["送到了但没有回答", "接下来 3 条客服消息已送达，回答丢了", { target: SEND, kind: "drop", times: 3 }],
  ["没有菜单消息的权限", "接下来 5 条客服消息答 48001", { target: SEND, kind: "errcode", value: 48001, times: 5 }],
  ["同一条消息送两遍", "下一条消息同时送给机器人两遍", { target: "callback", kind: "duplicate", times: 1 }],
  ["消息送不到机器人", "接下来 3 次投递都丢，考生看到故障提示", { target: "callback", kind: "drop", times: 3 }],
  ["消息乱序", "下一条消息排到再下一条之后", { target: "callback", kind: "reorder", value: 10000, times: 1 }],
  ["考籍库很慢", "接下来 3 次查询，每次 8 秒才回答", { target: "/upstream/registry", kind: "delay", value: 8000, times: 3 }],
  ["人口库报错", "接下来 3 次核对都是 HTTP 500", { target: "/upstream/population", kind: "status", value: 500, times: 3 }],
];

const KINDS = [
  ["delay", "变慢（毫秒）", "1500"], ["duplicate", "重复一次", ""], ["reorder", "排到下一个之后", ""],
  ["drop", "丢失", ""], ["status", "HTTP 状态码", "500"], ["errcode", "返回错误码", "-1"],
  ["garbage", "返回乱码", ""], ["token_expired", "凭证突然过期", ""],
];
const TARGETS = [
  ["callback", "回调（平台 → 机器人）"], [SEND, "客服消息"], ["/cgi-bin/message/template/send", "模板消息"],
  ["/cgi-bin/message/subscribe/bizsend", "订阅通知"], ["/cgi-bin/message/mass", "群发"],
  ["/cgi-bin/media/get", "下载素材"], ["/cgi-bin/media/upload", "上传素材"], ["/cgi-bin/stable_token", "取凭证"],
  ["/cgi-bin", "所有接口"], ["/upstream/registry", "考籍库"], ["/upstream/population", "公安人口库"],
];

const nameIn = (list, value) => list.find(([key]) => key === value)?.[1] || value;
const options = (list) => list.map(([value, label]) => h("option", { value }, label));

/** Sets one or several, in their order. */
const add = (faults) => attempt(async () => {
  for (const fault of [faults].flat()) await call("POST", "/test/faults", fault);
});

function words(fault) {
  const what = [nameIn(KINDS, fault.kind), fault.value].filter((word) => word !== null && word !== undefined).join(" ");
  const passing = fault.skip ? `，每隔 ${fault.skip} 次` : "";
  return `${nameIn(TARGETS, fault.target)}：${what}${passing}，还有 ${fault.times} 次`;
}

export class Faults {
  constructor() {
    this.pending = h("ul", { class: "pending", "aria-label": "还没发生的故障" });
    this.clear = h("button", { type: "button", class: "danger", hidden: true, onclick: () => attempt(() => call("DELETE", "/test/faults")) }, "全部取消");
    this.none = h("p", {}, "没有，一切正常。");
    this.element = h("div", { class: "pane" },
      h("fieldset", {}, h("legend", {}, "还没发生的"), this.none, this.pending, this.clear),
      h("fieldset", {}, h("legend", {}, "常见故障"), h("div", { class: "presets" }, ...PRESETS.map(([name, what, fault]) =>
        h("button", { type: "button", onclick: () => add(fault) }, h("strong", {}, name), h("small", {}, what))))),
      h("fieldset", {}, h("legend", {}, "自己设"), this.form()));
  }

  form() {
    const target = h("select", {}, ...options(TARGETS));
    const value = h("input", { value: KINDS[0][2] });
    const kind = h("select", { onchange: () => { value.value = KINDS.find(([name]) => name === kind.value)[2]; } }, ...options(KINDS));
    const times = h("input", { type: "number", min: 1, max: 10000, required: true, value: "1" });
    const skip = h("input", { type: "number", min: 0, max: 10000, required: true, value: "0" });
    return h("form", {
      class: "grid",
      onsubmit: (event) => {
        event.preventDefault();
        const text = value.value.trim();
        const given = text === "" ? undefined : Number.isNaN(Number(text)) ? text : Number(text);
        add({ target: target.value, kind: kind.value, value: given, times: Number(times.value), skip: Number(skip.value) });
      },
    },
    h("label", {}, "哪里", target), h("label", {}, "怎样", kind), h("label", {}, "数值", value), h("label", {}, "几次", times),
    h("label", {}, "每次之前放过几次", skip), h("button", { class: "primary" }, "设置"));
  }

  show(faults) {
    const text = JSON.stringify(faults);
    if (text === this.shown) return;
    this.shown = text;
    this.pending.replaceChildren(...faults.map((fault) => h("li", {}, words(fault))));
    this.none.hidden = faults.length > 0;
    this.clear.hidden = !faults.length;
  }
}
