// Small things that every part of the page uses: elements, calls, words for refusals, times.

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
  // Shown anew, so that it lies above a dialog opened since.
  box.hidePopover();
  box.showPopover();
  clearTimeout(toastTimer);
  toastTimer = setTimeout(() => box.hidePopover(), 3500);
}

/** Runs an act of the person and shows what was wrong with it. */
export async function attempt(act) {
  try {
    return await act();
  } catch (error) {
    toast(explain(error));
    return null;
  }
}

/** Puts a text on the clipboard, where the browser allows it. */
export async function copy(text, what) {
  try {
    await navigator.clipboard.writeText(text);
    toast(`已复制${what}`);
  } catch {
    toast("浏览器不让复制，请选中后手动复制");
  }
}

/** Signs that more than one part draws; letters of that kind are missing in many fonts. */
export const SIGNS = {
  bars: "M5 7h14M5 12h14M5 17h14",
  cross: "M6 6l12 12M18 6L6 18",
  dots: "M5.2 12a.8.8 0 1 0 1.6 0 .8.8 0 0 0-1.6 0zM11.2 12a.8.8 0 1 0 1.6 0 .8.8 0 0 0-1.6 0zM17.2 12a.8.8 0 1 0 1.6 0 .8.8 0 0 0-1.6 0z",
  panel: "M4 6h10M18 6h2M4 12h2M10 12h10M4 18h8M16 18h4M16 4v4M8 10v4M14 16v4",
  beside: "M4 5h7v14H4zM13 5h7v14h-7zM16.5 10v4M14.5 12h4",
};

/** A drawn sign; `path` is the line of a 24 × 24 picture. */
export function icon(path) {
  const space = "http://www.w3.org/2000/svg";
  const svg = document.createElementNS(space, "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  const line = document.createElementNS(space, "path");
  line.setAttribute("d", path);
  svg.append(line);
  return svg;
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

/** `47 小时`, `12 分钟`, `30 秒`: how long that is, roughly. */
export function span(seconds) {
  if (seconds >= 3600) return `${Math.floor(seconds / 3600)} 小时`;
  return seconds >= 60 ? `${Math.floor(seconds / 60)} 分钟` : `${seconds} 秒`;
}

/** Customer messages that one action of a person allows at most. */
export const MOST_OF_A_WINDOW = 5;
/** Mass messages that reach one follower of a service account in a month. */
const MASS_A_MONTH = 4;

/** How many mass messages a person has had this month. */
export const massThisMonth = ({ mass }) => `本月群发 ${mass}/${MASS_A_MONTH}`;

export const fullTime = (seconds) => fullFormat.format(new Date(seconds * 1000));
export const secondTime = (seconds) => secondFormat.format(new Date(seconds * 1000));

const COLOURS = ["#3566c9", "#b8472f", "#7552bd", "#8a6100", "#1f7a75", "#a63d78", "#4c7033", "#3d6a96"];

/** A person's picture: the last character of the nickname on a colour of their own. */
export function avatar(nickname, openid) {
  const sum = [...openid].reduce((total, letter) => total + letter.codePointAt(0), 0);
  const mark = h("span", { class: "avatar", "aria-hidden": "true" }, [...nickname].slice(-1)[0] || "考");
  mark.style.background = COLOURS[sum % COLOURS.length];
  return mark;
}
