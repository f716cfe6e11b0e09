// Says, while a deposit is typed in, what the wallet will hold after it; the server decides.
import { cents, money } from "./cents.js";

const sum = document.querySelector("[data-deposit]");
const after = sum.querySelector("[data-after]");
const amount = document.getElementById("id_amount");
const method = document.getElementById("id_payment_method");
const slip = document.getElementById("id_external_reference");
const held = cents(sum.dataset.wallet);

function update() {
  const taken = cents(amount.value);
  after.textContent = taken === null ? "–" : money(sum.dataset.currency, held + taken);
  slip.closest(".field-line").hidden = method.value === "CASH";
  slip.disabled = method.value === "CASH"; // what is not asked for is not sent
}

amount.addEventListener("input", update);
method.addEventListener("change", update);
window.addEventListener("pageshow", update);
