// Gives the search fields of Select2 the name of the field they stand for: its label, or in a table
// the heading of its column. Without one a screen reader says "combobox", and no more.
function nameOf(select) {
  const cell = select.closest("td");
  const heading = cell?.closest("table").tHead?.rows[0]?.cells[cell.cellIndex];
  const name = select.labels[0] ?? heading;
  if (name && !name.id) {
    name.id = `${select.id}_name`;
  }
  return name?.id;
}

function nameChoices() {
  document.querySelectorAll("select.select2-hidden-accessible").forEach((select) => {
    const shown = select.nextElementSibling?.querySelector("[role=combobox]");
    const name = nameOf(select);
    if (shown && name) {
      const value = shown.querySelector("[role=textbox]");
      value.setAttribute("aria-labelledby", name);
      shown.setAttribute("aria-labelledby", `${name} ${value.id}`);
    }
  });
}

window.addEventListener("load", nameChoices);
document.addEventListener("formset:added", () => window.setTimeout(nameChoices));
