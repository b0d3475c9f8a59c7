"""What every register of residents must do: the ones that come along, and a fake."""

import pytest

from huiyin.consultations import registers

LIST = "\ufeffname,number,street\n陈小明,A 123,湖滨路\nLin Wei,b456,\n"


class Fake:
    def questions(self):
        return registers.ListedResidents().questions()

    def resident(self, answers):
        return answers["number"] if answers.get("name") else ""

    def check(self):
        return registers.Health(ok=True, detail="fake")


@pytest.fixture(params=[registers.NoRegister, registers.ListedResidents, Fake])
def register(request, tmp_path, settings):
    path = tmp_path / "residents.csv"
    path.write_text(LIST, encoding="utf-8")
    settings.HUIYIN_RESIDENTS = str(path)
    return request.param()


def test_it_asks_for_things_with_a_label(register):
    for question in register.questions():
        assert question.key
        assert str(question.label)


@pytest.mark.parametrize("answers", [{}, {"number": ""}, {"number": "A123", "name": ""}, {"else": "x"}])
def test_who_answers_nothing_is_nobody(register, answers):
    assert register.resident(answers) == ""


def test_the_same_answers_are_the_same_resident(register):
    answers = {"number": "A123", "name": "陈小明"}
    assert register.resident(answers) == register.resident(dict(answers))


def test_its_check_never_raises(register, settings):
    assert str(register.check().detail)
    settings.HUIYIN_RESIDENTS = "/nowhere/residents.csv"
    assert str(register.check().detail)


def test_the_list_takes_number_and_name_together_however_they_are_written(tmp_path, settings):
    path = tmp_path / "residents.csv"
    path.write_text(LIST, encoding="utf-8")
    settings.HUIYIN_RESIDENTS = str(path)
    register = registers.ListedResidents()
    spelled = [{"number": "Ａ１２３", "name": "陈 小明"}, {"number": "a 123", "name": "陈小明"}]
    assert {register.resident(one) for one in spelled} == {"a123"}
    assert register.resident({"number": "a123", "name": "Lin Wei"}) == ""
    assert register.resident({"number": "B456", "name": "LIN WEI"}) == "b456"
    assert register.check().ok
    path.write_text("a,b\n1,2\n")
    assert not register.check().ok
