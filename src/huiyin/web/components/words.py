"""Words that the packages' scripts write themselves, in the reader's language."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, ngettext_lazy

# What Django and allauth say where people see it, named here so that our catalogues may say it better.
PACKAGES = (
    gettext_noop("This field is required."),
    gettext_noop("Enter a valid date."),
    gettext_noop("Enter a valid email address."),
    gettext_noop("Enter a whole number."),
    gettext_noop("Enter a number."),
    gettext_noop("No file was submitted."),
    gettext_noop("The submitted file is empty."),
    gettext_noop("Null characters are not allowed."),
    gettext_noop("Select a valid choice. %(value)s is not one of the available choices."),
    gettext_noop("Select a valid choice. That choice is not one of the available choices."),
    gettext_noop("Ensure this value is less than or equal to %(limit_value)s."),
    gettext_noop("Ensure this value is greater than or equal to %(limit_value)s."),
    ngettext_lazy(
        "Ensure this value has at most %(limit_value)d character (it has %(show_value)d).",
        "Ensure this value has at most %(limit_value)d characters (it has %(show_value)d).",
        "limit_value",
    ),
    ngettext_lazy(
        "This password is too short. It must contain at least %d character.",
        "This password is too short. It must contain at least %d characters.",
    ),
    gettext_noop("The password is too similar to the %(verbose_name)s."),
    gettext_noop("This password is too common."),
    gettext_noop("This password is entirely numeric."),
    gettext_noop("The username and/or password you specified are not correct."),
    gettext_noop("Too many failed login attempts. Try again later."),
    gettext_noop("Please type your current password."),
    gettext_noop("You must type the same password each time."),
    gettext_noop("Incorrect code."),
    gettext_noop("Incorrect password."),
    gettext_noop("Authenticator code"),
    gettext_noop("New Password (again)"),
    gettext_noop("Successfully signed in as %(name)s."),
    gettext_noop("You have signed out."),
    gettext_noop("A new set of recovery codes has been generated."),
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
        "map": {
            "Map.Title": _("Map"),
            "Marker.Title": _("Pin"),
            "NavigationControl.ZoomIn": _("Zoom in"),
            "NavigationControl.ZoomOut": _("Zoom out"),
            "Popup.Close": _("Close"),
            "AttributionControl.ToggleAttribution": _("Show or hide where the map comes from"),
            "CooperativeGesturesHandler.WindowsHelpText": _("Hold Ctrl and scroll to zoom the map"),
            "CooperativeGesturesHandler.MacHelpText": _("Hold ⌘ and scroll to zoom the map"),
            "CooperativeGesturesHandler.MobileHelpText": _("Move the map with two fingers"),
        },
    }
