// What scripts add to the reviewer's pages: moving in the list, looking closely at pictures, the seconds in which a decision
// can be taken back, and keeping a case that is looked at. Everything else is forms.

import { keyOf, press } from "./staff.js";

// What lies under an open dialog is not read out.
function say(words) {
  const lives = [...document.querySelectorAll("[data-live]")];
  const live = lives.find((one) => one.closest("dialog[open]")) ?? lives.find((one) => !one.closest("dialog"));
  if (live) live.textContent = words;
}

// The list: the keyboard stands on one line, Enter opens it.

const rows = [...document.querySelectorAll("[data-row]")];

function move(by) {
  const at = rows.indexOf(document.activeElement);
  const next = rows[Math.max(0, Math.min(rows.length - 1, at + by))] ?? rows[0];
  next.focus();
  next.scrollIntoView({ block: "nearest" });
}

const isFree = (event) =>
  !event.ctrlKey && !event.metaKey && !event.altKey && !document.querySelector("dialog[open]") &&
  !event.target.matches("textarea, select, input:not([type=checkbox], [type=radio])");

document.addEventListener("keydown", (event) => {
  if (!rows.length || !isFree(event)) return;
  const by = { j: 1, ArrowDown: 1, k: -1, ArrowUp: -1 }[keyOf(event)];
  if (!by) return;
  event.preventDefault();
  move(by);
});

// A decision counts down to when it stands.

const decided = document.querySelector("form[data-seconds]");
if (decided) {
  const end = performance.now() + Number(decided.dataset.seconds) * 1000;
  const left = decided.querySelector("[data-left]");
  // A screen reader is told once, not each second, and not before it has begun to listen.
  const told = `${decided.querySelector("[data-told]").textContent}可以收回。`;
  setTimeout(() => say(told), 300);
  const count = () => {
    const seconds = Math.ceil((end - performance.now()) / 1000);
    if (seconds > 0) {
      left.textContent = `${seconds} 秒后通知考生。`;
      setTimeout(count, 250);
      return;
    }
    left.textContent = "过了 10 秒，不能再收回。";
    decided.querySelector("button").remove();
    say("过了 10 秒，不能再收回");
  };
  count();
}

// Pictures: one is chosen, the tools work on it.

const photos = [...document.querySelectorAll(".photo")];
const tools = document.querySelector("[data-tools]");
let chosen = 0;

function choose(at) {
  photos[chosen].classList.remove("is-chosen");
  chosen = (at + photos.length) % photos.length;
  const photo = photos[chosen];
  photo.classList.add("is-chosen");
  photo.scrollIntoView({ block: "nearest" });
  say(photo.getAttribute("aria-label"));
}

// Goes on to the next of some classes, and from the last to none.
function step(photo, name, last) {
  const now = Number(photo.dataset[name] ?? 0);
  const next = now === last ? 0 : now + 1;
  photo.classList.remove(`${name}-${now}`);
  if (next) photo.classList.add(`${name}-${next}`);
  photo.dataset[name] = next;
  return next;
}

// Two pictures side by side, of this round or of earlier ones. One side is chosen, the tools work on it.

const dialog = document.getElementById("compare");
const panes = [...(dialog?.querySelectorAll("[data-pane]") ?? [])];
let side = 1;

function chooseSide(at) {
  side = at;
  for (const [nth, pane] of panes.entries()) pane.classList.toggle("is-chosen", nth === at);
}

// Puts the picture that is chosen there into the pane, as it is.
function showIn(pane) {
  for (const name of ["zoom", "turn"]) {
    pane.classList.remove(`${name}-${pane.dataset[name]}`);
    delete pane.dataset[name];
  }
  const choice = pane.querySelector("select").selectedOptions[0];
  const picture = new Image();
  [picture.src, picture.alt] = [choice.value, choice.textContent];
  pane.querySelector(".view").replaceChildren(picture);
  say(`${pane.dataset.pane}：${choice.textContent}`);
}

function change(by) {
  const select = panes[side].querySelector("select");
  select.selectedIndex = (select.selectedIndex + by + select.length) % select.length;
  showIn(panes[side]);
}

function compare() {
  if (!dialog) return;
  // The portrait beside the picture that is chosen, or beside the document's face.
  const choices = [...panes[0].querySelector("select").options];
  const face = choices.findIndex((one) => "face" in one.dataset);
  for (const [pane, at] of [[panes[0], 0], [panes[1], chosen || Math.max(face, 1)]]) {
    pane.querySelector("select").selectedIndex = at;
    showIn(pane);
  }
  dialog.showModal();
  // The keys act at once, on the right side, with no list in their way.
  dialog.querySelector("[data-act=zoom]").focus();
  chooseSide(1);
}

// What is looked at stays in the middle.
function middle(frame, { x, y } = { x: 0.5, y: 0.4 }) {
  frame.scrollTo(x * frame.scrollWidth - frame.clientWidth / 2, y * frame.scrollHeight - frame.clientHeight / 2);
}

// Where in what was pressed; the keyboard presses nowhere.
function within(event) {
  if (!event.detail) return undefined;
  const box = event.currentTarget.getBoundingClientRect();
  return { x: (event.clientX - box.x) / box.width, y: (event.clientY - box.y) / box.height };
}

const isZoomed = (pane) => Number(pane.dataset.zoom ?? 0) > 0;

