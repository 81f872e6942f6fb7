// What scripts add on site: an opened form is ready to be typed into, and a button for the printer.

for (const details of document.querySelectorAll(".acts details")) {
  details.addEventListener("toggle", () => {
    if (details.open) details.querySelector("textarea").focus();
  });
}

for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
}
