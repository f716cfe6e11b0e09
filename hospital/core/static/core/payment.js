// Says, while a payment is typed in, what is to be paid and what change that makes; the server decides.
import { cents, money, plain } from "./cents.js";

const sum = document.querySelector("[data-payment]");
const dues = JSON.parse(sum.dataset.dues);
const wallet = cents(sum.dataset.wallet);
const currency = sum.dataset.currency;
const toPay = sum.querySelector("[data-to-pay]");
const outcome = sum.querySelector("[data-outcome]");
const department = document.getElementById("id_department");
const method = document.getElementById("id_payment_method");
const paid = document.getElementById("id_amount_paid");
const slip = document.getElementById("id_external_reference");
const exact = document.createElement("button");
let filledIn = null; // the amount that stands in the field because we put it there

function due() {
  return cents(dues[department.value] ?? "0.00");
}

function show(field, isWanted) {
  field.closest(".field-line").hidden = !isWanted;
  field.disabled = !isWanted; // what is not asked for is not sent
}

function fillIn() {
  const isUntouched = paid.value === "" || paid.value === filledIn;
  const isExact = method.value === "CARD" || method.value === "TRANSFER";
  if (isUntouched) {
    filledIn = isExact ? plain(due()) : null;
    paid.value = filledIn ?? "";
  }
}

function ofWallet() {
  if (sum.dataset.barred !== "") {
    return ["short", sum.dataset.barred.replace("It", "The wallet")];
  }
  if (wallet < due()) {
    const missing = money(currency, due() - wallet);
    return ["short", `The wallet is ${missing} short. Take a deposit first, or another method.`];
  }
  return ["well", `${money(currency, wallet - due())} is left in the wallet after it.`];
}

function ofAmount() {
  const handed = cents(paid.value);
  if (paid.value.trim() === "") {
    return ["", "Type what is handed over."];
  }
  if (handed === null) {
    return ["short", "Write an amount like 1200 or 1,200.50."];
  }
  if (handed < due()) {
    return ["short", `${money(currency, due() - handed)} is missing.`];
  }
  if (handed === due()) {
    return ["well", "Exactly what is due: no change."];
  }
  const over = money(currency, handed - due());
  return method.value === "CASH"
    ? ["well", `Change: ${over}`]
    : ["short", `${over} too much: change is given from cash only.`];
}

function outcomeNow(isWallet) {
  if (due() === 0n) {
    return ["short", "Nothing is due here. Nothing is taken."]; // paid meanwhile, perhaps at another till
  }
  return isWallet ? ofWallet() : ofAmount();
}

function update() {
  const isWallet = method.value === "WALLET";
  show(paid, !isWallet);
  show(slip, method.value === "CARD" || method.value === "TRANSFER");
  toPay.textContent = money(currency, due());
  const [mood, said] = outcomeNow(isWallet);
  outcome.dataset.outcome = mood;
  if (outcome.textContent !== said) {
    outcome.textContent = said;
  }
}

exact.type = "button";
exact.className = "desk-button";
exact.textContent = "Exact amount";
exact.addEventListener("click", () => {
  paid.value = plain(due());
  update();
  paid.focus();
});
paid.after(exact);
for (const field of [department, method]) {
  field.addEventListener("change", () => {
    fillIn();
    update();
  });
}
paid.addEventListener("input", update);
window.addEventListener("pageshow", () => {
  fillIn();
  update();
});
