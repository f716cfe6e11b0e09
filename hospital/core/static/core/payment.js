// Says, while a payment is typed in, what is to be paid and what change that makes; the server decides.
import { cents, money, plain } from "./cents.js";
import { inCoins, settled } from "./tenders.js";

const sum = document.querySelector("[data-payment]");
const dues = JSON.parse(sum.dataset.dues);
const wallet = cents(sum.dataset.wallet);
const coin = cents(sum.dataset.coin);
const currency = sum.dataset.currency;
const toPay = sum.querySelector("[data-to-pay]");
const rounded = sum.querySelector("[data-rounded]");
const outcome = sum.querySelector("[data-outcome]");
const department = document.getElementById("id_department");
const [first, ...further] = [
  ["payment_method", "amount_paid", "external_reference"],
  ["method_2", "amount_2", "reference_2"],
  ["method_3", "amount_3", "reference_3"],
].map(([method, amount, slip]) => ({
  method: document.getElementById(`id_${method}`),
  amount: document.getElementById(`id_${amount}`),
  slip: document.getElementById(`id_${slip}`),
}));
const furtherBox = further[0].method.closest("fieldset");
const exact = deskButton("Exact amount");
const another = deskButton("Add another method");
let open = further.findLastIndex(({ method, amount }) => method.value || amount.value) + 1; // rows to be seen
let filledIn = null; // the amount that stands in the field because we put it there

function deskButton(words) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "desk-button";
  button.textContent = words;
  return button;
}

function due() {
  return cents(dues[department.value] ?? "0.00");
}

function inMoney(amount) {
  return money(currency, amount);
}

function isSlip(method) {
  return method === "CARD" || method === "TRANSFER";
}

function offered() {
  const others = further.slice(0, open).filter(({ method }) => method.value !== "");
  return [first, ...others].map(({ method, amount }) => ({ method: method.value, typed: amount.value.trim() }));
}

function show(field, isWanted) {
  field.closest(".field-line").hidden = !isWanted;
  field.disabled = !isWanted; // what is not asked for is not sent
}

function fillIn() {
  const isUntouched = first.amount.value === "" || first.amount.value === filledIn;
  const isExact = isSlip(first.method.value) && offered().length === 1;
  if (isUntouched) {
    filledIn = isExact ? plain(due()) : null;
    first.amount.value = filledIn ?? "";
  }
}

function ofWallet(amount, words) {
  if (sum.dataset.barred !== "") {
    return ["short", sum.dataset.barred.replace("It", "The wallet")];
  }
  if (wallet < amount) {
    return ["short", `The wallet is ${inMoney(amount - wallet)} short. Take a deposit first, or another method.`];
  }
  return ["well", `${words}${inMoney(wallet - amount)} is left in the wallet after it.`];
}

function ofOneWallet() {
  return ofWallet(due(), "");
}

function ofAmounts() {
  const [mood, said, fromWallet] = settled(offered(), due(), coin, inMoney);
  return mood === "well" && fromWallet ? ofWallet(fromWallet, `${said.replace(/\.?$/, ".")} `) : [mood, said];
}

function outcomeNow(isWalletAlone) {
  if (due() === 0n) {
    return sum.dataset.unpaid === "" // paid meanwhile, perhaps at another till
      ? ["short", "Nothing is due here. Nothing is taken."]
      : ["well", "The patient owes nothing of it: settled without money."];
  }
  return isWalletAlone ? ofOneWallet() : ofAmounts();
}

function showRows(isAlone) {
  const asksMoney = due() !== 0n;
  show(first.amount, asksMoney && !(isAlone && first.method.value === "WALLET"));
  show(first.slip, asksMoney && isSlip(first.method.value));
  further.forEach(({ method, amount, slip }, place) => {
    const isOpen = asksMoney && place < open;
    show(method, isOpen);
    show(amount, isOpen && method.value !== "");
    show(slip, isOpen && isSlip(method.value));
  });
  furtherBox.hidden = !(asksMoney && open > 0);
  another.hidden = !(asksMoney && open < further.length);
  exact.hidden = !isAlone;
}

function update() {
  const isAlone = offered().length === 1;
  const isInCash = isAlone && first.method.value === "CASH";
  const amount = isInCash ? inCoins(due(), coin) : due();
  showRows(isAlone);
  toPay.textContent = inMoney(amount);
  rounded.hidden = amount === due();
  rounded.textContent = `${inMoney(due())} is rounded in cash, so that coins make it up.`;
  const [mood, said] = outcomeNow(isAlone && first.method.value === "WALLET");
  outcome.dataset.outcome = mood;
  if (outcome.textContent !== said) {
    outcome.textContent = said;
  }
}

exact.addEventListener("click", () => {
  first.amount.value = plain(first.method.value === "CASH" ? inCoins(due(), coin) : due());
  update();
  first.amount.focus();
});
another.addEventListener("click", () => {
  open += 1;
  update();
  further[open - 1].method.focus();
});
first.amount.after(exact);
furtherBox.after(another);
for (const field of [department, first.method, ...further.map(({ method }) => method)]) {
  field.addEventListener("change", () => {
    fillIn();
    update();
  });
}
for (const { amount } of [first, ...further]) {
  amount.addEventListener("input", update);
}
window.addEventListener("pageshow", () => {
  fillIn();
  update();
});
