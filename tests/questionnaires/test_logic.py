import pytest
from hypothesis import given
from hypothesis import strategies as st

from huiyin.questionnaires import logic
from huiyin.questionnaires.enums import AnswerProblem, FormProblem, QuestionType


def row(code="kind", kind="text", **more):
    return {"code": code, "type": kind, "labels": {"zh-hans": "问题", "en": "Question"}, **more}


OPTIONS = [{"code": "a", "labels": {"zh-hans": "甲", "en": "A"}}, {"code": "b", "labels": {"zh-hans": "乙"}}]
CHOICE = row("kind", "one_of", options=OPTIONS)


@pytest.mark.parametrize(
    ("stored", "problem"),
    [
        ({}, FormProblem.SHAPE),
        ([3], FormProblem.SHAPE),
        ([row("Bad code")], FormProblem.CODE),
        ([row(code=None)], FormProblem.CODE),
        ([row(), row()], FormProblem.CODE_TWICE),
        ([row(kind="essay")], FormProblem.TYPE),
        ([row(kind=None)], FormProblem.TYPE),
        ([{**row(), "labels": {"en": "  "}}], FormProblem.LABEL),
        ([{**row(), "labels": ["x"]}], FormProblem.LABEL),
        ([{**row(), "labels": {"en": "x" * 301}}], FormProblem.LABEL),
        ([row(hint={"en": "x" * 601})], FormProblem.HINT),
        ([row(kind="one_of")], FormProblem.NO_OPTIONS),
        ([row(kind="one_of", options=OPTIONS[:1])], FormProblem.NO_OPTIONS),
        ([row(options=OPTIONS)], FormProblem.OPTIONS_NOT_USED),
        ([row(kind="one_of", options=[OPTIONS[0], OPTIONS[0]])], FormProblem.OPTION),
        ([row(kind="one_of", options=["a", "b"])], FormProblem.OPTION),
        ([row(shown_if={"code": "kind", "equals": "a"})], FormProblem.CONDITION_ITSELF),
        ([row("first", shown_if={"code": "kind", "equals": "a"}), CHOICE], FormProblem.CONDITION_LATER),
        ([row(shown_if={"code": "gone", "equals": "a"})], FormProblem.CONDITION_LATER),
        ([row(), row("next", shown_if={"code": "kind", "equals": "a"})], FormProblem.CONDITION_TYPE),
        ([CHOICE, row("next", shown_if={"code": "kind", "equals": "z"})], FormProblem.CONDITION_VALUE),
        ([row(f"q{i}") for i in range(41)], FormProblem.TOO_MANY),
    ],
)
def test_refuses_questions_that_could_not_be_asked(stored, problem):
    with pytest.raises(logic.FormError) as raised:
        logic.parse(stored)
    assert raised.value.problem == problem
    assert str(problem.label)


def questions(*rows):
    return logic.parse(list(rows))


@pytest.mark.parametrize(
    ("kind", "raw", "value"),
    [
        ("text", "  坏了\r\n\x00很久 ", "坏了\n很久"),
        ("number", "１２.５０", "12.5"),
        ("number", "-0", "0"),
        ("number", "007", "7"),
        ("date", "2024年2月29日", "2024-02-29"),
        ("date", "2024/3/5", "2024-03-05"),
        ("yes_no", "yes", "yes"),
    ],
)
def test_reads_answers_into_one_written_form(kind, raw, value):
    checked = logic.validate(questions(row(kind=kind)), {"kind": raw})
    assert checked.ok
    assert checked.answers[0]["value"] == value


@pytest.mark.parametrize(
    ("question", "raw", "problem"),
    [
        (row(required=True), " \x00 ", AnswerProblem.REQUIRED),
        (row(required=True), None, AnswerProblem.REQUIRED),
        (row(), "x" * 2001, AnswerProblem.TOO_LONG),
        (row(kind="number"), "twelve", AnswerProblem.NOT_A_NUMBER),
        (row(kind="number"), "1e5", AnswerProblem.NOT_A_NUMBER),
        (row(kind="number"), "9" * 100, AnswerProblem.NOT_A_NUMBER),
        (row(kind="date"), "soon", AnswerProblem.NOT_A_DATE),
        (row(kind="date"), "2023-02-29", AnswerProblem.NO_SUCH_DATE),
        (row(kind="date"), "0000-01-01", AnswerProblem.NO_SUCH_DATE),
        (CHOICE, "z", AnswerProblem.NO_SUCH_OPTION),
        (CHOICE, ["a", "b"], AnswerProblem.ONE_ONLY),
        (row(kind="several_of", options=OPTIONS), ["a", "z"], AnswerProblem.NO_SUCH_OPTION),
        (row(kind="several_of", options=OPTIONS, required=True), [], AnswerProblem.REQUIRED),
        (row(kind="yes_no"), "maybe", AnswerProblem.NO_SUCH_OPTION),
    ],
)
def test_refuses_answers_with_a_reason(question, raw, problem):
    checked = logic.validate(questions(question), {"kind": raw})
    assert checked.errors == {"kind": problem}
    assert not checked.answers


