// Shows the buttons that print the page they stand on; without a script there is the browser's menu.
for (const button of document.querySelectorAll("[data-print-page]")) {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
}
