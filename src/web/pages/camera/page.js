// What scripts add to every page: a button is pressed once, a file is shown before it is sent and sent with progress, and
// where the browser can, the live camera takes the place of the file. The pages work without any of it.
import { Camera } from "./live.js";
import { focusIn, send, tellUnsent } from "./send.js";

document.documentElement.classList.add("scripted");

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.dataset.sent) {
    event.preventDefault();
    return;
  }
  const button = form.querySelector("button");
  form.dataset.sent = "yes";
  button.dataset.words = button.textContent;
  button.textContent = button.dataset.busy || button.textContent;
  // After this turn of the event loop, so that the form itself is sent first.
  setTimeout(() => { button.disabled = true; });
});

// Coming back by the back button shows the page as it was left: make it usable again.
window.addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-sent]")) {
    const button = form.querySelector("button");
    delete form.dataset.sent;
    button.disabled = false;
    button.textContent = button.dataset.words;
  }
});

// A picture chosen as a file: shown, then sent as the live camera's is, but without its mark.
class Chosen {
  constructor(input, answered) {
    this.input = input;
    this.form = input.form;
    this.answered = answered;
    this.address = null;
    this.ended = new AbortController();
    this.parts = new Map([...this.form.querySelectorAll("[data-part]")].map((part) => [part.dataset.part, part]));
  }

  begin() {
    const { signal } = this.ended;
    const preview = this.form.querySelector("[data-preview]");
    // A picture that this browser cannot draw may still be one that the server can read.
    preview.addEventListener("error", () => { preview.hidden = true; }, { signal });
    this.input.addEventListener("change", () => this.preview(), { signal });
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      event.stopPropagation();
      this.send();
    }, { signal });
    this.preview();
  }

  // Whatever was there is given up.
  end() {
    this.ended.abort();
    URL.revokeObjectURL(this.address);
  }

  preview() {
    URL.revokeObjectURL(this.address);
    const file = this.input.files[0];
    const fits = !file || file.size <= Number(this.input.dataset.maxBytes);
    this.address = file ? URL.createObjectURL(file) : null;
    const preview = this.form.querySelector("[data-preview]");
    preview.hidden = !file;
    if (file) preview.src = this.address; else preview.removeAttribute("src");
    this.form.querySelector("[data-too-large]").hidden = fits;
    this.form.querySelector("button").hidden = !fits;
    this.show("ready");
  }

  send() {
    const sending = this.parts.get("sending");
    send(new FormData(this.form), this.form.action, sending, {
      answered: this.answered,
      unsent: (why) => {
        const unsent = this.parts.get("unsent");
        tellUnsent(unsent, why);
        this.show("ready", "unsent");
        focusIn(unsent);
      },
      signal: this.ended.signal,
    });
    this.show("sending");
    focusIn(sending);
  }

  show(...names) {
    for (const [name, part] of this.parts) part.hidden = !names.includes(name);
  }
}

// What of the page is alive: it ends when another page takes the place of this one.
let alive = [];

function begin() {
  alive = [
    ...[...document.querySelectorAll("input[type=file]")].map((input) => new Chosen(input, showAnswer)),
    ...[...document.querySelectorAll("[data-live]")].map((section) => new Camera(section, showAnswer)),
  ];
  for (const part of alive) part.begin();
}

// The server's answer to a picture is a whole page: its words take the place of these, and are read out.
function showAnswer(page) {
  for (const part of alive) part.end();
  const address = document.querySelector("[data-live]").dataset.here;
  document.title = page.title;
  for (const name of ["header", "main"]) {
    const next = page.querySelector(name);
    if (next) document.querySelector(name).replaceWith(next);
  }
  history.replaceState(null, "", address);
  delete document.documentElement.dataset.instead;
  begin();
  const first = document.querySelector("main [data-notice]") || document.querySelector("main h1");
  first.tabIndex = -1;
  first.focus();
  window.scrollTo(0, 0);
}

begin();
