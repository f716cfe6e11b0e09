// Shows, of a hand-over, only the fields that its destination asks for.
const to = document.getElementById("id_to");
const asked = { id_cashier_id: "CASHIER", id_external_reference: "BANK" };

function update() {
  for (const [id, destination] of Object.entries(asked)) {
    const field = document.getElementById(id);
    field.closest(".field-line").hidden = to.value !== destination;
    field.disabled = to.value !== destination; // what is not asked for is not sent
  }
}

to.addEventListener("change", update);
window.addEventListener("pageshow", update);
