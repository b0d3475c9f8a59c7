// j/k move, Enter opens, x selects, t takes what is proposed, / goes to the search box, ? explains: where a page has
// what they are for. A button with [data-huiyin-key="3"] is pressed by that key, wherever it stands. Never while
// somebody types.
function typing(target) {
  return target instanceof Element && target.closest("input:not([type=checkbox]), textarea, select, [contenteditable]");
}

function rows() {
  return [...document.querySelectorAll("[data-huiyin-worklist] tbody tr, :is(ul, ol)[data-huiyin-worklist] > li")];
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

function take() {
  rows().find((row) => row.contains(document.activeElement))?.querySelector("[data-huiyin-take]")?.click();
}

function pressed(key) {
  return /^[a-z0-9]$/.test(key) && document.querySelector(`[data-huiyin-key="${key}"]`);
}

const actions = { j: () => move(1), k: () => move(-1), x: select, t: take, "/": look, "?": explain };
const needed = { "/": "[data-huiyin-search]", "?": "body" };

export function listenToKeys() {
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || typing(event.target)) return;
    const button = pressed(event.key);
    if (button) {
      event.preventDefault();
      button.click();
      return;
    }
    const action = actions[event.key];
    if (!action || !document.querySelector(needed[event.key] ?? "[data-huiyin-worklist]")) return;
    event.preventDefault();
    action();
  });
}
