// What scripts add to the reviewer's pages: moving in the list, looking closely at pictures, the seconds in which a decision
// can be taken back, and keeping a case that is looked at. Everything else is forms.

import { keyOf, press } from "./staff.js";

const live = document.querySelector("[data-live]");
const say = (words) => live && (live.textContent = words);

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

const pictureOf = (photo) => {
  const picture = photo.querySelector("img").cloneNode();
  picture.removeAttribute("width");
  picture.removeAttribute("height");
  return picture;
};

function show(pane, photo) {
  const caption = document.createElement("figcaption");
  caption.textContent = photo.getAttribute("aria-label");
  pane.replaceChildren(caption, pictureOf(photo));
}

const dialog = document.getElementById("compare");
let right = 1;

function compare() {
  if (!dialog) return;
  // The portrait beside the document's face; without a portrait the document beside whoever holds it.
  const faces = photos.filter((photo) => "face" in photo.dataset);
  right = Math.max(photos.indexOf(faces.find((photo) => photo !== photos[0]) ?? photos[1]), 1);
  const panes = dialog.querySelectorAll("[data-pane]");
  show(panes[0], photos[0]);
  show(panes[1], photos[right]);
  dialog.showModal();
}

dialog?.addEventListener("keydown", (event) => {
  const by = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
  if (!by) return;
  event.preventDefault();
  const others = photos.length - 1;
  right = 1 + ((right - 1 + by + others) % others);
  show(dialog.querySelectorAll("[data-pane]")[1], photos[right]);
});

const acts = {
  before: () => choose(chosen - 1),
  after: () => choose(chosen + 1),
  zoom: () => {
    say(step(photos[chosen], "zoom", 2) ? "放大" : "原来大小");
  },
  turn: () => say(`转了 ${step(photos[chosen], "turn", 3) * 90} 度`),
  compare,
  marks: (button) => {
    const isHidden = document.querySelector(".photos").classList.toggle("hide-marks");
    button.setAttribute("aria-pressed", String(!isHidden));
    say(isHidden ? "画线已隐藏" : "画线已显示");
  },
};

if (tools) {
  tools.hidden = false;
  photos[chosen].classList.add("is-chosen");
  tools.addEventListener("click", (event) => {
    const button = event.target.closest("[data-act]");
    if (button) acts[button.dataset.act](button);
  });
  // A press on a picture looks closer instead of opening it in another tab.
  for (const [at, photo] of photos.entries()) {
    photo.querySelector(".view a").addEventListener("click", (event) => {
      if (event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      choose(at);
      acts.zoom();
    });
  }
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
  addEventListener("submit", (event) => (isSent ||= event.target.method === "post"));
  addEventListener("pagehide", () => isSent || navigator.sendBeacon(...send("leave", { until: decision.dataset.until })));
}
