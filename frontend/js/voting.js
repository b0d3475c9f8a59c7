// Taking part in a consultation without loading whole pages: the answer to a vote is the next statement. Without this
// file, or when anything goes wrong, the form is sent as usual. And a page that keeps itself fresh while people vote.
const part = { "X-Huiyin-Part": "1" };

async function send(place, form, button) {
  const data = new FormData(form);
  data.set(button.name, button.value);
  for (const one of place.querySelectorAll("button")) one.disabled = true;
  try {
    const response = await fetch(form.action, { method: "POST", body: data, headers: part });
    if (!response.ok) throw new TypeError("refused");
    place.innerHTML = await response.text();
    place.querySelector("h1")?.focus();
  } catch {
    for (const one of place.querySelectorAll("button")) one.disabled = false;
    if (navigator.onLine) return resend(form, button);
    place.querySelector("[role=alert]")?.remove();
    const told = document.createElement("p");
    told.className = "govuk-error-message";
    told.setAttribute("role", "alert");
    told.textContent = place.dataset.failed;
    form.before(told);
  }
}

// As a page of its own: whatever was refused is told there in full.
function resend(form, button) {
  const field = document.createElement("input");
  Object.assign(field, { type: "hidden", name: button.name, value: button.value });
  form.append(field);
  form.submit();
}

export function voteInPlace(scope) {
  for (const place of scope.querySelectorAll("[data-huiyin-turn]")) {
    place.addEventListener("submit", (event) => {
      if (!event.submitter?.name) return;
      event.preventDefault();
      send(place, event.target, event.submitter);
    });
  }
}

async function refresh(place) {
  if (document.hidden || place.contains(document.activeElement)) return;
  try {
    const response = await fetch(location.href, { headers: part });
    const text = response.ok ? await response.text() : "";
    if (text.trim() && text !== place.dataset.last) place.innerHTML = place.dataset.last = text;
  } catch {
    // Without a connection the last picture stays.
  }
}

function picture(button) {
  const drawing = document.querySelector(".hy-opinion__map");
  if (!drawing) return;
  const { width, height } = drawing.viewBox.baseVal;
  const copy = drawing.cloneNode(true);
  copy.setAttribute("xmlns", "http://www.w3.org/2000/svg");
  copy.setAttribute("width", width);
  copy.setAttribute("height", height);
  const image = new Image();
  image.onload = () => {
    const canvas = document.createElement("canvas");
    Object.assign(canvas, { width: width * 2, height: height * 2 });
    canvas.getContext("2d").drawImage(image, 0, 0, width * 2, height * 2);
    const link = document.createElement("a");
    link.download = `${button.dataset.huiyinSvgPng}.png`;
    link.href = canvas.toDataURL("image/png");
    link.click();
  };
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(new XMLSerializer().serializeToString(copy))}`;
}

export function liveResults(scope) {
  for (const place of scope.querySelectorAll("[data-huiyin-refresh]")) {
    setInterval(() => refresh(place), Number(place.dataset.huiyinRefresh) * 1000);
  }
  for (const button of scope.querySelectorAll("[data-huiyin-svg-png]")) {
    button.addEventListener("click", () => picture(button));
  }
}
