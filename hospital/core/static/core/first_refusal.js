// Brings the first field that was refused, with the words below it, to where it can be seen.
document.addEventListener("DOMContentLoaded", () => {
  const field = document.querySelector("[aria-invalid=true]");
  if (field !== null) {
    field.focus({ preventScroll: true });
    field.scrollIntoView({ block: "center" });
  }
});
