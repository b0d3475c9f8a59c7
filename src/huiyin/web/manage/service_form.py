"""The form of a service: everything that a version holds but its questions."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from huiyin.catalogue import operations
from huiyin.catalogue.enums import Kind, Urgency
from huiyin.catalogue.queries import history
from huiyin.organisations.enums import SettingKey
from huiyin.web.manage import fields

LIMIT_HINT = _("Such as 2h clock, 24h working or 7d working. Empty: as in the settings.")


class Choice(forms.ChoiceField):
    """A few possibilities, all seen at once."""

    widget = forms.RadioSelect


class VersionForm(fields.TextsForm):
    texts = {
        "public_names": fields.Texts(
            _("Public name"),
            hint=_("As people say it, not as the office says it."),
            is_required=True,
        ),
        "descriptions": fields.Texts(_("Description"), longest=2000, rows=3),
        "emergency_notice": fields.Texts(
            _("Emergency notice"),
            longest=500,
            rows=2,
            hint=_(
                "Stops the form and says what to do instead: “Call 119 now”. Empty for ordinary services."
            ),
        ),
    }
    internal_name = forms.CharField(label=_("Internal name"), max_length=200, required=False)
    keywords = forms.CharField(
        label=_("Keywords"),
        help_text=_("Words that people use for it, one per line."),
        widget=forms.Textarea(attrs={"rows": 4}),
        max_length=3000,
        required=False,
    )
    unit_id = fields.UnitField(label=_("Unit that gets the cases"), required=False)
    kind = Choice(label=_("Usual kind"), choices=Kind.choices, initial=Kind.HELP)
    urgency = Choice(label=_("Urgency class"), choices=Urgency.choices, initial=Urgency.ORDINARY)
    limit_sign_for = forms.CharField(
        label=SettingKey.SIGN_FOR_LIMIT.label, help_text=LIMIT_HINT, max_length=30, required=False
    )
    limit_first_contact = forms.CharField(
        label=SettingKey.FIRST_CONTACT_LIMIT.label, help_text=LIMIT_HINT, max_length=30, required=False
    )
    limit_answer = forms.CharField(
        label=_("Answer within"), help_text=LIMIT_HINT, max_length=30, required=False
    )
    rules = forms.MultipleChoiceField(
        label=_("Rules"),
        choices=[
            ("may_publish", _("Cases may be published")),
            ("anonymous_allowed", _("Can be raised anonymously")),
            ("contact_required", _("Contact data are needed")),
            ("place_required", _("A place is needed")),
        ],
        widget=forms.CheckboxSelectMultiple,
        initial=["may_publish", "anonymous_allowed"],
        required=False,
    )
    # The names that the verb uses for its refusals, so that they are shown at the right field.
    field_order = [
        "code", "public_names", "internal_name", "parent_id", "unit_id", "kind", "urgency", "limit_sign_for",
        "limit_first_contact", "limit_answer", "rules", "descriptions", "keywords", "emergency_notice", "change_note",
        "base",
    ]  # fmt: skip

    def draft(self) -> operations.Draft:
        """The accepted values as a draft, with the questions of the version that was changed."""
        values = self.cleaned_data
        return operations.Draft(
            public_names=values["public_names"],
            internal_name=values["internal_name"],
            descriptions=values["descriptions"],
            keywords=values["keywords"].splitlines(),
            unit_id=values["unit_id"],
            kind=values["kind"],
            urgency=values["urgency"],
            limits={
                clock: " ".join(values[f"limit_{clock}"].split())
                for clock in history.clocks()
                if values[f"limit_{clock}"]
            },
            form_id=self.form_id(),
            emergency_notice=values["emergency_notice"],
            **{name: name in values["rules"] for name, _label in self.fields["rules"].choices},  # type: ignore[attr-defined]
        )

    def form_id(self) -> int | None:
        """The questions that the version keeps."""
        return None


class NewServiceForm(VersionForm):
    code = forms.SlugField(label=_("Code"), max_length=60, help_text=fields.CODE_HINT)
    parent_id = fields.ServiceField(label=_("Stands below"), required=False)

    def parent(self) -> Any:
        """The service above, if one was chosen."""
        return history.service_by_id(self.cleaned_data["parent_id"])


class ServiceForm(VersionForm):
    base = forms.IntegerField(widget=forms.HiddenInput)
    change_note = forms.CharField(
        label=_("What was changed, and why"),
        help_text=_("Stands in the history with your name."),
        max_length=300,
    )

    def __init__(self, *args: Any, service: Any, **kwargs: Any) -> None:
        self.service = service
        current = service.current
        draft = (history.draft_of(current) if current else history.Draft()).values()
        initial = {
            **draft,
            "keywords": "\n".join(draft["keywords"]),
            "rules": [name for name in draft if draft[name] is True],
            "base": current.number if current else 0,
            **{f"limit_{clock}": draft["limits"].get(clock, "") for clock in history.clocks()},
        }
        super().__init__(*args, initial=initial, **kwargs)

    def form_id(self) -> int | None:
        """Those of the version in force."""
        return self.service.current.form_id if self.service.current else None
