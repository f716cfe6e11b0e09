// Enter prints: the button is found without a mouse. (The attribute autofocus was not always obeyed.)
window.addEventListener("load", () => {
  document.querySelector(".receipt-buttons button")?.focus();
});
