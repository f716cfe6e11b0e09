// Opens the print dialog; without scripts the page is printed from the browser's menu.
window.addEventListener("load", () => window.print());
