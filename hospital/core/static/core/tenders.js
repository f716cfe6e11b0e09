// How tenders settle what is due, in cents, as the server reckons it.
import { cents } from "./cents.js";

// Rounds what is paid in cash to whole coins, halves up; what is above zero stays above it.
export function inCoins(amount, coin) {
  if (coin === 0n || amount === 0n) {
    return amount;
  }
  const coins = (2n * amount + coin) / (2n * coin);
  return (coins === 0n ? 1n : coins) * coin;
}

// Returns the mood, what to say, and what the wallet pays of it.
export function settled(offered, due, coin, inMoney) {
  const wrong = unreadable(offered);
  if (wrong) {
    return wrong;
  }
  const given = offered.reduce((sum, { typed }) => sum + (cents(typed) ?? 0n), 0n);
  const rest = due - given;
  const isOpen = offered.some(({ typed }) => typed === "");
  if (isOpen && rest <= 0n) {
    return ["short", "The other methods pay all of it."];
  }
  const amounts = offered.map(({ method, typed }) => [method, typed === "" ? rest : cents(typed)]);
  const cash = amounts.find(([method]) => method === "CASH")?.[1];
  const apart = amounts.reduce((sum, [method, amount]) => (method === "CASH" ? sum : sum + amount), 0n);
  const fromWallet = amounts.find(([method]) => method === "WALLET")?.[1];
  return [...judged(due, apart, cash, coin, inMoney), fromWallet];
}

function unreadable(offered) {
  const empty = offered.filter(({ typed }) => typed === "");
  const methods = offered.map(({ method }) => method);
  if (offered.some(({ typed }) => typed !== "" && cents(typed) === null)) {
    return ["short", "Write an amount like 1200 or 1,200.50."];
  }
  if (["CASH", "WALLET"].some((once) => methods.filter((method) => method === once).length > 1)) {
    return ["short", "Cash and the wallet stand here once each."];
  }
  if (empty.some(({ method }) => method === "CASH") || (offered.length === 1 && empty.length === 1)) {
    return ["", "Type what is handed over."];
  }
  return empty.length > 1 ? ["", "Type how much of each; one may be left empty."] : null;
}

function judged(due, apart, cash, coin, inMoney) {
  if (cash === undefined) {
    return withoutCash(due, apart, inMoney);
  }
  if (apart >= due) {
    return ["short", "The other methods pay all of it: no cash is needed."];
  }
  const toPay = inCoins(due - apart, coin);
  if (cash < toPay) {
    return ["short", `${inMoney(toPay - cash)} is missing.`];
  }
  return cash === toPay
    ? ["well", "Exactly what is due: no change."]
    : ["well", `Change: ${inMoney(cash - toPay)}`];
}

function withoutCash(due, apart, inMoney) {
  if (apart < due) {
    return ["short", `${inMoney(due - apart)} is missing.`];
  }
  return apart === due
    ? ["well", "Exactly what is due: no change."]
    : ["short", `${inMoney(apart - due)} too much: change is given from cash only.`];
}
