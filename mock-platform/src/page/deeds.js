// What a tool of the input line and what a button of the custom menu does: the events and messages that WeChat's
// client sends, through the test API.

import { takePicture, choosePicture, pictureData } from "./camera.js";
import { ask, choose, showMiniProgram } from "./dialogs.js";
import { attempt, toast } from "./tools.js";

const MOST_BYTES = 10 * 1024 * 1024;
const PLACE = { latitude: 23.13539, longitude: 113.27138, label: "天河区五山路141号" };

async function picture(phone, choosing, via, event_key) {
  const file = await choosing();
  if (!file) return;
  if (file.size > MOST_BYTES) return toast("图片超过 10 MB，请换一张");
  const data = await pictureData(file).catch(() => null);
  if (!data) return toast("这个文件打不开，请换一张图片");
  await phone.say({ type: "image", file: data, via, event_key });
}

async function cameraOrAlbum(phone, key) {
  const source = await choose("选图片", [["camera", "拍照"], ["album", "从手机相册选择"]]);
  if (source) await picture(phone, source === "camera" ? takePicture : choosePicture, "photo_or_album", key);
}

async function place(title) {
  const asked = await ask(title, [
    { name: "label", label: "地点名称", value: PLACE.label },
    { name: "latitude", label: "纬度", value: PLACE.latitude, type: "number", step: "any", required: true },
    { name: "longitude", label: "经度", value: PLACE.longitude, type: "number", step: "any", required: true },
  ]);
  return asked && { label: asked.label, latitude: Number(asked.latitude), longitude: Number(asked.longitude) };
}

async function location(phone) {
  const at = await place("发送位置");
  if (at) await phone.say({ type: "location", ...at });
}

/** The menu's place comes as an event first, then as a message. */
async function selectLocation(phone, key) {
  const at = await place("选择位置");
  if (!at) return;
  const info = { Location_X: String(at.latitude), Location_Y: String(at.longitude), Scale: "16", Label: at.label, Poiname: "" };
  await phone.event("location_select", key, { SendLocationInfo: info });
  await phone.say({ type: "location", ...at });
}

async function voice(phone) {
  const said = await ask("发语音", [{ name: "recognition", label: "说的话（平台识别成的文字，可以不填）" }]);
  if (said) await phone.say({ type: "voice", recognition: said.recognition || undefined });
}

async function link(phone) {
  const shared = await ask("分享链接", [
    { name: "title", label: "标题", value: "一篇文章", required: true },
    { name: "url", label: "网址", value: "https://example.com/", required: true },
  ]);
  if (shared) await phone.say({ type: "link", ...shared });
}

/** Scans one of the account's QR codes: the person follows by it, or the bot learns the scene. */
export async function scan(phone) {
  const seen = await ask("扫二维码", [
    { name: "scene", label: "二维码的场景值", required: true, suggestions: phone.world.head().scenes },
  ]);
  if (seen) await phone.say({ type: "scan", scene: seen.scene });
}

/** The menu's scanner reads any code; with `push` the client itself opens an address. */
async function scanCode(phone, event, key) {
  const read = await ask("扫一扫", [{ name: "result", label: "扫到的内容", required: true }]);
  if (!read) return;
  if (event === "scancode_push" && /^https?:\/\//i.test(read.result)) window.open(read.result, "_blank", "noopener");
  await phone.event(event, key, { ScanCodeInfo: { ScanType: "qrcode", ScanResult: read.result } });
}

const TOOLS = [
  ["相册", (phone) => picture(phone, choosePicture, "album"), "M4 5h16v14H4zM4 16l5-5 4 4 3-3 4 4M15.5 9.5h.01"],
  ["拍照", (phone) => picture(phone, takePicture, "camera"), "M4 8h4l1.5-2h5L16 8h4v11H4zM12 16.5a3 3 0 1 0 0-6 3 3 0 0 0 0 6z"],
  ["语音", voice, "M12 4a2.5 2.5 0 0 1 2.5 2.5v5a2.5 2.5 0 0 1-5 0v-5A2.5 2.5 0 0 1 12 4zM6 11a6 6 0 0 0 12 0M12 17v3"],
  ["位置", location, "M12 21c-4-5-6-8-6-11a6 6 0 0 1 12 0c0 3-2 6-6 11zM12 12.5a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5z"],
  ["扫一扫", scan, "M4 8V4h4M16 4h4v4M20 16v4h-4M8 20H4v-4M4 12h16"],
  ["视频", (phone) => phone.say({ type: "video" }), "M4 6h11v12H4zM15 10l5-3v10l-5-3"],
  ["链接", link, "M10 14a4 4 0 0 0 6 0l3-3a4 4 0 0 0-6-6l-1 1M14 10a4 4 0 0 0-6 0l-3 3a4 4 0 0 0 6 6l1-1"],
  ["表情", (phone) => phone.say({ type: "sticker" }), "M12 20a8 8 0 1 0 0-16 8 8 0 0 0 0 16zM8.5 14c2 2.5 5 2.5 7 0M9 9.5h.01M15 9.5h.01"],
];

/** The tools behind the plus: name, sign, and what a press does. */
export const tools = TOOLS.map(([label, act, path]) => ({ label, path, act: (phone) => attempt(() => act(phone)) }));

const BUTTONS = {
  click: (phone, { key }) => phone.event("CLICK", key),
  view: (phone, { url }) => {
    window.open(url, "_blank", "noopener");
    return phone.event("VIEW", url);
  },
  miniprogram: async (phone, { name, appid, pagepath, url }) => {
    await phone.event("view_miniprogram", pagepath);
    await showMiniProgram({ title: name, appid, pagepath, url });
  },
  pic_sysphoto: (phone, { key }) => picture(phone, takePicture, "camera", key),
  pic_photo_or_album: (phone, { key }) => cameraOrAlbum(phone, key),
  pic_weixin: (phone, { key }) => picture(phone, choosePicture, "weixin", key),
  location_select: (phone, { key }) => selectLocation(phone, key),
  scancode_push: (phone, { key }) => scanCode(phone, "scancode_push", key),
  scancode_waitmsg: (phone, { key }) => scanCode(phone, "scancode_waitmsg", key),
};

/** What a press on a button of the custom menu does. */
export function press(phone, button) {
  const act = BUTTONS[button.type];
  return act ? attempt(() => act(phone, button)) : toast("模拟平台还打不开这种菜单");
}
