// The live camera of the page: opened by a press, shown like a mirror, looked at for hints, taken as it is, sent with
// progress. What it says is written in live.html; what becomes of the picture is for the server to say.
import { hint } from "./hints.js";

// The small frame that hints look at: three by four, as the stage shows it.
const SMALL = { width: 96, height: 128 };
const LOOK_EVERY_MS = 400;
// A hint is said once it was true so often in a row, so that nothing flickers and nobody is read every frame.
const STEADY = 2;
const SHUTTER_MS = 4000;
const QUALITY = 0.95;

export class Camera {
  constructor(section, answered) {
    this.section = section;
    this.answered = answered;
    this.video = section.querySelector("video");
    this.facing = "user";
    this.device = null;
    this.stream = null;
    this.opened = 0;
    this.shot = null;
    this.parts = new Map([...section.querySelectorAll("[data-part]")].map((part) => [part.dataset.part, part]));
  }

  begin() {
    this.section.hidden = false;
    this.section.addEventListener("click", (event) => {
      const button = event.target.closest("button[data-act]");
      if (button) this.act(button.dataset.act);
    });
    this.section.querySelector("select").addEventListener("change", ({ target }) => {
      this.device = target.value;
      this.open();
    });
    // Whoever turns away leaves no camera running; a page that comes back asks anew.
    document.addEventListener("visibilitychange", () => {
      if (document.hidden && this.stream) {
        this.close();
        this.show("closed");
      }
    });
    window.addEventListener("pagehide", () => this.close());
    if (!navigator.mediaDevices?.getUserMedia) this.fail(window.isSecureContext ? "old" : "insecure");
  }

  act(name) {
    if (name === "open") this.open();
    if (name === "shoot") this.shoot();
    if (name === "send") this.send();
    if (name === "turn") {
      this.facing = this.facing === "user" ? "environment" : "user";
      this.device = null;
      this.open();
    }
  }

  // Whoever presses again meanwhile gets the later one only.
  async open() {
    this.close();
    this.busy(true);
    this.opened += 1;
    const turn = this.opened;
    try {
      const stream = await navigator.mediaDevices.getUserMedia({ audio: false, video: this.wanted() });
      if (turn !== this.opened) {
        stop(stream);
        return;
      }
      this.stream = stream;
      this.video.srcObject = stream;
      await this.video.play();
      await this.known();
      if (turn !== this.opened) return;
      this.busy(false);
      document.documentElement.classList.add("with-camera");
      delete document.documentElement.dataset.instead;
      this.tips(false);
      this.show("open");
      this.look();
    } catch (error) {
      if (turn !== this.opened) return;
      this.busy(false);
      this.close();
      this.device = null;
      this.fail(reason(error));
    }
  }

  wanted() {
    const size = { width: { ideal: 1920 }, height: { ideal: 1440 } };
    if (this.device) return { ...size, deviceId: { exact: this.device } };
    return { ...size, facingMode: { ideal: this.facing } };
  }

  // Which camera it is, and which others there are: both are told only once the person has allowed one.
  async known() {
    const settings = this.stream.getVideoTracks()[0].getSettings();
    const devices = await navigator.mediaDevices.enumerateDevices();
    const cameras = devices.filter((device) => device.kind === "videoinput");
    if (settings.facingMode) this.facing = settings.facingMode;
    const isMirror = settings.facingMode !== "environment";
    this.video.classList.toggle("mirror", isMirror);
    this.find("[data-mirrored]").hidden = !isMirror;
    const hasSides = Boolean(settings.facingMode);
    this.find("[data-act=turn]").hidden = !hasSides || cameras.length < 2;
    this.find("[data-choose]").hidden = hasSides || cameras.length < 2;
    const options = cameras.map((device, n) => new Option(device.label || String(n + 1), device.deviceId));
    const select = this.section.querySelector("select");
    select.replaceChildren(...options);
    select.value = settings.deviceId || "";
  }

  close() {
    if (this.stream) stop(this.stream);
    this.stream = null;
    this.video.srcObject = null;
    document.documentElement.classList.remove("with-camera");
  }

  // Looks at small frames until the camera closes.
  async look() {
    const stream = this.stream;
    const small = Object.assign(document.createElement("canvas"), SMALL);
    const context = small.getContext("2d", { willReadFrequently: true });
    const finder = "FaceDetector" in window ? new window.FaceDetector({ maxDetectedFaces: 2, fastMode: true }) : null;
    let seen = null, times = 0;
    this.say("place");
    while (this.stream === stream) {
      const [left, top, width, height] = shownPart(this.video);
      context.drawImage(this.video, left, top, width, height, 0, 0, SMALL.width, SMALL.height);
      // A browser may name the interface and still have nothing behind it.
      const faces = finder ? await finder.detect(small).catch(() => null) : null;
      const pixels = context.getImageData(0, 0, SMALL.width, SMALL.height).data;
      let found = hint(pixels, SMALL.width, SMALL.height, faces);
      if (this.video.classList.contains("mirror")) found = { left: "right", right: "left" }[found] || found;
      times = found === seen ? times + 1 : 1;
      seen = found;
      if (times === STEADY && this.stream === stream) this.say(found);
      await new Promise((later) => setTimeout(later, LOOK_EVERY_MS));
    }
  }

