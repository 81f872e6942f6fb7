// What scripts add to every page: a button is pressed once, a file is shown before it is sent, and where the browser can,
// the live camera takes the place of the file. The pages work without any of it.
import { Camera } from "./live.js";

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

// A picture chosen as a file, before it is sent.
function showFile(input) {
  const form = input.form;
  const preview = form.querySelector("[data-preview]");
  const tooLarge = form.querySelector("[data-too-large]");
  const button = form.querySelector("button");
  let address = null;

  const show = () => {
    if (address) URL.revokeObjectURL(address);
    const file = input.files[0];
    const fits = !file || file.size <= Number(input.dataset.maxBytes);
    address = file ? URL.createObjectURL(file) : null;
    preview.hidden = !address;
    if (address) preview.src = address; else preview.removeAttribute("src");
    tooLarge.hidden = fits;
    button.hidden = !fits;
  };

  // A picture that this browser cannot draw may still be one that the server can read.
  preview.addEventListener("error", () => { preview.hidden = true; });
  input.addEventListener("change", show);
  show();
}

function begin() {
  for (const input of document.querySelectorAll("input[type=file]")) showFile(input);
  for (const section of document.querySelectorAll("[data-live]")) new Camera(section, showAnswer).begin();
}

// The server's answer to a picture is a whole page: its words take the place of these, and are read out.
function showAnswer(html, address) {
  const page = new DOMParser().parseFromString(html, "text/html");
  const main = page.querySelector("main");
  if (!main) {
    location.assign(address);
    return;
  }
  document.title = page.title;
  document.querySelector("header").replaceWith(page.querySelector("header"));
  document.querySelector("main").replaceWith(main);
  history.replaceState(null, "", address);
  delete document.documentElement.dataset.instead;
  begin();
  const first = main.querySelector("[data-notice]") || main.querySelector("h1");
  first.tabIndex = -1;
  first.focus();
  window.scrollTo(0, 0);
}

begin();
