// Brings the first field that was refused, with the words below it, to where it can be seen; without
// a refusal, puts the cursor into the field that the work begins with.
const FIELDS =
  "input:not([type=hidden]), select:not(.select2-hidden-accessible), textarea, .select2-selection";

function firstField(form) {
  const fields = [...form.querySelectorAll(FIELDS)];
  return fields.find((field) => !field.disabled && field.offsetParent !== null);
}

window.addEventListener("load", () => {
  const refused = document.querySelector("[aria-invalid=true]");
  if (refused !== null) {
    refused.focus({ preventScroll: true });
    refused.scrollIntoView({ block: "center" });
    return;
  }
  const form = document.querySelector("input[name=one_time_key]")?.form;
  if (form) {
    const begin = form.querySelector("[data-begin-here]");
    const isOpen = begin !== null && !begin.disabled;
    (isOpen ? begin : firstField(form))?.focus({ preventScroll: true });
  }
});
