// Public pages: the behaviour of the few components that need any. Everything works without this file.
import "./support.js";
import {
  Button,
  CharacterCount,
  Checkboxes,
  ErrorSummary,
  FileUpload,
  NotificationBanner,
  PasswordInput,
  Radios,
  ServiceNavigation,
  SkipLink,
} from "govuk-frontend";
import { begin } from "./begin.js";
import { keepDrafts } from "./drafts.js";
import { lazyParts } from "./lazy.js";
import { offerSuggestions } from "./suggestions.js";
import { liveResults, voteInPlace } from "./voting.js";
import { componentWords } from "./words.js";

function start(scope = document) {
  const words = componentWords();
  begin(Button, { preventDoubleClick: true }, scope);
  begin(CharacterCount, { i18n: words.characterCount }, scope);
  begin(FileUpload, { i18n: words.fileUpload }, scope);
  begin(PasswordInput, { i18n: words.passwordInput }, scope);
  for (const component of [Checkboxes, ErrorSummary, NotificationBanner, Radios, ServiceNavigation, SkipLink]) {
    begin(component, undefined, scope);
  }
  keepDrafts(scope);
  lazyParts(scope);
  offerSuggestions(scope);
  voteInPlace(scope);
  liveResults(scope);
}

start();