def test_snapshot_holds_the_labels_of_the_time_in_the_persons_language():
    form = questions(row("many", "several_of", options=OPTIONS), row("again", "yes_no"))
    checked = logic.validate(form, {"many": ["b", "a"], "again": "no", "gone": "x"}, language="zh-hans")
    assert checked.answers == [
        {"code": "many", "label": "问题", "value": ["a", "b"], "shown": "甲、乙"},
        {"code": "again", "label": "问题", "value": "no", "shown": "否"},
    ]


def test_a_question_that_is_not_shown_is_neither_required_nor_kept():
    form = questions(
        CHOICE,
        row("detail", "yes_no", required=True, shown_if={"code": "kind", "equals": "a"}),
        row("deeper", required=True, shown_if={"code": "detail", "equals": "yes"}),
    )
    assert [q.code for q in logic.visible(form, {})] == ["kind"]
    # The answer to "detail" is still there from before the person changed "kind".
    left_over = {"kind": "b", "detail": "yes", "deeper": "x"}
    assert [q.code for q in logic.visible(form, left_over)] == ["kind"]
    assert [a["code"] for a in logic.validate(form, left_over).answers] == ["kind"]
    assert logic.validate(form, {"kind": "a", "detail": "yes"}).errors == {"deeper": AnswerProblem.REQUIRED}


texts = st.dictionaries(
    st.sampled_from(["zh-hans", "zh-hant", "en"]), st.text("abc诉求", min_size=1, max_size=9), min_size=1
)


@st.composite
def forms(draw):
    rows = []
    for index in range(draw(st.integers(0, 6))):
        kind = draw(st.sampled_from(QuestionType.values))
        options = [{"code": c, "labels": draw(texts)} for c in "ab"] if kind in logic.CHOICES else []
        asked = [r for r in rows if r["options"] or r["type"] == "yes_no"]
        parent = draw(st.none() | st.sampled_from(asked)) if asked else None
        equals = ("yes" if parent["type"] == "yes_no" else "b") if parent else ""
        rows.append(
            {
                **row(f"q{index}", kind, options=options, required=draw(st.booleans())),
                "labels": draw(texts),
                "hint": {},
                "shown_if": {"code": parent["code"], "equals": equals} if parent else None,
            }
        )
    return rows


anything = (
    st.none()
    | st.integers()
    | st.text("ab1-.年甲１ \x00\u202e", max_size=12)
    | st.sampled_from(["a", "b", "yes", "no"])
)
answers = st.dictionaries(
    st.sampled_from([f"q{i}" for i in range(6)]), anything | st.lists(anything, max_size=3)
)


@given(forms())
def test_writing_and_reading_questions_is_the_identity(stored):
    parsed = logic.parse(stored)
    assert logic.parse(logic.dump(parsed)) == parsed


@given(forms(), answers, st.sampled_from(["zh-hans", "zh-hant", "en", "de"]))
def test_every_answer_is_kept_or_refused_and_kept_answers_stay_acceptable(stored, raw, language):
    form = logic.parse(stored)
    checked = logic.validate(form, raw, language=language)
    shown = {question.code: question for question in logic.visible(form, raw)}
    assert not (checked.answers and checked.errors)
    assert {a["code"] for a in checked.answers} | set(checked.errors) <= set(shown)
    if checked.ok:
        kept = {a["code"]: a["value"] for a in checked.answers}
        assert all(code in kept for code, question in shown.items() if question.required)
        assert logic.validate(form, kept, language=language) == checked


@given(
    st.recursive(
        anything | st.booleans(),
        lambda inner: (
            st.lists(inner) | st.dictionaries(st.sampled_from(["code", "type", "labels", "options"]), inner)
        ),
    )
)
def test_any_json_is_read_or_refused_with_a_reason(stored):
    try:
        parsed = logic.parse(stored)
    except logic.FormError as error:
        parsed = error.problem.label
    assert parsed or stored == []
