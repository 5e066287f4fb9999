"use strict";
const all = (what, within = document) => [...within.querySelectorAll(what)];

// Sorting: a column's first click shows its best value first; then the other way; then as it was. Cells carry data-v.
function sort(table, head, rows) {
  const first = head.dataset.first === "high" ? "descending" : "ascending";
  const second = first === "ascending" ? "descending" : "ascending";
  const next = { [first]: second, [second]: "" }[head.ariaSort] ?? first;
  for (const other of head.parentNode.cells) other.removeAttribute("aria-sort");
  if (!next) return table.tBodies[0].append(...rows);
  head.setAttribute("aria-sort", next);
  const value = row => row.cells[head.cellIndex].dataset.v, sign = next === "ascending" ? 1 : -1;
  const compare = (a, b) => sign * (head.classList.contains("n") ? value(a) - value(b) : value(a).localeCompare(value(b), "en", { numeric: true }));
  const groups = [[]];  // a heading begins a group, and rows stay in theirs
  for (const row of rows) row.classList.contains("group") ? groups.push([row]) : groups.at(-1).push(row);
  for (const group of groups) {
    const members = group.filter(row => !row.classList.contains("group"));
    table.tBodies[0].append(...group.filter(row => row.classList.contains("group")));
    table.tBodies[0].append(...members.filter(value).sort(compare), ...members.filter(row => !value(row)));
  }
}
for (const head of all("thead th")) {
  const table = head.closest("table"), rows = [...table.tBodies[0].rows];
  if (!table.classList.contains("sortable") && !head.dataset.term) continue;
  const button = document.createElement("button");
  button.type = "button";
  button.append(...head.childNodes);
  if (head.dataset.term) button.setAttribute("aria-describedby", head.dataset.term);
  head.append(button);
  if (table.classList.contains("sortable")) button.addEventListener("click", () => sort(table, head, rows));
}

// Copying: a command, or a table as Markdown.
const plain = cell => cell.textContent.replace(/\s+/g, " ").trim().replaceAll("|", "\\|");
function markdown(table) {
  const lines = all("tr", table).map(row => [...row.cells].map(plain));
  lines.splice(1, 0, lines[0].map(() => "---"));
  return lines.map(cells => `| ${cells.join(" | ")} |`).join("\n") + "\n";
}
for (const button of all("[data-copy]")) {
  button.addEventListener("click", async () => {
    const from = document.getElementById(button.dataset.copy), was = button.textContent;
    await navigator.clipboard.writeText(from.tagName === "TABLE" ? markdown(from) : from.textContent);
    button.textContent = "copied";
    setTimeout(() => { button.textContent = was; }, 1500);
  });
}

// Folding: a link opens what it leads to; printing opens everything.
const folds = all("details.fold");
const reveal = () => document.getElementById(location.hash.slice(1))?.closest("details")?.setAttribute("open", "");
addEventListener("hashchange", reveal);
reveal();
addEventListener("beforeprint", () => folds.forEach(fold => { fold.dataset.was = fold.open; fold.open = true; }));
addEventListener("afterprint", () => folds.forEach(fold => { fold.open = fold.dataset.was === "true"; }));
document.getElementById("unfold")?.addEventListener("click", event => {
  const open = folds.some(fold => !fold.open);
  folds.forEach(fold => { fold.open = open; });
  event.target.textContent = open ? "close all" : "open all";
});

// Terms: the glossary's words where a term stands. Screen readers have them by aria-describedby.
const tip = document.getElementById("tip");
function tell(words, x, y) {
  tip.textContent = words;
  tip.hidden = false;
  tip.style.left = `${Math.max(8, Math.min(x, innerWidth - tip.offsetWidth - 8))}px`;
  tip.style.top = `${y + tip.offsetHeight + 8 > innerHeight ? y - tip.offsetHeight - 28 : y + 6}px`;
}
const hush = () => { tip.hidden = true; };
for (const term of all("[aria-describedby^='g-']")) {
  const show = () => {
    const at = term.getBoundingClientRect();
    tell(document.getElementById(term.getAttribute("aria-describedby")).textContent, at.left, at.bottom);
  };
  for (const event of ["mouseenter", "focus", ...(term.classList.contains("term") ? ["click"] : [])]) term.addEventListener(event, show);
  for (const event of ["mouseleave", "blur"]) term.addEventListener(event, hush);
}
addEventListener("keydown", event => { if (event.key === "Escape") hush(); });
addEventListener("scroll", hush, { passive: true });

// Figures: values under the pointer. A mark says its own (data-tip); the same words stand in the tables.
for (const mark of all("svg [data-tip]")) {
  mark.addEventListener("mousemove", event => tell(mark.dataset.tip, event.clientX + 12, event.clientY));
  mark.addEventListener("mouseleave", hush);
}
