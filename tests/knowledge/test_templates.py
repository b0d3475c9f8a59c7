import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from huiyin.accounts.enums import Permission, Role
from huiyin.catalogue import operations as catalogue
from huiyin.kernel.errors import Denied, Invalid
from huiyin.knowledge import logic, operations, queries
from huiyin.knowledge.enums import Variable
from huiyin.knowledge.models import ReplyTemplate
from tests import staff


def test_fills_what_is_known_and_leaves_the_rest_to_be_seen():
    text = "您好，{number}（{ service }）由｛unit｝办理，{deadline}前答复。"
    filled = logic.fill(text, {"number": "1", "service": "路灯", "unit": "市政"})
    assert filled == "您好，1（路灯）由市政办理，{deadline}前答复。"
    assert logic.left_open(filled) == ["deadline"]


@pytest.mark.django_db
def test_unknown_variables_are_refused_with_a_message_that_names_them_and_the_known_ones():
    with pytest.raises(Invalid) as raised:
        operations.create_template(operations.Draft("T", "{nummer} {0}"), actor="system")
    assert "{nummer}, {0}" in raised.value.fields["text"]
    assert "{number}" in raised.value.fields["text"]


@given(
    st.lists(st.sampled_from([*(f"{{{name}}}" for name in Variable.values), "灯", "{", "}", " "])),
    st.dictionaries(st.sampled_from(Variable.values), st.text("灯{}", min_size=1, max_size=3)),
)
def test_filling_replaces_exactly_the_variables_that_have_a_value(parts, values):
    text = "".join(parts)
    assume(all(name in Variable.values for name in logic.variables(text)))
    assert logic.fill(text, {}) == text
    for name in logic.variables(text):
        filled = logic.fill(text, values)
        assert values.get(name, f"{{{name}}}") in filled


@pytest.mark.django_db
@pytest.mark.parametrize("role", [*Role, None])
def test_only_holders_of_the_permission_change_templates(role):
    row = operations.create_template(operations.Draft("T", "text"), actor="system")
    by = staff.user(role)
    acts = [
        lambda: operations.create_template(operations.Draft("U", "text"), actor=by),
        lambda: operations.change_template(row, draft=operations.Draft("V", "text"), actor=by),
        lambda: operations.retire_template(row, actor=by),
        lambda: operations.offer_template(row, actor=by),
    ]
    for act in acts:
        if by.standing().may(Permission.MANAGE_CATALOGUE):
            act()
        else:
            with pytest.raises(Denied):
                act()


@pytest.mark.django_db
@pytest.mark.parametrize(("title", "text"), [("", "x"), ("x", " "), ("x", "{}")])
def test_nonsense_is_refused(title, text):
    with pytest.raises(Invalid):
        operations.create_template(operations.Draft(title, text), actor="system")
    assert not ReplyTemplate.objects.exists()


@pytest.mark.django_db
def test_what_fits_a_case_comes_most_particular_first():
    service = catalogue.create_service("s", draft=catalogue.Draft(public_names={"en": "S"}), actor="system")
    other = catalogue.create_service("o", draft=catalogue.Draft(public_names={"en": "O"}), actor="system")

    def make(title, **more):
        return operations.create_template(operations.Draft(title, "text " + title, **more), actor="system")

    general, own = make("general"), make("own", service_id=service.pk)
    make("foreign", service_id=other.pk)
    asked = make("asked", state="in_progress")
    make("english", language="en")
    retired = make("retired")
    operations.retire_template(retired, actor="system")
    found = queries.offered(service_id=service.pk, state="in_progress", language="zh-hans")
    assert list(found) == [own, asked, general]
    assert list(queries.offered(service_id=service.pk, state="answered", language="zh-hans")) == [
        own,
        general,
    ]
    assert list(queries.offered(service_id=service.pk, words="GENERAL")) == [general]
    assert queries.templates("retired").get() == retired
