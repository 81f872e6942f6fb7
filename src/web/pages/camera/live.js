// The live camera of the page: opened by a press, shown like a mirror, looked at for hints, taken as it is, sent with
// progress. What it says is written in live.html; what becomes of the picture is for the server to say.
import { hint } from "./hints.js";
import { focusIn, send, tellUnsent } from "./send.js";

// The small frame that hints look at: three by four, as the stage shows it.
const SMALL = { width: 96, height: 128 };
const LOOK_EVERY_MS = 400;
// A hint is said once it was true so often in a row, so that nothing flickers and nobody is read every frame.
const STEADY = 2;
const SHUTTER_MS = 4000;
// A camera that gives no picture for so long has been taken away: a telephone call, a switch for privacy.
const MUTE_MS = 2000;
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
    this.ended = new AbortController();
    this.parts = new Map([...section.querySelectorAll("[data-part]")].map((part) => [part.dataset.part, part]));
  }

  begin() {
    const { signal } = this.ended;
    this.section.hidden = false;
    this.section.addEventListener("click", (event) => {
      const button = event.target.closest("button[data-act]");
      if (button) this.act(button.dataset.act);
    }, { signal });
    this.section.querySelector("select").addEventListener("change", ({ target }) => {
      this.device = target.value;
      this.open();
    }, { signal });
    document.addEventListener("visibilitychange", () => {
      if (document.hidden && this.stream) this.left();
    }, { signal });
    window.addEventListener("pagehide", () => this.left(), { signal });
    if (!navigator.mediaDevices?.getUserMedia) {
      this.fail(window.isSecureContext ? "old" : "insecure", false);
    }
  }

  // Another page takes the place of this one.
  end() {
    this.opened += 1;
    this.close();
    this.ended.abort();
    URL.revokeObjectURL(this.find("[data-shot]").src);
  }

  // Whoever turns away leaves no camera running, nor one that is being asked for; a page that comes back asks anew.
  left() {
    this.opened += 1;
    this.busy(false);
    if (!this.stream) return;
    this.close();
    this.show("closed");
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
      if (turn !== this.opened || document.hidden) stop(stream);
      if (turn !== this.opened) return;
      // The phone's own question may have covered the page, or its person went away: it opens when they are back.
      if (document.hidden) {
        await seen(this.ended.signal);
        if (turn === this.opened) this.open();
        return;
      }
      this.stream = stream;
      this.watch(stream);
      this.video.srcObject = stream;
      // That it may not play by itself is no word of the person's about the camera.
      await this.video.play().catch(() => { throw new Error("the picture stands still"); });
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

  // Another program may take the camera away, or somebody its plug.
  watch(stream) {
    const [track] = stream.getVideoTracks();
    const lost = () => {
      if (this.stream !== stream) return;
      this.close();
      this.fail("ended");
    };
    track.addEventListener("ended", lost);
    track.addEventListener("mute", () => setTimeout(() => { if (track.muted) lost(); }, MUTE_MS));
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
      this.close();
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
    send(form, `${this.section.dataset.here}/photo`, this.parts.get("sending"), {
      answered: this.answered,
      unsent: (why) => {
        tellUnsent(this.parts.get("unsent"), why);
        this.show("unsent");
      },
      signal: this.ended.signal,
    });
    this.show("sending");
  }

  // What stands there instead of a camera: on a phone its own camera app, on a computer the way to a phone.
  fail(why, isPressed = true) {
    for (const words of this.section.querySelectorAll("[data-trouble]")) {
      words.hidden = words.dataset.trouble !== why;
    }
    this.find("[data-retry]").hidden = why === "old" || why === "insecure";
    const isTouched = window.matchMedia("(pointer: coarse)").matches;
    document.documentElement.dataset.instead = isTouched ? "file" : "hand";
    this.tips(true);
    this.show("trouble", isPressed);
  }

  // One part at a time, and the keyboard in it; a page that was only opened is read from its beginning.
  show(name, isPressed = true) {
    for (const [part, element] of this.parts) element.hidden = part !== name;
    if (name === "closed") this.tips(true);
    if (!isPressed) return;
    focusIn(this.parts.get(name));
    if (name !== "closed") this.section.scrollIntoView({ block: "start" });
  }

  // What is asked or advised beside the camera gives way to it.
  tips(shown) {
    for (const element of document.querySelectorAll("[data-tips]")) element.hidden = !shown;
  }

  busy(is) {
    for (const button of this.section.querySelectorAll("[data-act=open]")) {
      button.disabled = is;
      button.dataset.words ||= button.textContent;
      button.textContent = is && button.dataset.busy || button.dataset.words;
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

// Comes back once the page is seen.
function seen(signal) {
  return new Promise((back) => {
    const look = () => { if (!document.hidden) back(); };
    document.addEventListener("visibilitychange", look, { signal });
    look();
  });
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
