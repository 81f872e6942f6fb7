// What scripts add to announcements: how far one is, asked for again every few seconds; and, in the form, how much may
// still be written. Without scripts a link does the first, and saving says the second.

const AGAIN_MS = 3000;
// Whoever has gone away is not kept signed in by a page that asks for itself.
const ASLEEP_MS = 10 * 60 * 1000;

const place = document.querySelector("[data-progress]");
if (place?.querySelector("[data-live]")) {
  let touched = Date.now();
  for (const kind of ["pointerdown", "keydown", "scroll"]) {
    addEventListener(kind, () => (touched = Date.now()), { passive: true });
  }
  const before = place.querySelector("[data-state]").dataset.state;

  const look = async () => {
    if (Date.now() - touched > ASLEEP_MS) {
      document.querySelector("[data-asleep]").hidden = false;
      return;
    }
    if (!document.hidden) {
      try {
        const answer = await fetch(place.dataset.progress, { cache: "no-store" });
        if (answer.redirected) {
          location.reload();
          return;
        }
        if (answer.ok && !tell(await answer.text())) return;
      } catch {
        // The network comes back, or the link says how to look again.
      }
    }
    setTimeout(look, AGAIN_MS);
  };

  // Puts the new numbers there; false when the announcement has come into another state, which other buttons belong to.
  const tell = (html) => {
    const next = new DOMParser().parseFromString(html, "text/html").querySelector("[data-state]");
    if (!next) return true;
    if (place.contains(document.activeElement) && document.activeElement !== document.body) {
      const open = place.querySelector("details")?.open;
      if (open) return true;
    }
    const wasOpen = place.querySelector("details.doubts")?.open;
    place.replaceChildren(next);
    const doubts = place.querySelector("details.doubts");
    if (doubts && wasOpen) doubts.open = true;
    if (next.dataset.state === before) return true;
    const isBusy = document.querySelector(".announcement form:focus-within, .announcement details[open]");
    if (isBusy) document.querySelector("[data-moved]").hidden = false;
    else location.reload();
    return false;
  };

  setTimeout(look, AGAIN_MS);
}

const bytes = new TextEncoder();
for (const field of document.querySelectorAll("[data-most]")) {
  const told = document.createElement("p");
  told.className = "left";
  field.after(told);
  const most = Number(field.dataset.most);
  const isBytes = field.dataset.in === "bytes";
  const count = () => {
    const text = field.value;
    const used = isBytes ? bytes.encode(text.trim()).length : [...text.trim()].length;
    const unit = isBytes ? "字节" : "个字";
    told.classList.toggle("over", used > most);
    told.textContent = used > most ? `超出 ${used - most} ${unit}` : `还可以写 ${most - used} ${unit}`;
  };
  field.addEventListener("input", count);
  count();
}

const file = document.querySelector("[data-max-mb]");
if (file) {
  const tooLarge = file.form.querySelector("[data-too-large]");
  const isTooLarge = () => [...file.files].some((one) => one.size > file.dataset.maxMb * 1024 * 1024);
  file.addEventListener("change", () => (tooLarge.hidden = !isTooLarge()));
  // Before anything is sent, so that nothing that was typed is lost. Ahead of the listener that counts a form as sent.
  file.form.addEventListener(
    "submit",
    (event) => {
      if (!isTooLarge()) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      file.focus();
    },
    { capture: true },
  );
}
