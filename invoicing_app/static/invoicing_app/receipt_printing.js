// Opens the print dialog for one copy, on a page as long as the receipt. When the dialog closes the
// copy is spent in this browser: what is printed then, or after a reload, says that it is no receipt.
const SPENT = "spent_receipt_prints";
const KEPT = 50; // the server shows a print for minutes only
const MM = 25.4 / 96;

function spentPrints() {
  try {
    return JSON.parse(window.localStorage.getItem(SPENT)) ?? [];
  } catch {
    return [];
  }
}

function fitPage() {
  const paper = document.querySelector(".receipt");
  const height = Math.ceil(paper.getBoundingClientRect().height * MM) + 2;
  const sheet = document.querySelector("#page-style").sheet;
  sheet.insertRule(`@page { size: 80mm ${height}mm; }`, sheet.cssRules.length);
}

function showAsPrinted() {
  document.body.classList.add("is-printed");
}

window.addEventListener("load", () => {
  const print = document.body.dataset.print;
  document.querySelector("#next-patient").focus();
  if (spentPrints().includes(print)) {
    showAsPrinted();
    return;
  }
  fitPage();
  window.addEventListener("afterprint", () => {
    window.localStorage.setItem(SPENT, JSON.stringify([...spentPrints(), print].slice(-KEPT)));
    showAsPrinted();
  });
  window.print();
});
