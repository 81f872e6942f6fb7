// The account's custom menu at the bottom of a phone: up to three buttons, each with up to five above it.

import { press } from "./deeds.js";
import { h } from "./tools.js";

export class Menu {
  constructor(phone) {
    this.phone = phone;
    this.element = h("nav", { class: "menu", "aria-label": "公众号菜单", onkeydown: (event) => this.keyed(event) });
    const outside = (event) => this.element.contains(event.target) || this.open(null);
    document.addEventListener("click", outside, { signal: phone.gone.signal });
  }

  /** Draws other buttons; equal ones stay as they are, so that nobody loses their place. */
  show(buttons) {
    const text = JSON.stringify(buttons);
    if (text === this.shown) return;
    this.shown = text;
    this.element.replaceChildren(...buttons.map((button) => this.column(button)));
  }

  column(button) {
    const children = button.sub_button || [];
    if (!children.length) {
      return h("div", {}, h("button", { type: "button", onclick: () => press(this.phone, button) }, button.name));
    }
    const items = children.map((child) => h("li", {}, h("button", {
      type: "button", onclick: () => { head.focus(); this.open(null); press(this.phone, child); },
    }, child.name)));
    const list = h("ul", { hidden: true }, ...items);
    const head = h("button", {
      type: "button", class: "has-list", "aria-expanded": "false", onclick: () => this.open(list.hidden ? list : null),
    }, button.name);
    return h("div", {}, head, list);
  }

  /** Opens one list and closes the others; `null` closes all. */
  open(list) {
    for (const other of this.element.querySelectorAll("ul")) {
      other.hidden = other !== list;
      other.previousElementSibling.setAttribute("aria-expanded", String(other === list));
    }
    return list;
  }

  keyed(event) {
    const column = event.target.closest("nav > div");
    const list = column?.querySelector("ul");
    if (!list) return;
    const head = list.previousElementSibling;
    const stops = [...list.querySelectorAll("button")];
    if (event.key === "Escape" && !list.hidden) {
      event.stopPropagation();
      this.open(null);
      head.focus();
    } else if (event.key === "ArrowUp" || event.key === "ArrowDown") {
      event.preventDefault();
      if (list.hidden) this.open(list);
      const step = event.key === "ArrowUp" ? -1 : 1;
      const at = stops.indexOf(event.target);
      const next = at < 0 && step < 0 ? stops.length - 1 : (at + step + stops.length) % stops.length;
      stops[next].focus();
    }
  }
}
