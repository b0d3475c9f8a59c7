"""Every component in all its states on one page, for the eye, screenshots and the accessibility checker.

Reachable at /_gallery/ in demonstration and debugging only. All people and cases here are invented.
"""

import datetime as dt
from typing import Any

from django import forms
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from huiyin.kernel import clock
from huiyin.web.components import access
from huiyin.web.components.forms import DateParts


class SampleForm(forms.Form):
    words = forms.CharField(
        label=gettext_lazy("What happened?"),
        help_text=gettext_lazy("In your own words. Say where and since when if you know."),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 5}),
    )
    name = forms.CharField(label=gettext_lazy("What may we call you?"), required=False)
    service = forms.ChoiceField(
        label=gettext_lazy("What is it about?"),
        choices=[("", "—"), ("light", gettext_lazy("Street lights")), ("water", gettext_lazy("Water"))],
    )
    answer_by = forms.ChoiceField(
        label=gettext_lazy("How shall we answer you?"),
        choices=[("sms", gettext_lazy("By text message")), ("mail", gettext_lazy("By e-mail"))],
        widget=forms.RadioSelect,
    )
    topics = forms.MultipleChoiceField(
        label=gettext_lazy("Which of these apply?"),
        choices=[("night", gettext_lazy("At night")), ("child", gettext_lazy("Children are affected"))],
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    seen = forms.DateField(
        label=gettext_lazy("When did you first notice it?"),
        help_text=gettext_lazy("A rough date is fine."),
        widget=DateParts,
    )
    photo = forms.FileField(label=gettext_lazy("A photo"), required=False)
    password = forms.CharField(label=gettext_lazy("Password"), widget=forms.PasswordInput, required=False)
    publish = forms.BooleanField(label=gettext_lazy("My words may be shown to others, without my name"))


@access.public(reason="Components with invented words; not served by a real city.")
def gallery(request: HttpRequest) -> HttpResponse:
    """Show the page; `?audience=staff` dresses it for staff, `?errors=1` shows the form refused."""
    audience = "staff" if request.GET.get("audience") == "staff" else "public"
    data = {"seen_year": "2026", "seen_month": "13", "seen_day": "2"} if request.GET.get("errors") else None
    context = {
        "base_template": f"{audience}_base.html",
        "staff": audience == "staff",
        "form": SampleForm(data),
        "page_obj": Paginator(range(200), 20).get_page(5),
        **_samples(clock.now()),
    }
    return render(request, "components/gallery.html", context)


def _samples(now: dt.datetime) -> dict[str, Any]:
    hour, day = dt.timedelta(hours=1), dt.timedelta(days=1)
    return {
        "now": now,
        "due": {
            "today": now + dt.timedelta(minutes=5),
            "tomorrow": now + day,
            "later": now + 9 * day,
            "hours": now - 3 * hour,
            "days": now - 3 * day,
        },
        "rows": [
            {"key": _("Number"), "value": "2026-0417-0032"},
            {
                "key": _("Place"),
                "value": _("Lianhua Road, by the school gate"),
                "href": "#",
                "action": _("Change"),
            },
            {"key": _("Unit"), "value": _("Street lighting, Dongcheng district")},
        ],
        "story": [
            {
                "title": _("We have received what you wrote"),
                "by": _("by the hotline"),
                "at": now - 3 * day,
                "text": _("It has the number 2026-0417-0032."),
            },
            {
                "title": _("Street lighting is working on it"),
                "by": _("by Lin Yue"),
                "at": now - 2 * day,
                "text": _("An electrician comes on Monday morning and looks at all six lamps."),
            },
            {"title": _("You get an answer by Friday"), "at": now + 2 * day, "next": True},
        ],
        "kinds": [
            ("", _("closed")),
            ("brand", _("being worked on")),
            ("info", _("waiting for you")),
            ("due", _("due soon")),
            ("danger", _("overdue")),
            ("kept", _("solved")),
        ],
    }
