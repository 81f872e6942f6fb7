// The registry's candidates, to play with: a press writes a number into the phone in hand.

import { h } from "./tools.js";

export class Samples {
  constructor(world) {
    this.world = world;
    this.list = h("ul", { class: "samples" });
    this.element = h("fieldset", { hidden: true }, h("legend", {}, "考籍库里的考生"),
      h("p", {}, "点一下，号码就写进手机的输入框。"), this.list);
  }

  show(samples) {
    const text = JSON.stringify(samples);
    if (text === this.shown) return;
    this.shown = text;
    this.element.hidden = !samples.length;
    this.list.replaceChildren(...samples.map((sample) => this.row(sample)));
  }

  row({ name, exam_no, document_no, phone }) {
    const write = (label, number) => number && h("button", {
      type: "button", "aria-label": `${name}的${label} ${number}`, onclick: () => this.world.write(number),
    }, h("small", {}, label), number);
    return h("li", {}, h("details", {}, h("summary", {}, name), h("div", { class: "buttons" },
      write("准考证号", exam_no), write("证件号码", document_no), write("手机后四位", phone?.slice(-4)))));
  }
}
