// Sends a form with a one-time key once: a second click has nothing to press. The key would keep the
// server from acting twice anyway; this keeps people from wondering.
const PATIENCE_MILLISECONDS = 8000; // then there was no answer, and the button may be pressed again

function setWaiting(form, isWaiting) {
  form.toggleAttribute("data-sent", isWaiting);
  const buttons = [...form.elements].filter((element) => element.type === "submit");
  buttons.forEach((button) => {
    button.disabled = isWaiting;
  });
}

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.elements.namedItem("one_time_key") === null || event.defaultPrevented) {
    return;
  }
  if (form.hasAttribute("data-sent")) {
    event.preventDefault();
    return;
  }
  form.toggleAttribute("data-sent", true);
  window.setTimeout(() => setWaiting(form, true)); // after the button's own name was sent along
  window.setTimeout(() => setWaiting(form, false), PATIENCE_MILLISECONDS);
});

window.addEventListener("pageshow", () => {
  document.querySelectorAll("form[data-sent]").forEach((form) => setWaiting(form, false));
});
