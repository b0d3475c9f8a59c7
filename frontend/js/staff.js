// Staff screens: htmx for partial updates, the behaviour of the components, keys.
import "./support.js";
import { AddAnother, Alert, ButtonMenu, FilterToggleButton, SortableTable } from "@ministryofjustice/frontend";
import {
  Accordion,
  Button,
  CharacterCount,
  Checkboxes,
  ErrorSummary,
  FileUpload,
  NotificationBanner,
  PasswordInput,
  Radios,
  SkipLink,
  Tabs,
} from "govuk-frontend";
import htmx from "htmx.org";
import { begin } from "./begin.js";
import { keepDrafts } from "./drafts.js";
import { listenToKeys } from "./keyboard.js";
import { watchSelections } from "./selection.js";
import { componentWords } from "./words.js";

const plain = [
  Checkboxes, ErrorSummary, NotificationBanner, Radios, SkipLink, Tabs,
  AddAnother, Alert, ButtonMenu, SortableTable,
];

function start(scope) {
  const words = componentWords();
  begin(Button, { preventDoubleClick: true }, scope);
  begin(CharacterCount, { i18n: words.characterCount }, scope);
  begin(FileUpload, { i18n: words.fileUpload }, scope);
  begin(PasswordInput, { i18n: words.passwordInput }, scope);
  begin(Accordion, { i18n: words.accordion }, scope);
  for (const component of plain) begin(component, undefined, scope);
  keepDrafts(scope);
  watchSelections(scope);
  for (const filter of scope.querySelectorAll("[data-huiyin-filter]:not([tabindex])")) {
    new FilterToggleButton(filter, {
      toggleButtonContainer: { selector: "[data-huiyin-filter-toggle]" },
      toggleButton: {
        showText: filter.dataset.showText,
        hideText: filter.dataset.hideText,
        classes: "govuk-button--secondary",
      },
      closeButtonContainer: { selector: ".moj-filter__header-action" },
      closeButton: { text: filter.dataset.closeText, classes: "moj-filter__close" },
      bigModeMediaQuery: "(min-width: 60rem)",
      startHidden: false, // the width decides
    });
  }
}

// Django's check against forged requests: every htmx request carries the token of the page.
document.addEventListener("htmx:config:request", (event) => {
  const token = document.querySelector("meta[name=csrf-token]")?.content;
  if (token) event.detail.ctx.request.headers["X-CSRFToken"] = token;
});

// What htmx brings in gets its behaviour too; components already started skip themselves.
document.addEventListener("htmx:after:swap", () => start(document));

window.htmx = htmx;
start(document);
listenToKeys();
