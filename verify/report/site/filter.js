// Shows the rows of the front table that have every word of the search and the chosen properties.
const form = document.querySelector("form.filter");
if (form) {
  const rows = [...document.querySelectorAll("table.theorems tr[data-level]")];
  const text = (row) => `${row.textContent} ${row.dataset.area}`.toLowerCase();
  const said = new Map(rows.map((row) => [row, text(row)]));
  const chosen = ["area", "level", "verdict"];
  const apply = () => {
    const words = form.word.value.toLowerCase().split(/\s+/).filter(Boolean);
    for (const row of rows) {
      const fits = chosen.every((name) => !form[name].value || row.dataset[name] === form[name].value);
      row.hidden = !(fits && words.every((word) => said.get(row).includes(word)));
    }
    for (const body of document.querySelectorAll("table.theorems tbody")) {
      body.hidden = !body.querySelector("tr[data-level]:not([hidden])");
    }
    const shown = rows.filter((row) => !row.hidden).length;
    form.querySelector("output").value = shown === rows.length ? "" : `${shown} of ${rows.length}`;
  };
  form.hidden = false;
  form.addEventListener("input", apply);
  form.addEventListener("submit", (event) => event.preventDefault());
}
