// Shows the picture before it is sent and lets a button be pressed once. The pages work without this file.
"use strict";

for (const form of document.querySelectorAll("form")) {
  form.addEventListener("submit", (event) => {
    if (form.dataset.sent) {
      event.preventDefault();
      return;
    }
    form.dataset.sent = "yes";
    const button = form.querySelector("button");
    button.dataset.words = button.textContent;
    button.textContent = button.dataset.busy || button.textContent;
    // After this turn of the event loop, so that the form itself is sent first.
    setTimeout(() => { button.disabled = true; });
  });
}

// Coming back by the back button shows the page as it was left: make it usable again.
window.addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-sent]")) {
    const button = form.querySelector("button");
    delete form.dataset.sent;
    button.disabled = false;
    button.textContent = button.dataset.words;
  }
});

for (const input of document.querySelectorAll("input[type=file]")) {
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
