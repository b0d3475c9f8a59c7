// Keeps what a person has typed on their own device until the form is sent: a lost connection loses no words.
// <form data-huiyin-draft="report"> opts in; fields marked data-huiyin-no-draft, passwords and files are never kept.
// The page after a successful send carries data-huiyin-draft-done="report" and ends the draft.
// On a shared computer the person can turn it off: the checkbox or button with data-huiyin-forget clears everything.
const prefix = "huiyin-draft:";
const maxAge = 7 * 24 * 3600 * 1000;
const never = new Set(["password", "file", "hidden", "submit", "button"]);

function fields(form) {
  return [...form.elements].filter(
    (field) => field.name && !never.has(field.type) && !field.closest("[data-huiyin-no-draft]"),
  );
}

function read(form) {
  const values = {};
  for (const field of fields(form)) {
    const choice = field.type === "checkbox" || field.type === "radio";
    if (choice ? field.checked : field.value) (values[field.name] ??= []).push(field.value);
  }
  return values;
}

function write(form, values) {
  for (const field of fields(form)) {
    const kept = values[field.name];
    if (!kept) continue;
    if (field.type === "checkbox" || field.type === "radio") field.checked = kept.includes(field.value);
    else if (!field.value) field.value = kept[0];
  }
}

function attempt(action) {
  try {
    return action();
  } catch {
    return null; // private windows may refuse storage; the form then simply has no draft
  }
}

function keep(form) {
  const key = prefix + form.dataset.huiyinDraft;
  const status = form.querySelector("[data-huiyin-saved]");
  const stored = attempt(() => JSON.parse(localStorage.getItem(key)));
  if (stored && Date.now() - stored.at < maxAge) write(form, stored.values);

  let timer;
  const save = () => {
    attempt(() => localStorage.setItem(key, JSON.stringify({ at: Date.now(), values: read(form) })));
    if (status) status.textContent = status.dataset.huiyinSaved;
  };
  form.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(save, 800);
  });
  const forget = () => {
    clearTimeout(timer);
    attempt(() => localStorage.removeItem(key));
  };
  form.addEventListener("submit", () => clearTimeout(timer)); // kept until the next page says it arrived
  for (const button of form.querySelectorAll("[data-huiyin-forget]")) {
    button.addEventListener("click", () => {
      forget();
      form.reset();
      if (status) status.textContent = "";
    });
  }
}

export function keepDrafts(scope) {
  for (const done of scope.querySelectorAll("[data-huiyin-draft-done]")) {
    attempt(() => localStorage.removeItem(prefix + done.dataset.huiyinDraftDone));
  }
  for (const form of scope.querySelectorAll("form[data-huiyin-draft]:not([data-huiyin-kept])")) {
    form.dataset.huiyinKept = "yes";
    keep(form);
  }
}