  async shoot() {
    const button = this.find("[data-act=shoot]");
    if (button.disabled || !this.stream) return;
    button.disabled = true;
    try {
      this.shot = await picture(this.stream, this.video, Number(this.section.dataset.maxBytes));
    } catch (error) {
      this.fail(reason(error));
      return;
    } finally {
      button.disabled = false;
    }
    this.close();
    const image = this.find("[data-shot]");
    if (image.src) URL.revokeObjectURL(image.src);
    image.src = URL.createObjectURL(this.shot);
    this.show("taken");
  }

  // A form as the page without scripts sends it, with the mark of the live camera before the picture.
  send() {
    const form = new FormData();
    form.append("live", "yes");
    form.append("photo", this.shot, "photo.jpg");
    const request = new XMLHttpRequest();
    const bar = this.find("progress");
    const said = this.find("[data-sending]");
    bar.value = 0;
    said.textContent = this.words("sending").replace("{percent}", "0");
    request.upload.addEventListener("progress", ({ loaded, total }) => {
      const percent = total ? Math.floor(loaded * 100 / total) : 0;
      bar.value = percent;
      said.textContent = percent < 100 ? this.words("sending").replace("{percent}", percent) : this.words("checking");
    });
    request.addEventListener("load", () => {
      // A server that has no room now may have some in a minute: the picture is still here.
      if (request.status >= 500) this.show("unsent");
      else this.answered(request.responseText, this.section.dataset.here);
    });
    for (const end of ["error", "timeout", "abort"]) {
      request.addEventListener(end, () => this.show("unsent"));
    }
    request.open("POST", `${this.section.dataset.here}/photo`);
    request.timeout = 120000;
    request.send(form);
    this.show("sending");
  }

  // What stands there instead of a camera: on a phone its own camera app, on a computer the way to a phone.
  fail(why) {
    for (const words of this.section.querySelectorAll("[data-trouble]")) {
      words.hidden = words.dataset.trouble !== why;
    }
    this.find("[data-retry]").hidden = why === "old" || why === "insecure";
    const isTouched = window.matchMedia("(pointer: coarse)").matches;
    document.documentElement.dataset.instead = isTouched ? "file" : "hand";
    this.tips(true);
    this.show("trouble");
  }

  // One part at a time, and the keyboard at its first button.
  show(name) {
    for (const [part, element] of this.parts) element.hidden = part !== name;
    if (name === "closed") this.tips(true);
    const first = this.parts.get(name).querySelector("button:not([hidden])");
    first?.focus({ preventScroll: true });
    if (name !== "closed") this.section.scrollIntoView({ block: "start" });
  }

  // What is asked or advised beside the camera gives way to it.
  tips(shown) {
    for (const element of document.querySelectorAll("[data-tips]")) element.hidden = !shown;
  }

  busy(is) {
    for (const button of this.section.querySelectorAll("[data-act=open]")) {
      button.disabled = is;
      if (is && button.dataset.busy) {
        button.dataset.words = button.textContent;
        button.textContent = button.dataset.busy;
      } else if (button.dataset.words) {
        button.textContent = button.dataset.words;
      }
    }
  }

  say(code) {
    const hint = this.find("[data-hint]");
    const words = this.words(code);
    hint.classList.toggle("fits", code === "good");
    if (hint.textContent !== words) hint.textContent = words;
  }

  words(code) {
    return this.find(`[data-say="${code}"]`).textContent;
  }

  find(selector) {
    return this.section.querySelector(selector);
  }
}

function stop(stream) {
  for (const track of stream.getTracks()) track.stop();
}

// The part of the frame that the stage shows: the middle, three by four.
function shownPart({ videoWidth, videoHeight }) {
  const width = Math.min(videoWidth, videoHeight * 3 / 4);
  const height = Math.min(videoHeight, videoWidth * 4 / 3);
  return [(videoWidth - width) / 2, (videoHeight - height) / 2, width, height];
}

// The whole frame, never mirrored: the camera's own still picture where it is larger than the video's, else the frame.
async function picture(stream, video, mostBytes) {
  const still = await stillPicture(stream, video).catch(() => null);
  if (still && still.size <= mostBytes) return still;
  const frame = document.createElement("canvas");
  [frame.width, frame.height] = [video.videoWidth, video.videoHeight];
  frame.getContext("2d").drawImage(video, 0, 0);
  const taken = await new Promise((done) => frame.toBlob(done, "image/jpeg", QUALITY));
  if (!taken) throw new DOMException("no frame", "NotReadableError");
  return taken;
}

async function stillPicture(stream, video) {
  if (!("ImageCapture" in window)) return null;
  const camera = new window.ImageCapture(stream.getVideoTracks()[0]);
  const able = await inTime(camera.getPhotoCapabilities());
  const isLarger = able.imageWidth?.max > Math.max(video.videoWidth, video.videoHeight);
  if (!isLarger) return null;
  const flash = able.fillLightMode?.includes("off") ? { fillLightMode: "off" } : {};
  const taken = await inTime(camera.takePhoto(flash));
  return taken.type === "image/jpeg" ? taken : null;
}

function inTime(promise) {
  const late = new Promise((_, never) => setTimeout(never, SHUTTER_MS));
  return Promise.race([promise, late]);
}

// Which words fit an error.
function reason(error) {
  switch (error?.name) {
    case "NotAllowedError":
    case "SecurityError":
      return "denied";
    case "NotFoundError":
    case "OverconstrainedError":
      return "missing";
    case "NotReadableError":
    case "AbortError":
      return "busy";
    default:
      return "other";
  }
}
