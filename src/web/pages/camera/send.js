// A picture on its way to the server, by the live camera or as a file. `sending` is the part that shows how far it is:
// its bar moves, its words change only once, so that nobody is read every percent.

// What came of it is told once: `answered` gets the page that the server answers with, `unsent` why there is none of ours.
export function send(form, address, sending, { answered, unsent, signal }) {
  const request = new XMLHttpRequest();
  const bar = sending.querySelector("progress");
  const status = sending.querySelector("[data-sending]");
  bar.value = 0;
  status.textContent = status.dataset.sending;
  request.upload.addEventListener("progress", ({ loaded, total }) => { bar.value = total ? loaded * 100 / total : 0; });
  request.upload.addEventListener("load", () => { status.textContent = status.dataset.checking; });
  request.addEventListener("load", () => {
    const page = new DOMParser().parseFromString(request.responseText, "text/html");
    // A server that has no room now may have some in a minute, and what a proxy says is no page of ours: the picture
    // is still here.
    if (request.status < 500 && page.querySelector("main")) answered(page);
    else unsent(request.status === 413 ? "large" : "busy");
  });
  for (const end of ["error", "timeout"]) request.addEventListener(end, () => unsent("lost"));
  signal.addEventListener("abort", () => request.abort());
  request.open("POST", address);
  request.timeout = 120000;
  request.send(form);
}

// The words for why it did not arrive.
export function tellUnsent(part, why) {
  for (const words of part.querySelectorAll("[data-unsent]")) words.hidden = words.dataset.unsent !== why;
}

// Where keyboard and screen reader go on: at what is to be read first, else at the first button.
export function focusIn(part) {
  const first = part.querySelector("[data-focus]") || part.querySelector("button:not([hidden])");
  first?.focus({ preventScroll: true });
}
