// While somebody writes on the home page, the services and published cases that fit their words appear under the box.
// <textarea data-huiyin-suggest> and one <div data-huiyin-suggestions="address" aria-live="polite">. Nothing is stored.
const pause = 350;
const enough = 4;

function item(text, href) {
  const line = document.createElement("li");
  const element = document.createElement(href ? "a" : "span");
  element.textContent = text;
  if (href) {
    element.href = new URL(href, location.href).href;
    element.className = "govuk-link";
  }
  line.append(element);
  return line;
}

function list(title, items) {
  if (!items.length) return [];
  const heading = document.createElement("p");
  heading.className = "govuk-body-s hy-suggestions__title";
  heading.textContent = title;
  const ul = document.createElement("ul");
  ul.className = "govuk-list govuk-body-s";
  ul.append(...items);
  return [heading, ul];
}

export function offerSuggestions(scope) {
  const box = scope.querySelector("[data-huiyin-suggest]");
  const target = scope.querySelector("[data-huiyin-suggestions]");
  if (!box || !target) return;
  let timer;
  let asked = 0;
  const ask = async () => {
    const text = box.value.trim();
    const mine = ++asked;
    if (text.length < enough) return target.replaceChildren();
    try {
      const response = await fetch(`${target.dataset.huiyinSuggestions}?text=${encodeURIComponent(text.slice(0, 300))}`);
      if (!response.ok || mine !== asked) return;
      const found = await response.json();
      target.replaceChildren(
        ...list(target.dataset.services, found.services.map((row) => item(row.name))),
        ...list(target.dataset.alike, found.alike.map((row) => item(row.title, row.url))),
      );
    } catch {
      // Without a connection there are no suggestions; writing goes on.
    }
  };
  box.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(ask, pause);
  });
}
