// Taking a picture: the device's camera in the page, and a file where there is none or it may not be used.

import { closeButton, dialog } from "./dialogs.js";
import { h } from "./tools.js";

/** Lets the person choose a picture; `capture` asks a phone for its own camera. Resolves to a file or null. */
export function choosePicture(capture = false) {
  const input = h("input", { type: "file", accept: "image/*", capture: capture ? "environment" : null });
  return new Promise((resolve) => {
    input.addEventListener("change", () => resolve(input.files[0] || null));
    input.addEventListener("cancel", () => resolve(null));
    input.click();
  });
}

/** Opens the camera; resolves to a JPEG, to a file chosen instead, or to null. */
export async function takePicture() {
  let finder;
  const taken = await dialog("拍照", (close) => {
    finder = new Finder(close);
    return [finder.element];
  }, "camera");
  finder.stop();
  return taken;
}

class Finder {
  constructor(close) {
    this.close = close;
    this.facing = "environment";
    this.video = h("video", { autoplay: true, playsinline: true, "aria-label": "取景", onloadeddata: () => this.ready() });
    this.video.muted = true;
    this.preview = h("img", { alt: "刚拍的照片", hidden: true });
    this.state = h("p", { role: "status" }, "正在打开相机…");
    this.shoot = h("button", { type: "button", class: "shutter", "aria-label": "拍照", disabled: true, onclick: () => this.take() });
    this.turn = h("button", { type: "button", onclick: () => this.flip() }, "换镜头");
    this.file = h("button", { type: "button", onclick: () => this.fromFile() }, "选文件");
    this.again = h("button", { type: "button", hidden: true, onclick: () => this.show(null) }, "重拍");
    this.use = h("button", { type: "button", class: "primary", hidden: true, onclick: () => close(this.picture) }, "使用照片");
    this.element = h("div", { class: "finder" }, this.video, this.preview, this.state,
      h("div", { class: "finder-bar" }, this.file, this.again, this.shoot, this.turn, this.use),
      closeButton(close));
    this.open();
  }

  async open() {
    this.stop();
    try {
      // Without a secure address browsers have no `mediaDevices` at all.
      const stream = await navigator.mediaDevices.getUserMedia({
        video: { facingMode: this.facing, width: { ideal: 1920 }, height: { ideal: 1440 } },
      });
      this.stream = stream;
      if (!this.element.isConnected) return this.stop();
      this.video.srcObject = stream;
    } catch {
      this.state.textContent = "这里打不开相机，请点「选文件」选一张照片。";
      this.shoot.disabled = true;
      this.turn.hidden = true;
      this.file.focus();
    }
  }

  /** There is nothing to take before the first frame. */
  ready() {
    this.state.textContent = "";
    this.shoot.disabled = false;
    this.shoot.focus();
  }

  stop() {
    for (const track of this.stream?.getTracks() || []) track.stop();
  }

  flip() {
    this.facing = this.facing === "environment" ? "user" : "environment";
    this.open();
  }

  take() {
    const canvas = h("canvas", { width: this.video.videoWidth, height: this.video.videoHeight });
    canvas.getContext("2d").drawImage(this.video, 0, 0);
    canvas.toBlob((blob) => this.show(blob), "image/jpeg", 0.92);
  }

  async fromFile() {
    const file = await choosePicture(true);
    if (file) this.close(file);
  }

  /** A picture to be confirmed, or the view again. */
  show(picture) {
    this.picture = picture;
    URL.revokeObjectURL(this.preview.src);
    if (picture) this.preview.src = URL.createObjectURL(picture);
    this.preview.hidden = this.again.hidden = this.use.hidden = !picture;
    this.video.hidden = this.shoot.hidden = this.turn.hidden = this.file.hidden = Boolean(picture);
    (picture ? this.use : this.shoot).focus();
  }
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