// A picture that is larger than its frame is moved by the arrows.
dialog?.addEventListener("keydown", (event) => {
  const [x, y] = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key] ?? [0, 0];
  if (!(x || y) || !isZoomed(panes[side]) || event.target.matches("select")) return;
  event.preventDefault();
  event.stopPropagation();
  panes[side].querySelector(".frame").scrollBy(x * 80, y * 80);
});

const inDialog = {
  side: () => {
    chooseSide(1 - side);
    say(panes[side].dataset.pane);
  },
  before: () => change(-1),
  after: () => change(1),
  zoom: (spot) => {
    say(step(panes[side], "zoom", 2) ? "放大" : "原来大小");
    middle(panes[side].querySelector(".frame"), spot);
  },
  turn: () => say(`转了 ${step(panes[side], "turn", 3) * 90} 度`),
};

dialog?.addEventListener("click", (event) => {
  const button = event.target.closest("[data-act]");
  if (button) inDialog[button.dataset.act]();
});
for (const [at, pane] of panes.entries()) {
  pane.addEventListener("focusin", () => chooseSide(at));
  pane.querySelector("select").addEventListener("change", () => showIn(pane));
  // A press looks closer at what was pressed.
  pane.querySelector(".view").addEventListener("click", (event) => {
    chooseSide(at);
    inDialog.zoom(within(event));
  });
}

const acts = {
  before: () => choose(chosen - 1),
  after: () => choose(chosen + 1),
  zoom: (spot) => {
    say(step(photos[chosen], "zoom", 2) ? "放大" : "原来大小");
    middle(photos[chosen].querySelector(".frame"), spot);
  },
  turn: () => say(`转了 ${step(photos[chosen], "turn", 3) * 90} 度`),
  compare,
};

function hideMarks(button) {
  const isHidden = document.querySelector(".photos").classList.toggle("hide-marks");
  button.setAttribute("aria-pressed", String(!isHidden));
  say(isHidden ? "画线已隐藏" : "画线已显示");
}

if (tools) {
  tools.hidden = false;
  photos[chosen].classList.add("is-chosen");
  tools.addEventListener("click", (event) => {
    const button = event.target.closest("[data-act]");
    if (button?.dataset.act === "marks") hideMarks(button);
    else if (button) acts[button.dataset.act]();
  });
  // A press on a picture looks closer instead of opening it in another tab.
  for (const [at, photo] of photos.entries()) {
    photo.querySelector(".view a").addEventListener("click", (event) => {
      if (event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      choose(at);
      acts.zoom(within(event));
    });
  }
}

// The phone comes to where it is asked for: what is ticked and typed meanwhile stays.

for (const form of document.querySelectorAll("form[data-whole]")) {
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    try {
      const answer = await fetch(form.action, { method: "POST", body: new URLSearchParams(new FormData(form)), redirect: "error" });
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const whole = page.querySelector("[data-phone]").textContent;
      form.parentElement.replaceChildren(whole);
      say(whole);
    } catch {
      form.submit();
    }
  });
}

// The decision.

const decision = document.querySelector("form[data-until]");

// A picture that did not open is said, and asked for again.
const pictures = [...document.querySelectorAll(".photos img")];
const unopened = document.querySelector("[data-unopened]");

function look() {
  const isFailed = (picture) => picture.complete && !picture.naturalWidth;
  unopened.hidden = !pictures.some(isFailed);
  const wait = decision.querySelector("[data-wait]");
  if (pictures.every((picture) => picture.complete)) wait.hidden = true;
}

if (decision) {
  for (const picture of pictures) for (const kind of ["load", "error"]) picture.addEventListener(kind, look);
  unopened.querySelector("button").addEventListener("click", () => {
    for (const picture of pictures) if (!picture.naturalWidth) picture.src = picture.src;
    unopened.hidden = true;
  });
  look();
}

decision?.addEventListener("change", (event) => {
  const { target } = event;
  if (target.name === "reason") say(`${target.checked ? "选了" : "去掉了"} ${target.dataset.does}`);
  if (target.name === "part") say(target.dataset.does);
});

decision?.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || event.isComposing) return;
  if (event.target.matches("textarea")) {
    if (event.ctrlKey || event.metaKey) event.repeat || press("r");
  } else if (event.target.matches("input")) {
    // Enter on a box would press the first button.
    event.preventDefault();
  }
});

// Whoever still works on the page keeps the case; whoever leaves it lets go. A page that nobody touches does neither.

const KEEP_MS = 4 * 60_000;
let isTouched = false;

if (decision) {
  const { case: path } = decision.dataset;
  const { value: token } = decision.elements.token;
  const send = (act, fields) => [`${path}/${act}`, new URLSearchParams({ token, ...fields })];
  for (const kind of ["keydown", "pointermove", "scroll", "input"]) {
    addEventListener(kind, () => (isTouched = true), { passive: true });
  }
  setInterval(async () => {
    if (!isTouched) return;
    isTouched = false;
    const [address, body] = send("keep", {});
    try {
      const answer = await fetch(address, { method: "POST", body, redirect: "error" });
      const { until } = await answer.json();
      if (until) decision.dataset.until = until;
      else say("这份申请已经由别人打开，或者已经有了决定，请再看一次。");
    } catch {
      // The next time; a case that was lost meanwhile is refused with words when it is decided on.
    }
  }, KEEP_MS);
  // The other forms of the page let go of it themselves.
  let isSent = false;
  addEventListener("submit", (event) => (isSent ||= event.target.method === "post" && !event.defaultPrevented));
  addEventListener("pagehide", () => isSent || navigator.sendBeacon(...send("leave", { until: decision.dataset.until })));
}
