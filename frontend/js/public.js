// Public pages: the behaviour of the few components that need any. Everything works without this file.
import "./support.js";
import {
  Button,
  CharacterCount,
  Checkboxes,
  createAll,
  ErrorSummary,
  FileUpload,
  NotificationBanner,
  PasswordInput,
  Radios,
  ServiceNavigation,
  SkipLink,
} from "govuk-frontend";
import { keepDrafts } from "./drafts.js";
import { componentWords } from "./words.js";

function start(scope = document) {
  const words = componentWords();
  createAll(Button, { preventDoubleClick: true }, scope);
  createAll(CharacterCount, { i18n: words.characterCount }, scope);
  createAll(FileUpload, { i18n: words.fileUpload }, scope);
  createAll(PasswordInput, { i18n: words.passwordInput }, scope);
  for (const component of [Checkboxes, ErrorSummary, NotificationBanner, Radios, ServiceNavigation, SkipLink]) {
    createAll(component, undefined, scope);
  }
  keepDrafts(scope);
}

start();
