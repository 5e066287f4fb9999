"use strict";
// A click on a column's title sorts by it, up, down, then as it was. Cells without a number come last either way.
const number = text => { const found = parseFloat(text.replaceAll(",", "")); return Number.isNaN(found) ? null : found; };
const text = (row, column) => row.cells[column].textContent.trim();
function compare(a, b, numeric) {
  if (!numeric) return a.localeCompare(b, "en", { numeric: true });
  return number(a) - number(b);
}
function sort(table, head, rows) {
  const column = head.cellIndex, numeric = head.classList.contains("number");
  const next = { ascending: "descending", descending: "" }[head.ariaSort] ?? "ascending";
  for (const other of head.parentNode.cells) other.removeAttribute("aria-sort");
  if (next) head.setAttribute("aria-sort", next);
  const empty = row => numeric ? number(text(row, column)) === null : ["", "–"].includes(text(row, column));
  const told = rows.filter(row => !empty(row)), rest = rows.filter(empty);
  if (next) told.sort((a, b) => compare(text(a, column), text(b, column), numeric));
  if (next === "descending") told.reverse();
  table.tBodies[0].append(...(next ? [...told, ...rest] : rows));
}
for (const table of document.querySelectorAll("table.sortable")) {
  const rows = [...table.tBodies[0].rows];
  for (const head of table.tHead.rows[0].cells) {
    const button = document.createElement("button");
    button.type = "button";
    button.title = "sort by this column";
    button.append(...head.childNodes);
    head.append(button);
    button.addEventListener("click", () => sort(table, head, rows));
  }
}
