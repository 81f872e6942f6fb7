// A file's way in: one that is too large is told before it is sent, and the page of one that is under way looks again.

const LOOK_AGAIN_MS = 2000;

const input = document.querySelector("[data-max-mb]");
if (input) {
  const form = input.form;
  const tooLarge = form.querySelector("[data-too-large]");
  const isTooLarge = () => [...input.files].some((file) => file.size > input.dataset.maxMb * 1024 * 1024);
  input.addEventListener("change", () => (tooLarge.hidden = !isTooLarge()));
  form.addEventListener("submit", (event) => {
    if (isTooLarge()) {
      event.preventDefault();
      event.stopPropagation();
      input.focus();
    } else {
      form.querySelector("[data-on-its-way]").hidden = false;
    }
  });
}

if (document.querySelector("[data-again]")) setTimeout(() => location.reload(), LOOK_AGAIN_MS);
