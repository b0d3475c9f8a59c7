"""The rows behind the figures: every answer, no word of anybody, only what one may export."""

import csv
import json

import pytest
from django.core.management import CommandError, call_command

from huiyin.accounts.enums import Role
from huiyin.audit.models import Record
from huiyin.cases.enums import Outcome
from huiyin.cases.operations import acting, handling, person
from huiyin.feedback.enums import Solved
from huiyin.feedback.operations import Given
from huiyin.kernel.errors import Denied
from huiyin.usecases.bulk import evidence
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def unit():
    return factories.unit()


def judged(unit):
    """A case answered twice: judged, reopened, answered again."""
    officer = acting.staff(factories.user((Role.OFFICER, unit)))
    case = factories.case(unit=unit, text="我叫王小明，路灯坏了。")
    handling.answer(case.pk, text="修好了，王先生。", outcome=Outcome.SOLVED, actor=officer)
    person.judge(case.pk, given=Given(contacted=True, solved=Solved.PARTLY, satisfaction=2, text="还差一半"))
    person.reopen(case.pk, text="又坏了。")
    handling.answer(case.pk, text="再修。", outcome=Outcome.SOLVED, actor=officer)
    return case


def read(path):
    with path.open(encoding="utf-8-sig", newline="") as stream:
        return list(csv.DictReader(stream))


def test_a_row_for_each_answer_and_one_without_and_no_word_of_anybody(unit, tmp_path):
    case, silent = judged(unit), factories.case(unit=unit)
    path = tmp_path / "figures.csv"
    assert evidence.export(path, actor="system") == 2
    rows = read(path)
    first, second, other = rows
    assert [row["number"] for row in rows] == [case.number, case.number, silent.number]
    assert (first["answer"], first["solved"], first["satisfaction"], first["in_time"]) == (
        "1",
        "partly",
        "2",
        "1",
    )
    assert (second["answer"], second["solved"], second["left_out"]) == ("2", "", "0")
    assert (other["answer"], other["sent_at"], other["state"]) == ("0", "", "assigned")
    assert len(first["reopened_at"].split()) == 1
    text = path.read_text(encoding="utf-8")
    assert not any(word in text for word in ("王", "路灯", "修好", "又坏", "还差"))
    assert path.stat().st_mode & 0o077 == 0
    assert Record.objects.get(action="figures.export").data == {"cases": 2}


def test_only_what_one_may_export(unit, tmp_path):
    judged(unit)
    factories.case(unit=factories.unit())
    path = tmp_path / "figures.csv"
    assert evidence.export(path, actor=factories.user((Role.UNIT_HEAD, unit))) == 1
    with pytest.raises(Denied):
        evidence.export(tmp_path / "no.csv", actor=factories.user((Role.OFFICER, unit)))
    assert not (tmp_path / "no.csv").exists()


def test_the_command_writes_it_and_names_who_is_unknown(unit, tmp_path, capsys):
    judged(unit)
    call_command("export_figures", out=tmp_path / "figures.csv")
    assert json.loads(capsys.readouterr().out) == {"exported": 1}
    with pytest.raises(CommandError, match="no user"):
        call_command("export_figures", out=tmp_path / "x.csv", as_user="nobody-here")
    officer = factories.user((Role.OFFICER, unit), username="poor")
    with pytest.raises(CommandError, match="may not"):
        call_command("export_figures", out=tmp_path / "x.csv", as_user=officer.username)


def test_a_thousand_cases_cost_few_queries(unit, tmp_path, django_assert_max_num_queries):
    for _case in range(4):
        judged(unit)
    with django_assert_max_num_queries(15):
        evidence.export(tmp_path / "figures.csv", actor="system")
