// Amounts as whole cents: what is added up here must be what the server adds up.
const WRITTEN = /^([0-9]{1,12}|[0-9]{1,3}(,[0-9]{3}){1,3})(\.[0-9]{0,2})?$/;

// Returns the cents of an amount as people write it, "1200", "1200.5" or "1,200.50"; null if it is none.
export function cents(text) {
  const written = text.trim();
  if (!WRITTEN.test(written)) {
    return null;
  }
  const [whole, fraction = ""] = written.replaceAll(",", "").split(".");
  return BigInt(whole) * 100n + BigInt(fraction.padEnd(2, "0"));
}

// Returns an amount to be typed: "1200.50".
export function plain(amount) {
  return `${amount / 100n}.${String(amount % 100n).padStart(2, "0")}`;
}

// Returns an amount to be read: "NGN 1,200.50".
export function money(currency, amount) {
  const [whole, fraction] = plain(amount).split(".");
  return `${currency} ${whole.replace(/\B(?=(\d{3})+$)/g, ",")}.${fraction}`;
}
