"""Training: only on cases of this installation, never worse than before, and any file that cannot be read is none."""

import datetime as dt
import json
from io import StringIO

import pytest
from django.core.cache import caches
from django.core.management import call_command

from huiyin.accounts.enums import Role
from huiyin.cases.models import Case
from huiyin.engines.text import classify
from huiyin.triage.enums import Question, Source
from huiyin.triage.models import ModelFile, WordShares
from huiyin.triage.operations import training
from huiyin.triage.queries import answers, duplicates, matters, rarity, trained
from tests import factories

pytestmark = pytest.mark.django_db
NOW = dt.datetime(2026, 11, 20, 9, tzinfo=dt.UTC)


@pytest.fixture(autouse=True)
def _nothing_read():
    trained._READ.clear()
    yield
    trained._READ.clear()


@pytest.fixture
def history(lights, noise):
    """Cases whose words are in no catalogue: only history knows where they belong."""
    for number in range(60):
        dark = number % 2
        case = factories.case(
            version=(lights if dark else noise).current,
            text=f"{number}号楼门口一片漆黑，摸着走路" if dark else f"{number}号楼下半夜太吵，睡不着觉",
        )
        Case.objects.filter(pk=case.pk).update(
            received_at=NOW - dt.timedelta(days=60 - number), accepted_at=NOW - dt.timedelta(days=59 - number)
        )


def ask(text):
    return answers.services(matters.Matter(text=text, at=NOW))


def test_history_teaches_what_no_word_of_a_service_says(history, noise):
    assert not ask("楼下太吵，睡不着")
    results = {row.question: row for row in training.train_all()}
    assert results[Question.SERVICE].replaced
    assert results[Question.SERVICE].held_out == 20
    best = ask("楼下太吵，睡不着")[0]
    assert (best.value, best.source) == (str(noise.pk), Source.MODEL)
    assert best.probability > 0.7
    assert set(best.words) & {"太吵", "睡不着", "吵"}


def test_what_no_unit_stood_by_and_what_was_erased_teaches_nothing(history):
    Case.objects.update(accepted_at=None)
    assert [row.accuracy for row in training.train_all()] == [None, None, None]
    Case.objects.update(accepted_at=NOW, anonymised_at=NOW)
    assert [row.cases for row in training.train_all()] == [0, 0, 0]


def test_a_worse_model_does_not_replace_the_one_in_use(history, lights, noise, monkeypatch):
    training.train_all()
    good = ModelFile.objects.get(question="service", is_in_use=True)
    monkeypatch.setattr(
        training,
        "_LABELS",
        training._LABELS | {Question.SERVICE: lambda row: str(lights.pk if row.pk % 3 else noise.pk)},
    )
    real = training.training.train

    def confused(documents, labels):
        turned = {str(lights.pk): str(noise.pk), str(noise.pk): str(lights.pk)}
        return real(documents, [turned.get(label, label) for label in labels])

    monkeypatch.undo()
    monkeypatch.setattr(training.training, "train", confused)
    results = {row.question: row for row in training.train_all()}
    assert not results[Question.SERVICE].replaced
    assert results[Question.SERVICE].accuracy < results[Question.SERVICE].accuracy_before
    assert ModelFile.objects.get(question="service", is_in_use=True) == good
    assert ModelFile.objects.filter(question="service").count() == 2, "the figures of the worse one are kept"


@pytest.mark.parametrize("damage", ["cut", "bit", "empty", "version"])
def test_a_model_that_cannot_be_read_is_none_and_health_says_so(damage, history, noise, monkeypatch):
    training.train_all()
    assert trained.health().ok
    row = ModelFile.objects.get(question="service", is_in_use=True)
    data = bytes(row.data)
    broken = {"cut": data[:-100], "bit": data[:50] + b"\x00" + data[51:], "empty": b"", "version": data}[
        damage
    ]
    ModelFile.objects.filter(pk=row.pk).update(data=broken)
    if damage == "version":
        monkeypatch.setattr(classify, "MODEL_VERSION", 999)
    trained._READ.clear()
    caches["local"].clear()
    assert ask("噪音扰民")[0].source == Source.WORDS
    health = trained.health()
    assert not health.ok
    assert "until it is trained again" in str(health.detail)
    training.train_all()
    trained._READ.clear()
    assert trained.health().ok or damage == "version"


def test_a_service_that_the_model_never_saw_is_still_found_by_its_words(history):
    training.train_all()
    dogs = factories.service(
        unit=factories.unit(), code="dogs", public_names={"zh-hans": "流浪狗"}, keywords=["流浪狗", "野狗"]
    )
    caches["local"].clear()
    assert ask("小区里有野狗，流浪狗很多")[0].value == str(dogs.pk)


def test_the_command_tells_in_words_and_in_json(history):
    out, err = StringIO(), StringIO()
    call_command("triage_train", stdout=out, stderr=err)
    rows = json.loads(out.getvalue().splitlines()[-1])
    assert {row["question"] for row in rows} == {"service", "unit", "kind"}
    assert "in use now" in err.getvalue()


def test_nothing_is_trained_from_too_little(lights):
    factories.case(version=lights.current)
    err = StringIO()
    call_command("triage_train", stdout=StringIO(), stderr=err)
    assert "nothing trained" in err.getvalue()
    assert trained.health().ok


def test_common_words_are_told_from_rare_ones_and_old_tables_go(history):
    training.count_words()
    training.count_words()
    assert WordShares.objects.count() == 1
    shares = rarity.rarity().shares
    assert 0.3 < shares["号楼"] < 0.4, "60 of 60 cases, and a hundred imagined ones"
    known = rarity.Rarity({"路灯": 0.5, "井盖": 0.001}, 1_000_000)
    assert known.to_find(frozenset({"路灯", "井盖", "松动"})) == (["松动", "井盖"], False)
    assert known.to_find(frozenset({"路灯"}))[1], "a common word alone is not looked for"


def test_a_search_for_duplicates_that_takes_long_is_broken_off(history, monkeypatch):
    from huiyin.cases.queries import similar

    monkeypatch.setattr(similar, "_BY_WORDS", "SELECT pg_sleep(5)")
    matter = matters.Matter(text="楼下太吵", at=NOW)
    assert duplicates.near(matter) == []
    assert factories.user((Role.DISPATCHER, None)), "the transaction goes on"
