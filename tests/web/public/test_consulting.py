"""Consultations for everybody: taking part without an account, on the screens alone, and what stays hidden."""

import re

import pytest
from django.urls import reverse

from huiyin.consultations.enums import Audience, Results
from huiyin.consultations.models import Follower, Participant, Statement, Vote
from huiyin.consultations.operations import invitations, maps, phases
from huiyin.consultations.queries import statements
from tests import staff
from tests.factories import consulting

pytestmark = pytest.mark.django_db
MANY = tuple(f"第{number}条建议。" for number in range(12))


def url(name, row):
    return reverse(f"public:{name}", args=[row.code])


def page(client, address, status=200):
    response = client.get(address)
    assert response.status_code == status, f"{address}: {response.status_code}"
    return response.content.decode()


def answer(client, row, value="agree"):
    shown = page(client, url("consultation_vote", row))
    wanted = re.search(r'name="statement" value="(\d+)"', shown)
    assert wanted, "all are voted on"
    assert (
        client.post(url("consultation_vote", row), {"statement": wanted[1], "answer": value}).status_code
        == 302
    )
    return int(wanted[1])


def test_somebody_takes_part_without_an_account_from_the_list_to_their_own_statement():
    row = consulting.opened(votes_before_writing=2)
    client = staff.browser()
    assert url("consultation", row) in page(client, reverse("public:consultations"))
    assert "Take part" in page(client, url("consultation", row))
    assert client.get(url("consultation_enter", row))["Location"] == url("consultation_vote", row)
    first = answer(client, row)
    assert "After 2 votes" in page(client, url("consultation_vote", row))
    answer(client, row, "pass")
    assert "You voted on 2 of 3" in page(client, url("consultation_vote", row))
    again = client.post(url("consultation_undo", row), {"statement": first})
    assert again["Location"].endswith(f"?statement={first}")
    assert f'value="{first}"' in page(client, again["Location"])
    client.post(url("consultation_vote", row), {"statement": first, "answer": "disagree"})
    told = {"text": "多放长椅。", "email": "a@example.cn"}
    assert client.post(url("consultation_write", row), told).status_code == 302
    shown = page(client, url("consultation_mine", row))
    for words in ("多放长椅。", "Waits to be looked at", "Disagree"):
        assert words in shown
    assert Participant.objects.count() == 1
    assert Follower.objects.get().statement == Statement.objects.get(text="多放长椅。")
    answer(client, row)
    assert "You voted on everything" in page(client, url("consultation_vote", row))


def test_two_browsers_are_two_participants_and_leave_no_session():
    row = consulting.opened()
    for _one in range(2):
        client = staff.browser()
        answer(client, row)
        assert "sessionid" not in client.cookies
        cookie = client.cookies[f"voice-{row.pk}"]
        assert cookie["httponly"]
        assert cookie["path"] == url("consultation", row)
    assert Participant.objects.count() == 2


def test_nonsense_is_answered_with_words_and_counts_for_nothing():
    row = consulting.opened()
    client = staff.browser()
    one = row.statements.first()
    for given in ({"statement": "x", "answer": "agree"}, {"statement": one.pk, "answer": "2"}, {}):
        assert client.post(url("consultation_vote", row), given).status_code == 422
    client.post(url("consultation_vote", row), {"statement": 10**6, "answer": "agree"})
    assert "not shown any more" in page(client, url("consultation_vote", row))
    assert client.post(url("consultation_undo", row)).status_code == 302
    for name in ("consultation_mine", "consultation_write"):
        assert staff.browser().get(url(name, row)).status_code == 409
    client.cookies[f"voice-{row.pk}"] = "forged:value"
    page(client, url("consultation_vote", row))
    assert not Vote.objects.exists()


def test_a_code_opens_the_same_votes_on_two_devices():
    row = consulting.opened(audience=Audience.CODES)
    code = invitations.make_codes(row.pk, label="x", count=1, actor="system").codes[0]
    for value in ("agree", "disagree"):
        client = staff.browser()
        assert client.get(url("consultation_vote", row))["Location"] == url("consultation_enter", row)
        assert "slip" in client.post(url("consultation_enter", row), {"code": code[:-1]}).content.decode()
        assert client.post(url("consultation_enter", row), {"code": code.lower()}).status_code == 302
        assert code not in str(client.cookies)
        one = row.statements.first().pk
        client.post(url("consultation_vote", row), {"statement": one, "answer": value})
    assert Participant.objects.count() == 1


