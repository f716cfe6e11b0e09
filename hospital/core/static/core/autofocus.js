// Puts the cursor where a page wants it. Unfold hides a page until its scripts have run, and Chromium
// gives no focus to what is hidden: where they come late, a page's own autofocus is lost.
window.addEventListener("load", () => {
  if (document.activeElement === document.body) {
    document.querySelector("[autofocus]")?.focus({ preventScroll: true });
  }
});
