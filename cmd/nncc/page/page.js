
"use strict";

// Tables: a click on a head sorts by its column, another one turns the order round.
for (const table of document.querySelectorAll("table.sortable")) {
  const heads = [...table.tHead.rows[0].cells];
  heads.forEach((head, column) => head.addEventListener("click", () => {
    const up = head.getAttribute("aria-sort") === "descending";
    for (const h of heads) h.removeAttribute("aria-sort");
    head.setAttribute("aria-sort", up ? "ascending" : "descending");
    const body = table.tBodies[0];
    const key = row => row.cells[column].dataset.key;
    const order = (a, b) => {
      const [x, y] = [key(a), key(b)];
      const numbers = x !== "" && y !== "" && !isNaN(x) && !isNaN(y);
      return numbers ? x - y : x.localeCompare(y);
    };
    body.append(...[...body.rows].sort((a, b) => up ? order(a, b) : order(b, a)));
  }));
}

// Columns of text: a value lights up wherever it stands while the pointer is on it, and stays lit after a click.
const columns = document.querySelector(".columns");
if (columns) {
  const places = new Map();
  for (const span of columns.querySelectorAll("span[data-value]")) {
    const name = span.dataset.value;
    if (!places.has(name)) places.set(name, []);
    places.get(name).push(span);
  }
  const kept = new Set();
  const light = (name, on) => places.get(name).forEach(s => s.classList.toggle("mark", on || kept.has(name)));
  const named = event => event.target.closest && event.target.closest("span[data-value]");
  columns.addEventListener("mouseover", e => { const s = named(e); if (s) light(s.dataset.value, true); });
  columns.addEventListener("mouseout", e => { const s = named(e); if (s) light(s.dataset.value, false); });
  columns.addEventListener("click", e => {
    const s = named(e);
    if (s) {
      const name = s.dataset.value;
      if (!kept.delete(name)) kept.add(name);
      light(name, true);
      if (kept.has(name)) for (const other of columns.querySelectorAll("section")) {
        const first = [...other.querySelectorAll("span[data-value]")].find(x => x.dataset.value === name);
        if (first && !other.contains(s)) first.scrollIntoView({block: "nearest", inline: "nearest"});
      }
      return;
    }
    const header = e.target.closest("header");
    if (header) header.parentElement.classList.toggle("folded");
  });
}