def test_who_tries_codes_out_is_stopped():
    row = consulting.opened(audience=Audience.CODES)
    client = staff.browser()
    found = {
        client.post(url("consultation_enter", row), {"code": "A" * 16}).status_code for _turn in range(52)
    }
    assert found == {422, 429}


def test_too_many_statements_of_one_address_are_refused(settings):
    from huiyin.organisations import operations as organisations
    from huiyin.organisations.enums import SettingKey

    organisations.change_setting(SettingKey.STATEMENTS_PER_ADDRESS_HOUR, value="3", actor="system")
    row = consulting.opened(votes_before_writing=0)
    found = []
    for number in range(5):
        client = staff.browser()
        answer(client, row)
        found.append(client.post(url("consultation_write", row), {"text": f"第{number}条。"}).status_code)
    assert found == [302, 302, 302, 429, 429]


def test_the_map_says_in_words_what_the_drawing_shows():
    row = consulting.opened(seeds=MANY)
    consulting.planted(row)
    maps.refresh(row.pk)
    client = staff.browser()
    for _turn in range(8):
        answer(client, row)
    shown = page(client, url("consultation_map", row))
    for words in (
        "Where all agree",
        "Group 2",
        "15 people",
        "You stand nearest to group",
        "How sure is this?",
    ):
        assert words in shown
    assert shown.count("<path") >= 30
    for sort in ("division", "passes", "number", "nonsense"):
        page(client, url("consultation_map", row) + f"?sort={sort}")
    drawing = client.get(url("consultation_drawing", row))
    assert drawing["Content-Type"] == "image/svg+xml"
    assert ">you<" not in drawing.content.decode()


def test_hidden_results_and_drafts_are_nowhere():
    row = consulting.opened(seeds=MANY, results=Results.AFTER_CLOSE)
    consulting.planted(row)
    maps.refresh(row.pk)
    client = staff.browser()
    shown = page(client, url("consultation", row))
    assert "hidden from everybody" in shown
    assert url("consultation_map", row) not in shown
    for name in ("consultation_map", "consultation_drawing"):
        assert client.get(url(name, row)).status_code == 403
    assert "Where all agree" in page(client, url("consultation_map", consulting.closed(row)))
    draft = consulting.consultation()
    for name in ("consultation", "consultation_vote", "consultation_map", "consultation_enter"):
        assert client.get(url(name, draft)).status_code == 404


def test_the_answer_stands_beside_the_statements_once_it_is_published():
    from tests.consultations.test_following import answered

    row = consulting.opened()
    following = answered(row)
    shown = page(staff.browser(), url("consultation", following))
    for words in ("The answer", "Not adopted", "Pipes.", consulting.SEEDS[0], "Thanks."):
        assert words in shown
    assert staff.browser().get(url("consultation_vote", following)).status_code == 409


def test_somebody_leaves_an_address():
    row = consulting.opened()
    client = staff.browser()
    assert client.post(url("consultation_follow", row), {"email": "nobody"}).status_code == 422
    client.post(url("consultation_follow", row), {"email": "a@example.cn"})
    assert "You will be told" in page(client, url("consultation", row))
    assert Follower.objects.get().statement is None


def test_the_list_costs_the_same_for_one_and_for_three(constant_queries):
    constant_queries("public:consultations", add=consulting.opened)


def test_a_statement_costs_the_same_for_few_and_for_many(constant_queries):
    row = consulting.opened()
    serial = iter(range(99))

    def add():
        from huiyin.consultations.operations import planning

        planning.add_seeds(row.pk, texts=[f"{next(serial)}。"], language="zh-hans", actor="system")

    constant_queries("public:consultation_vote", add=add, kwargs={"code": row.code})
    constant_queries("public:consultation", add=add, kwargs={"code": row.code})
    phases.close_early(row.pk, reasons={"en": "Done."}, actor="system")
    assert statements.published(row).count() > 3
    constant_queries("public:consultation_map", add=lambda: None, kwargs={"code": row.code})
