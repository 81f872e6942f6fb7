// The world around the chat: time, the population service, the registry, human agents, and a new beginning.

import { Agents } from "./agents.js";
import { Samples } from "./samples.js";
import { attempt, call, fullTime, h } from "./tools.js";

const VERDICTS = [["match", "一致"], ["mismatch", "不一致"], ["unavailable", "连不上"]];
const MOVES = [["10 分钟", 600], ["1 小时", 3600], ["1 天", 86400], ["3 天", 3 * 86400], ["30 天", 30 * 86400]];
const UNITS = [["60", "分钟"], ["3600", "小时"], ["86400", "天"]];

const setPopulation = (population) => call("POST", "/test/upstream", { population });
const advance = (seconds) => attempt(() => call("POST", "/test/clock", { advance_seconds: seconds }));

function radios(name, label, choices, act) {
  const inputs = choices.map(([value]) => h("input", { type: "radio", name, value, onchange: () => attempt(() => act(value)) }));
  const element = h("div", { class: "radios", role: "radiogroup", "aria-label": label },
    ...choices.map(([, words], n) => h("label", {}, inputs[n], h("span", {}, words))));
  return { element, show: (value) => inputs.forEach((input) => { input.checked = input.value === value; }) };
}

export class Switches {
  /** `forgotten` is called after the mock has been emptied. */
  constructor(world, forgotten) {
    this.world = world;
    this.forgotten = forgotten;
    this.clock = h("output", { class: "clock" }, "—");
    this.named = h("div", { class: "named" });
    this.population = radios("population", "其他人的核对结果", VERDICTS, (value) => setPopulation({ default: value }));
    this.registry = radios("registry", "考籍库", [["up", "正常"], ["down", "连不上"]],
      (value) => call("POST", "/test/upstream", { registry: value }));
    this.agents = new Agents(attempt);
    this.samples = new Samples(world);
    this.element = h("div", { class: "pane" },
      h("fieldset", {}, h("legend", {}, "时间"), this.clock,
        h("div", { class: "buttons" }, ...MOVES.map(([label, seconds]) => h("button", { type: "button", onclick: () => advance(seconds) }, `过 ${label}`))),
        this.timeForm()),
      h("fieldset", {}, h("legend", {}, "公安人口库核对"), this.named, h("p", {}, "其他人"), this.population.element),
      h("fieldset", {}, h("legend", {}, "考籍库"), this.registry.element),
      this.samples.element,
      this.agents.element,
      h("fieldset", {}, h("legend", {}, "重新开始"),
        h("p", {}, "清空考生、聊天、记录和故障。菜单和各库的设置不变；机器人那边的资料还在。"),
        h("button", { type: "button", class: "danger", onclick: () => this.forget() }, "清空模拟平台")));
  }

  timeForm() {
    const count = h("input", { type: "number", min: 1, max: 1000, required: true, value: "2", "aria-label": "过多久" });
    const unit = h("select", { "aria-label": "单位" }, ...UNITS.map(([value, label]) => h("option", { value }, label)));
    return h("form", {
      class: "together",
      onsubmit: (event) => {
        event.preventDefault();
        advance(Number(count.value) * Number(unit.value));
      },
    }, count, unit, h("button", {}, "往前拨"));
  }

  async forget() {
    const done = await attempt(() => call("POST", "/test/reset", { people_only: true }));
    if (done) this.forgotten();
  }

  /** Shows the switches as the mock has them. */
  show({ registry, population, samples }, person) {
    if (!population) return;
    this.registry.show(registry);
    this.population.show(population.default);
    this.showNamed(population.named);
    this.samples.show(samples);
    this.agents.show(person);
  }

  /** Those with a verdict of their own, each with switches of their own: the general ones do not reach them. */
  showNamed(named) {
    const numbers = named.map(({ number }) => number).join(" ");
    // Built anew only for other people, so that whoever is at a switch by keyboard stays there.
    if (this.named.dataset.numbers !== numbers) {
      this.named.dataset.numbers = numbers;
      this.own = named.map(({ number, name }) => radios(`population-${number}`, name || number, VERDICTS,
        (value) => setPopulation({ numbers: { [number]: value } })));
      this.named.replaceChildren(...named.map(({ number, name }, n) => h("div", {},
        h("p", {}, `${name || ""} …${number.slice(-4)}`.trim()), this.own[n].element)));
    }
    named.forEach(({ verdict }, n) => this.own[n].show(verdict));
  }

  tick() {
    const now = this.world.now();
    if (now) this.clock.textContent = fullTime(now);
  }
}
