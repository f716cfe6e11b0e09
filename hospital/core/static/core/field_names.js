// Gives a name to the fields that unfold leaves without one: those in a table, which have a heading
// above them, and the search fields of Select2, which stand for a field with a label. A screen reader
// would say "edit" or "combobox" of them, and no more.
const IN_TABLES = "td[data-label] :is(input:not([type=hidden]), select, textarea)";

function nameTableFields() {
  for (const field of document.querySelectorAll(IN_TABLES)) {
    if (field.labels?.length === 0 && !field.hasAttribute("aria-label")) {
      field.setAttribute("aria-label", field.closest("td").dataset.label);
    }
  }
}

function nameSearchFields() {
  for (const select of document.querySelectorAll("select.select2-hidden-accessible")) {
    const name = select.labels[0]?.innerText.replace("*", "") ?? select.getAttribute("aria-label");
    const fields = select.nextElementSibling?.querySelectorAll("[role=combobox], [role=textbox]");
    for (const field of name ? (fields ?? []) : []) {
      field.removeAttribute("aria-labelledby"); // it leads to the value, which is no name
      field.setAttribute("aria-label", name);
    }
  }
}

function nameFields() {
  nameTableFields();
  nameSearchFields();
}

// Select2 comes when jQuery says so, which may be after everything else; rows are added at any time.
document.addEventListener("DOMContentLoaded", () => {
  nameFields();
  new MutationObserver(nameFields).observe(document.body, { childList: true, subtree: true });
});
