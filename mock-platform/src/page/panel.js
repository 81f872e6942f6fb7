// The side of the page that no candidate sees: the wire log, faults, limits, and the switches of the world around.

import { Faults } from "./faults.js";
import { Limits } from "./limits.js";
import { Log } from "./log.js";
import { Switches } from "./switches.js";

const byId = (id) => document.getElementById(id);

export class Panel {
  constructor(world) {
    this.log = new Log(world);
    this.faults = new Faults();
    this.limits = new Limits(world);
    this.switches = new Switches(world, () => this.log.forget());
    this.world = world;
    byId("log-pane").append(this.log.element);
    byId("faults-pane").append(this.faults.element);
    byId("limits-pane").append(this.limits.element);
    byId("switches-pane").append(this.switches.element);
    this.tabs = [...document.querySelectorAll("#panel [role=tab]")];
    for (const [n, tab] of this.tabs.entries()) {
      tab.addEventListener("click", () => this.select(tab));
      tab.addEventListener("keydown", (event) => this.keyed(event, n));
    }
  }

  select(chosen) {
    for (const tab of this.tabs) {
      const on = tab === chosen;
      tab.setAttribute("aria-selected", String(on));
      tab.tabIndex = on ? 0 : -1;
      byId(tab.getAttribute("aria-controls")).hidden = !on;
    }
    this.limits.refresh();
    this.limits.tick();
  }

  keyed(event, n) {
    const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (!step) return;
    const tab = this.tabs[(n + step + this.tabs.length) % this.tabs.length];
    this.select(tab);
    tab.focus();
  }

  add(entries, leftOut) {
    this.log.add(entries, leftOut);
    this.limits.refresh();
  }

  /** Shows the switches as the mock has them. */
  refresh() {
    const head = this.world.head();
    this.faults.show(head.faults || []);
    this.switches.show(head, this.world.active());
    this.log.follow(this.world.active());
    this.tick();
  }

  tick() {
    this.switches.tick();
    this.limits.tick();
  }
}
