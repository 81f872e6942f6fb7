// What scripts add to the console: keys. Whatever has `data-key` is pressed by that key (「g q」: one after the other);
// 「?」 shows them all. No key works while something is typed. The pages work without any of it.
// Keys of one character can be turned off, for whoever speaks to the computer or hits keys by chance (WCAG 2.1.4).

const SEQUENCE_MS = 1500;
let first = null;

const isOn = () => document.documentElement.classList.contains("with-keys");
const turn = (on) => document.documentElement.classList.toggle("with-keys", on);
turn(localStorage.getItem("keys") !== "off");

// The key as `data-key` has it: letters small whatever the caps lock says; nothing if it is turned off.
export function keyOf(event) {
  if (event.key.length > 1) return event.key;
  return isOn() ? event.key.toLowerCase() : null;
}

const isTyping = (target) =>
  target instanceof HTMLElement &&
  (target.isContentEditable || target.matches("textarea, select, input:not([type=checkbox], [type=radio], [type=button])"));

const withKeys = () => [...document.querySelectorAll("[data-key]")].filter((one) => !one.disabled && one.checkVisibility());

// `data-after`: pictures that this key waits for, so that nothing is decided on unseen. The element `data-wait` of its
// form says so. `data-confirm`: the key only goes there, Enter does it.
const isSeen = (picture) => picture.complete && picture.naturalWidth > 0;

export function press(key) {
  const open = document.querySelector("dialog[open]");
  const found = withKeys().find((one) => one.dataset.key === key && (!open || open.contains(one)));
  if (!found) return false;
  const { after, confirm } = found.dataset;
  if (after && ![...document.querySelectorAll(after)].every(isSeen)) {
    found.form.querySelector("[data-wait]").hidden = false;
  } else if (confirm !== undefined || found.matches("input:not([type=checkbox], [type=radio]), textarea, select")) {
    found.focus();
  } else {
    found.click();
  }
  return true;
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  if (event.key === "Escape" && isTyping(event.target)) {
    event.target.blur();
    return;
  }
  // A key that is held down would act on one page after the other.
  if (event.repeat || isTyping(event.target)) return;
  const before = first && event.timeStamp - first.at < SEQUENCE_MS ? `${first.key} ` : "";
  const key = keyOf(event);
  first = null;
  if (!key) return;
  if (press(before + key)) {
    event.preventDefault();
  } else if (!before && withKeys().some((one) => one.dataset.key.startsWith(`${key} `))) {
    first = { key, at: event.timeStamp };
    event.preventDefault();
  }
});

// Words beside each key, from what it presses.
function listKeys(list) {
  list.replaceChildren();
  for (const one of withKeys()) {
    if (list.closest("dialog").contains(one)) continue;
    const term = document.createElement("dt");
    for (const key of one.dataset.key.split(" ")) {
      const cap = document.createElement("kbd");
      cap.textContent = { ArrowLeft: "←", ArrowRight: "→", Enter: "回车" }[key] ?? key;
      term.append(cap, " ");
    }
    const words = document.createElement("dd");
    words.textContent = one.dataset.does ?? one.getAttribute("aria-label") ?? one.textContent.trim();
    list.append(term, words);
  }
}

for (const button of document.querySelectorAll("[data-open]")) {
  button.hidden = false;
  button.addEventListener("click", () => {
    const dialog = document.getElementById(button.dataset.open);
    for (const list of dialog.querySelectorAll("[data-keys]")) listKeys(list);
    dialog.showModal();
  });
}

const single = document.querySelector("[data-single]");
if (single) {
  const tell = () => (single.textContent = `单键快捷键：${isOn() ? "开" : "关"}`);
  tell();
  single.addEventListener("click", () => {
    turn(!isOn());
    localStorage.setItem("keys", isOn() ? "on" : "off");
    tell();
  });
}

// On a phone the bar is wider than the screen: where one is comes into sight.
const bar = document.querySelector(".bar nav");
const here = bar?.querySelector("[aria-current]");
if (here) bar.scrollLeft = here.offsetLeft - bar.offsetLeft - (bar.clientWidth - here.offsetWidth) / 2;

// A button is pressed once; coming back by the back button makes it usable again.
document.addEventListener("submit", (event) => {
  const form = event.target;
  // A form that brings a file leaves its page as it is.
  if (form.method === "dialog" || form.method === "get" || "file" in form.dataset) return;
  if (form.dataset.sent) {
    event.preventDefault();
    return;
  }
  form.dataset.sent = "yes";
});

window.addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
});
