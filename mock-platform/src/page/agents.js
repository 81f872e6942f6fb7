// The account's human agents: takes the chosen person's chat, writes to them, gives it back to the bot.

import { h, call } from "./tools.js";

const STANDS = {
  none: "机器人在回答。对方要转人工时，这里会提示。",
  queued: "对方在等客服接入。",
  taken: "客服在和对方说话，消息不到机器人。",
};

export class Agents {
  /** `attempt` runs an act and shows what was wrong with it. */
  constructor(attempt) {
    this.attempt = attempt;
    this.stands = h("p", { role: "status" });
    this.words = h("input", { name: "words", maxlength: 600, autocomplete: "off", placeholder: "客服说……", "aria-label": "客服说的话" });
    this.take = h("button", { type: "button", onclick: () => this.act({ act: "take" }) }, "接入");
    this.close = h("button", { type: "button", onclick: () => this.act({ act: "close" }) }, "结束会话");
    this.send = h("button", { class: "primary" }, "发送");
    const form = h("form", {
      class: "agent",
      onsubmit: (event) => {
        event.preventDefault();
        const content = this.words.value.trim();
        if (content) this.act({ act: "say", content }).then(() => { this.words.value = ""; });
      },
    }, this.words, this.send);
    this.element = h("fieldset", {}, h("legend", {}, "人工客服"), this.stands,
      h("div", { class: "buttons" }, this.take, this.close), form);
    this.show(null);
  }

  act(what) {
    return this.attempt(() => call("POST", `/test/users/${this.openid}/agent`, what));
  }

  /** Shows how the chat of a person stands; `null` for nobody. */
  show(person) {
    this.openid = person?.openid;
    const agent = person?.agent;
    this.stands.textContent = person ? STANDS[agent || "none"] : "先选一位考生。";
    this.take.disabled = !person || agent === "taken";
    for (const control of [this.close, this.words, this.send]) control.disabled = agent !== "taken";
  }
}
