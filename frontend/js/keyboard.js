// j/k move, Enter opens, x selects, / goes to the search box, ? explains. Only where a page has what they are for, never
// while typing.
function typing(target) {
  return target instanceof Element && target.closest("input:not([type=checkbox]), textarea, select, [contenteditable]");
}

function rows() {
  return [...document.querySelectorAll("[data-huiyin-worklist] :is(tbody tr, [data-huiyin-row])")];
}

function move(by) {
  const all = rows();
  if (!all.length) return;
  const at = all.findIndex((row) => row.contains(document.activeElement));
  const next = all[Math.min(all.length - 1, Math.max(0, at === -1 ? 0 : at + by))];
  const link = next.querySelector("a[href]");
  link?.focus();
  link?.scrollIntoView({ block: "nearest" });
}

function select() {
  const row = document.activeElement?.closest("[data-huiyin-worklist] tbody tr");
  row?.querySelector("input[type=checkbox]")?.click();
}

function look() {
  document.querySelector("[data-huiyin-search]")?.select();
}

function explain() {
  const box = document.getElementById("huiyin-keys");
  if (box instanceof HTMLDialogElement && !box.open) box.showModal();
}

const actions = { j: () => move(1), k: () => move(-1), x: select, "/": look, "?": explain };
const needed = { "/": "[data-huiyin-search]", "?": "body" };

export function listenToKeys() {
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || typing(event.target)) return;
    const action = actions[event.key];
    if (!action || !document.querySelector(needed[event.key] ?? "[data-huiyin-worklist]")) return;
    event.preventDefault();
    action();
  });
}
