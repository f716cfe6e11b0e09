// Adds up, while cash is counted, what was typed; what should be there is not known to this page.
import { money } from "./cents.js";

const PIECES = /^[0-9]{1,9}$/;
const table = document.querySelector("[data-count-cash]");
const total = table.querySelector("[data-total]");

function piecesOf(input) {
  const typed = input.value.trim();
  return PIECES.test(typed) ? BigInt(typed) : 0n;
}

function update() {
  let all = 0n;
  for (const row of table.querySelectorAll("[data-cents]")) {
    const sum = piecesOf(row.querySelector("input")) * BigInt(row.dataset.cents);
    row.querySelector("[data-sum]").textContent = sum === 0n ? "–" : money("", sum).trim();
    all += sum;
  }
  total.textContent = money(table.dataset.currency, all);
}

table.addEventListener("input", update);
window.addEventListener("pageshow", update);
