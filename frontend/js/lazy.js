// Small conveniences: a map that is fetched only when it is opened, and a print button.
function load(details) {
  if (!details.open || details.dataset.loaded) return;
  details.dataset.loaded = "yes";
  const sheet = document.createElement("link");
  sheet.rel = "stylesheet";
  sheet.href = details.dataset.styleSheet;
  const script = document.createElement("script");
  script.src = details.dataset.script;
  document.head.append(sheet, script);
}

export function lazyParts(scope) {
  for (const details of scope.querySelectorAll("[data-huiyin-lazy-map]")) {
    details.addEventListener("toggle", () => load(details));
  }
  for (const button of scope.querySelectorAll("[data-huiyin-print]")) {
    button.addEventListener("click", () => window.print());
  }
}
