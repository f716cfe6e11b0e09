// Writes the form's one-time key into the address: "back" then asks for the same form again, whose
// key is spent, and not for a new one that would be taken a second time.
document.addEventListener("DOMContentLoaded", () => {
  const key = document.querySelector("input[name=one_time_key]");
  if (key === null) {
    return;
  }
  const address = new URL(window.location.href);
  address.searchParams.set("one_time_key", key.value);
  window.history.replaceState(window.history.state, "", address);
});
