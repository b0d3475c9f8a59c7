"""Forms come out as accessible components."""

import re

import pytest
from django.utils import translation

from huiyin.web.components.gallery import SampleForm

DATE = {"seen_year": "2026", "seen_month": "2", "seen_day": "3"}


def ids(html):
    return set(re.findall(r'\bid="([^"]+)"', html))


@pytest.mark.parametrize("data", [None, {"seen_year": "2026", "seen_month": "13", "seen_day": "2"}])
def test_every_reference_leads_to_something(data):
    html = str(SampleForm(data))
    found = ids(html)
    for name in ("for", "aria-describedby"):
        for value in re.findall(rf'\b{name}="([^"]+)"', html):
            assert set(value.split()) <= found, f"{name}={value}"


def test_no_id_twice():
    html = str(SampleForm({}))
    every = re.findall(r'\bid="([^"]+)"', html)
    assert sorted(every) == sorted(set(every))


def test_every_visible_input_has_a_label_or_legend():
    html = str(SampleForm())
    labelled = set(re.findall(r'<label[^>]*\bfor="([^"]+)"', html))
    inputs = re.findall(r"<(?:input|textarea|select)\b[^>]*>", html)
    assert len(inputs) == 13
    for tag in inputs:
        assert re.search(r'\bid="([^"]+)"', tag)[1] in labelled, tag


def test_errors_are_marked_in_text_and_on_the_control():
    html = str(SampleForm({})["words"].as_field_group())
    assert "govuk-form-group--error" in html
    assert "govuk-textarea--error" in html
    assert 'aria-invalid="true"' in html
    assert "This field is required." in html


def test_what_was_typed_is_escaped():
    html = str(SampleForm({"words": "<script>", "name": '"><b>', "seen_day": '"><i>'}))
    assert "<script>" not in html
    assert "<b>" not in html
    assert "<i>" not in html


def test_a_date_in_three_boxes_arrives_as_a_date():
    form = SampleForm(DATE)
    form.is_valid()
    assert form.cleaned_data["seen"].isoformat() == "2026-02-03"


@pytest.mark.parametrize("part", ["seen_year", "seen_month", "seen_day"])
def test_a_date_with_a_missing_box_is_refused_and_kept(part):
    form = SampleForm({**DATE, part: ""})
    assert "seen" in form.errors
    html = form["seen"].as_field_group()
    for name, value in DATE.items():
        if name != part:
            assert re.search(rf'name="{name}"[^>]*value="{value}"', html)


@pytest.mark.parametrize(("language", "order"), [("en", "day month year"), ("zh-hans", "year month day")])
def test_the_boxes_follow_the_order_of_the_language(language, order):
    with translation.override(language):
        html = SampleForm()["seen"].as_field_group()
    assert re.findall(r'name="seen_(\w+)"', html) == order.split()


def test_chosen_options_stay_chosen():
    html = str(SampleForm({"answer_by": "mail", "topics": ["night"], "publish": "on"}))
    chosen = [tag for tag in re.findall(r"<input[^>]*>", html) if " checked" in tag]
    assert [re.search(r'name="(\w+)"', tag)[1] for tag in chosen] == ["answer_by", "topics", "publish"]
