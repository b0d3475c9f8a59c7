"""Words that the packages' scripts write themselves, in the reader's language."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

# Django's own words for the commonest mistakes, named here so that our catalogues may say them better.
DJANGO = (
    gettext_noop("This field is required."),
    gettext_noop("Enter a valid date."),
    gettext_noop("Enter a valid email address."),
    gettext_noop("Enter a whole number."),
)


def collect() -> dict[str, Any]:
    """One entry per component, in the shape its script expects (`%{count}` is the script's own placeholder)."""
    return {
        "characterCount": {
            "charactersUnderLimit": {
                "one": _("You have %{count} character left"),
                "other": _("You have %{count} characters left"),
            },
            "charactersAtLimit": _("You have no characters left"),
            "charactersOverLimit": {
                "one": _("You have %{count} character too many"),
                "other": _("You have %{count} characters too many"),
            },
            "textareaDescription": {"other": _("You can write up to %{count} characters")},
        },
        "fileUpload": {
            "chooseFilesButton": _("Choose files"),
            "dropInstruction": _("or drop them here"),
            "noFileChosen": _("No file chosen"),
            "multipleFilesChosen": {"one": _("%{count} file chosen"), "other": _("%{count} files chosen")},
            "enteredDropZone": _("Over the drop area"),
            "leftDropZone": _("Left the drop area"),
        },
        "passwordInput": {
            "showPassword": _("Show"),
            "hidePassword": _("Hide"),
            "showPasswordAriaLabel": _("Show password"),
            "hidePasswordAriaLabel": _("Hide password"),
            "passwordShownAnnouncement": _("Your password is visible"),
            "passwordHiddenAnnouncement": _("Your password is hidden"),
        },
        "accordion": {
            "showAllSections": _("Show all sections"),
            "hideAllSections": _("Hide all sections"),
            "showSection": _("Show"),
            "hideSection": _("Hide"),
            "showSectionAriaLabel": _("Show this section"),
            "hideSectionAriaLabel": _("Hide this section"),
        },
    }
