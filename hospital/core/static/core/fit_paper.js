// Makes the page of a narrow printer as long as what stands on it.
const MM = 25.4 / 96;

window.addEventListener("load", () => {
  const paper = document.querySelector("[data-paper]");
  const height = Math.ceil(paper.getBoundingClientRect().height * MM) + 2;
  const sheet = document.querySelector("#paper-size").sheet;
  sheet.insertRule(`@page { size: 80mm ${height}mm; }`, sheet.cssRules.length);
});
