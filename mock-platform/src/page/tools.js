// Small things that every part of the page uses: elements, calls, times, questions to the person.

const SHANGHAI = "Asia/Shanghai";
const byId = (id) => document.getElementById(id);

/** An element with properties (`class`, `on…`, attributes) and children; strings become text, never markup. */
export function h(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (name === "class") element.className = value;
    else if (name === "value") element.value = value;
    else element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

/** One JSON call; a refusal becomes an Error with the mock's words. */
export async function call(method, path, body) {
  const options = { method };
  if (body !== undefined) {
    options.headers = { "content-type": "application/json" };
    options.body = JSON.stringify(body);
  }
  const response = await fetch(path, options);
  const text = await response.text();
  let answer = {};
  try {
    answer = text ? JSON.parse(text) : {};
  } catch {
    answer = { error: text };
  }
  if (!response.ok) throw new Error(answer.error || `HTTP ${response.status}`);
  return answer;
}

const REFUSALS = [
  ["does not follow", "还没有关注公众号，请先点「关注」或扫码"],
  ["no JPEG", "这个文件不是 JPEG、PNG 或 GIF 图片"],
  ["there is no person", "这位考生已经不在了"],
  ["no QR code", "这个二维码已经过期"],
  ["this fault cannot be there", "那里不会出这种故障，请换一种"],
  ["Failed to fetch", "连不上模拟平台"],
];

/** What a refusal means, in the person's words. */
export function explain(error) {
  const known = REFUSALS.find(([part]) => error.message.includes(part));
  return known ? known[1] : error.message;
}

let toastTimer;
/** A line at the bottom that goes away by itself. */
export function toast(text) {
  const box = byId("toast");
  box.textContent = text;
  box.classList.add("shown");
  clearTimeout(toastTimer);
  toastTimer = setTimeout(() => box.classList.remove("shown"), 3500);
}

const clockFormat = new Intl.DateTimeFormat("zh-CN", {
  timeZone: SHANGHAI, hour: "2-digit", minute: "2-digit", hour12: false,
});
const dayFormat = new Intl.DateTimeFormat("zh-CN", { timeZone: SHANGHAI, month: "long", day: "numeric" });
const fullFormat = new Intl.DateTimeFormat("zh-CN", {
  timeZone: SHANGHAI, year: "numeric", month: "long", day: "numeric", weekday: "short",
  hour: "2-digit", minute: "2-digit", hour12: false,
});
const secondFormat = new Intl.DateTimeFormat("zh-CN", {
  timeZone: SHANGHAI, hour: "2-digit", minute: "2-digit", second: "2-digit", hour12: false,
});

/** `09:30` today, `6月15日 09:30` otherwise; `now` is the mock's clock. */
export function moment(seconds, now) {
  const at = new Date(seconds * 1000);
  const time = clockFormat.format(at);
  const day = dayFormat.format(at);
  return day === dayFormat.format(new Date(now * 1000)) ? time : `${day} ${time}`;
}

export const fullTime = (seconds) => fullFormat.format(new Date(seconds * 1000));
export const secondTime = (seconds) => secondFormat.format(new Date(seconds * 1000));

/** Asks for a few texts in a dialog; resolves to `{name: value}`, or to null when cancelled. */
export function ask(title, fields) {
  const dialog = byId("ask");
  byId("ask-title").textContent = title;
  byId("ask-fields").replaceChildren(...fields.map((field) => h("label", {}, field.label, h("input", {
    name: field.name, value: field.value || "", placeholder: field.placeholder, required: field.required,
    autocomplete: "off",
  }))));
  dialog.returnValue = "";
  dialog.showModal();
  return new Promise((resolve) => {
    byId("ask-cancel").onclick = () => dialog.close("");
    dialog.onclose = () => {
      if (dialog.returnValue !== "ok") return resolve(null);
      const inputs = [...dialog.querySelectorAll("input")];
      resolve(Object.fromEntries(inputs.map((input) => [input.name, input.value.trim()])));
    };
  });
}

/** Lets the person choose a picture; `camera` opens the camera on a phone. Resolves to a file or null. */
export function choosePicture(camera) {
  const input = h("input", { type: "file", accept: "image/*", capture: camera ? "environment" : null });
  return new Promise((resolve) => {
    input.addEventListener("change", () => resolve(input.files[0] || null));
    input.addEventListener("cancel", () => resolve(null));
    input.click();
  });
}

const PLATFORM_TYPES = ["image/jpeg", "image/png", "image/gif"];

/** A file as a `data:` address; other picture types become JPEG, as WeChat's client does it. */
export async function pictureData(file) {
  let blob = file;
  if (!PLATFORM_TYPES.includes(file.type)) {
    const bitmap = await createImageBitmap(file);
    const canvas = h("canvas", { width: bitmap.width, height: bitmap.height });
    canvas.getContext("2d").drawImage(bitmap, 0, 0);
    blob = await new Promise((resolve) => canvas.toBlob(resolve, "image/jpeg", 0.92));
  }
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(reader.result);
    reader.onerror = () => reject(reader.error);
    reader.readAsDataURL(blob);
  });
}

const COLOURS = ["#5b8def", "#e2725b", "#8f6fd1", "#d19a2e", "#3aa6a0", "#c2588f", "#6b8e4e", "#4f7ca8"];

/** A person's picture: the last character of the nickname on a colour of their own. */
export function avatar(nickname, openid) {
  const sum = [...openid].reduce((total, letter) => total + letter.codePointAt(0), 0);
  const mark = h("span", { class: "avatar", "aria-hidden": "true" }, [...nickname].slice(-1)[0] || "考");
  mark.style.background = COLOURS[sum % COLOURS.length];
  return mark;
}
