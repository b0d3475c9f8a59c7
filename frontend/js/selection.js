// The action bar appears when rows are chosen and says how many. Without script it is always there.
// <form data-huiyin-selection> … rows with input[name=selected] … <div data-huiyin-actions><span data-huiyin-count>
function refresh(form) {
  const chosen = form.querySelectorAll("tbody input[type=checkbox]:checked").length;
  const bar = form.querySelector("[data-huiyin-actions]");
  const count = form.querySelector("[data-huiyin-count]");
  if (bar) bar.hidden = chosen === 0;
  if (count) count.textContent = String(chosen);
}

export function watchSelections(scope) {
  for (const form of scope.querySelectorAll("form[data-huiyin-selection]")) {
    if (form.dataset.huiyinWatched) continue;
    form.dataset.huiyinWatched = "yes";
    form.addEventListener("change", (event) => {
      if (event.target.matches("[data-huiyin-all]")) {
        for (const box of form.querySelectorAll("tbody input[type=checkbox]")) box.checked = event.target.checked;
      }
      refresh(form);
    });
    refresh(form);
  }
}
