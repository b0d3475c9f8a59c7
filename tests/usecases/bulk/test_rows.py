"""What becomes of the rows of one file: facts, dates, states, people, and what is refused."""

import datetime as dt

import pytest

from huiyin.accounts.models import User
from huiyin.audit.models import Leaf, Record
from huiyin.cases.logic import indexing
from huiyin.cases.models import Case, Event, Reply
from huiyin.cases.operations import intake
from huiyin.catalogue.models import Service
from huiyin.engines import merkle
from huiyin.engines.text import pipeline
from huiyin.kernel import clock, public_ids
from huiyin.kernel.errors import Denied, Invalid
from huiyin.organisations.models import Unit
from huiyin.people.queries import with_same
from huiyin.usecases.bulk import importing
from tests import factories
from tests.usecases.bulk.conftest import refused

pytestmark = pytest.mark.django_db
HEADERS = ["信件编号", "标题", "内容", "来信时间", "回复时间", "回复内容", "回复单位", "类型"]
ROW = [
    "W-1",
    "路灯",
    "坏了三天。",
    "2019-11-11 10:00:00",
    "2019-11-13 09:30:00",
    "已修好。",
    "城管局",
    "投诉",
]


def test_an_answered_case_comes_in_whole(table, load):
    path = table(HEADERS, ROW)
    assert load(path, source="board", creates_units=True) == importing.Figures(1, 1, 0, 0)
    case = Case.objects.get()
    assert (case.source, case.external_id, case.kind) == ("board", "W-1", "complaint")
    assert case.text == "路灯\n坏了三天。"
    assert case.received_at.isoformat() == "2019-11-11T02:00:00+00:00"
    assert case.answered_at.isoformat() == "2019-11-13T01:30:00+00:00"
    assert (case.state, case.outcome, case.secret_hash, case.due_at) == ("closed", "explained", "", None)
    assert case.unit.names == {"zh-hans": "城管局"}
    assert case.channel.code == "import"
    reply = Reply.objects.get()
    assert (reply.text, reply.kind, reply.sent_at) == ("已修好。", "answer", case.answered_at)
    story = list(Event.objects.values_list("action", "from_state", "to_state"))
    assert story == [
        ("file", "", "received"),
        ("answer", "received", "answered"),
        ("close", "answered", "closed"),
    ]
    assert Event.objects.get(action="answer").reply == reply


def test_number_words_and_leaf_are_those_of_any_case(table, load):
    load(table(HEADERS, ROW))
    case = Case.objects.get()
    assert public_ids.case_number_holds(case.number)
    same = factories.case(text=case.text, place_text="")
    own, others = (pipeline.mark(indexing.month(one.received_at)) for one in (case, same))
    assert own != others
    assert case.words.replace(own, others) == Case.objects.get(pk=same.pk).words
    assert Leaf.objects.filter(leaf_hash=bytes.fromhex(case.leaf_hash)).exists()
    assert merkle.leaf_hash(intake.commitment(case, [])).hex() == case.leaf_hash


def test_one_audit_record_stands_for_a_batch(table, load):
    load(table(["编号", "内容"], *([str(n), f"内容 {n}"] for n in range(25))), batch=10)
    rows = Record.objects.filter(action="cases.import").order_by("id")
    assert [row.data["cases"] for row in rows] == [10, 10, 5]
    assert len({row.subject for row in rows}) == 1


def test_what_came_of_an_import_is_on_record(table, load):
    path = table(["编号", "内容"], ["1", "路灯坏了"], ["2", ""])
    load(path)
    load(path)
    (row,) = Record.objects.filter(action="cases.import_ended")
    assert row.data == {"source": "cases", "read": 2, "accepted": 1, "refused": 1, "unchanged": 0}


def test_repeating_changes_nothing(table, load):
    path = table(HEADERS, ROW, ["W-2", *ROW[1:]])
    load(path)
    before = list(Case.objects.order_by("pk").values())
    assert load(path) == importing.Figures(2, 0, 0, 2)
    assert list(Case.objects.order_by("pk").values()) == before
    assert Leaf.objects.count() == 2


def test_rows_without_an_id_are_known_by_their_content(table, load):
    path = table(["内容"], ["路灯坏了"], ["水管漏水"], ["路灯坏了"])
    assert load(path).accepted == 2
    assert load(path) == importing.Figures(3, 0, 0, 3)


def test_a_rehearsal_stores_nothing(table, load):
    path = table(HEADERS, ROW, ["W-2", "", "", *ROW[3:]])
    assert load(path, is_rehearsal=True, creates_units=True) == importing.Figures(2, 1, 1, 0)
    assert not Case.objects.exists()
    assert not Unit.objects.exists()
    assert not Record.objects.filter(action="cases.import").exists()


def test_units_and_services_are_created_only_when_told_to(table, load):
    headers = ["编号", "内容", "承办单位", "问题分类"]
    load(table(headers, ["1", "漏水", "水务局", "供水 > 漏水"]))
    assert not Unit.objects.exists()
    assert not Service.objects.exists()
    assert Case.objects.get().extra == {"承办单位": "水务局", "问题分类": "供水 > 漏水"}
    load(
        table(headers, ["2", "停水", "水务局", "供水 > 停水"], ["3", "又停水", "水务局 ", "供水>停水"]),
        creates_units=True,
        creates_services=True,
    )
    assert Unit.objects.count() == 1
    assert Service.objects.count() == 2
    cases = Case.objects.exclude(external_id="1")
    assert {case.service.parent.current.public_names["zh-hans"] for case in cases} == {"供水"}
    assert {case.unit.names["zh-hans"] for case in cases} == {"水务局"}
    assert {case.state for case in cases} == {"assigned"}
    assert not any(case.extra for case in cases)


def test_a_known_service_brings_its_unit(table, load):
    unit = factories.unit()
    factories.service(unit=unit, public_names={"zh-hans": "路灯", "en": "Street light"})
    load(table(["id", "text", "category"], ["1", "dark", "street LIGHT"]))
    case = Case.objects.get()
    assert case.unit == unit
    assert case.service_version == case.service.current


def test_an_open_case_gets_the_limit_of_its_service(table, load):
    factories.service(
        unit=factories.unit(), public_names={"en": "Street light"}, limits={"answer": "3d clock"}
    )
    load(table(["id", "text", "category", "来信时间"], ["1", "dark", "street light", "2026-03-02 10:00"]))
    case = Case.objects.get()
    assert case.answer_limit == "3d clock"
    assert case.due_at == case.received_at + dt.timedelta(days=3)


def test_open_cases_get_deadlines_from_their_own_day(table, load):
    unit = factories.unit(names={"zh-hans": "水务局"})
    load(
        table(
            ["编号", "内容", "来信时间", "受理单位", "状态"],
            ["1", "漏水", "2026-03-02 10:00", "水务局", "处理中"],
        )
    )
    case = Case.objects.get()
    assert (case.state, case.unit) == ("in_progress", unit)
    assert case.received_at < case.sign_due_at < case.contact_due_at < case.due_at == case.promised_at
    assert case.due_at < case.received_at + dt.timedelta(days=15)
    assert [event.action for event in case.events.all()] == ["file", "assign", "sign_for"]


def test_an_answer_of_yesterday_still_waits_for_the_person(table, load):
    yesterday = (clock.now() - dt.timedelta(days=1)).isoformat()
    load(table(HEADERS, [*ROW[:3], yesterday, yesterday, *ROW[5:]]))
    assert Case.objects.get().state == "answered"


@pytest.mark.parametrize(
    ("word", "state"),
    [("不予受理", "not_accepted"), ("已撤回", "withdrawn"), ("办结", "closed"), ("Abgeschlossen", "closed"),
     ("Eingetroffen", "received"), ("待处理", "received"), ("审议中", "received"), ("In Arbeit", "received")],
)  # fmt: skip
def test_words_for_states(table, load, word, state):
    load(table(["id", "text", "status", "created_at"], ["1", "x", word, "2019-01-04"]))
    case = Case.objects.get()
    assert case.state == state
    assert (case.extra.get("status") == word) == (word == "审议中")
    assert state == "received" or case.due_at is None


def test_a_result_that_is_a_state_is_no_letter(table, load):
    load(table(["办理编号", "受理事项", "申请日期", "办结日期", "申请人", "办理结果"],
               ["1", "施工许可", "2019-01-04", "2019-01-09", "某公司", "已办结"]))  # fmt: skip
    case = Case.objects.get()
    assert (case.text, case.state) == ("施工许可", "closed")
    assert not Reply.objects.exists()


def test_contact_data_go_to_the_vault_and_none_is_lost(table, load):
    load(
        table(
            ["编号", "内容", "姓名", "联系电话", "邮箱", "是否匿名"],
            ["1", "漏水", "张三", "138 0013 8000", "A@X.cn", "否"],
            ["2", "漏水", "李四", "打不通的号码", "无", "是"],
            ["3", "漏水", "", "", "不详", "1"],
        )
    )
    first, second, third = Case.objects.order_by("pk")
    assert list(with_same(phone="+86 13800138000")) == [first.contact]
    assert (first.contact.name, first.contact.email, first.anonymity) == ("张三", "A@x.cn", "office")
    assert (second.contact.phone, second.contact.phone_key, second.anonymity) == (
        "打不通的号码",
        "",
        "dispatcher",
    )
    assert (third.contact, third.anonymity) == (None, "nobody")
    assert "张三" not in str(first.extra)


def test_unknown_columns_and_second_readings_are_kept(table, load):
    load(table(["编号", "主题", "标题", "内容", "浏览量", "魔法"], ["1", "甲", "乙", "丙", "7", "8"]))
    case = Case.objects.get()
    assert case.text == "甲\n丙"
    assert case.extra == {"标题": "乙", "浏览量": "7", "魔法": "8"}


BAD = [
    (["1", "", "2019-01-04", "", ""], "text", "no text"),
    (["2", "x", "2019-02-30", "", ""], "created", "no such date"),
    (["3", "x", "3/4/2019", "", ""], "created", "could mean two days"),
    (["4", "x", "gestern", "", ""], "created", "not a date"),
    (["5", "x", "2999-01-01", "", ""], "created", "in the future"),
    (["6", "x", "2019-01-04", "95", "10"], "lat", "no such place"),
    (["7", "x", "2019-01-04", "nord", "10"], "lat", "not a number"),
    (["8", "x" * 10_001, "2019-01-04", "", ""], "text", "10001 characters"),
    (["9", "x", "2019-01-04", "", "", "one too many"], "", "more cells than headers"),
]


def test_bad_rows_stay_out_and_say_why_while_the_rest_goes_in(table, load):
    path = table(
        ["id", "text", "created", "lat", "lon"],
        ["0", "good", "2019-01-04", "47,5", "9.1"],
        *(b[0] for b in BAD),
    )
    assert load(path) == importing.Figures(10, 1, 9, 0)
    assert Case.objects.get().lat == 47.5
    rows = refused(path)
    assert [row["row"] for row in rows] == [str(n) for n in range(3, 12)]
    for row, (_cells, column, reason) in zip(rows, BAD, strict=True):
        assert row["column"] == column
        assert reason in row["reason"]
    assert len(rows[7]["value"]) == 200


def test_the_file_of_refused_rows_goes_when_nothing_is_refused_any_more(table, load):
    path = table(["id", "text"], ["1", ""])
    load(path)
    assert len(refused(path)) == 1
    table(["id", "text"], ["1", "x"])
    load(path)
    assert refused(path) == []


def test_control_characters_and_formulas_are_only_text(table, load):
    path = table(["id", "text", "note"], ["1", "a\0b \u202ec 😀", '=HYPERLINK("http://x")'])
    load(path)
    case = Case.objects.get()
    assert case.text == "ab \u202ec 😀"
    assert case.extra == {"note": '=HYPERLINK("http://x")'}


def test_only_those_who_may_import(table):
    path = table(["id", "text"], ["1", "x"])
    with pytest.raises(Denied):
        importing.run(path, options=importing.Options(), actor=User.objects.create(username="nobody"))
    with pytest.raises(Invalid):
        importing.run(path, options=importing.Options(source="x" * 51), actor="system")


def test_damaged_text_is_mended_where_certain_marked_where_not_and_the_original_kept(table, load):
    garbled = "道路积水，请处理。".encode().decode("latin-1")
    lost = "锟斤拷锟斤拷路灯"
    load(table(["id", "内容"], ["1", garbled], ["2", lost], ["3", "普通的内容，没有问题。"]))
    mended, damaged, plain = Case.objects.order_by("external_id")
    assert mended.text == "道路积水，请处理。"
    assert garbled in mended.extra.values(), "the original is kept"
    assert "积水" in str(Case.objects.values_list("words", flat=True).get(pk=mended.pk))
    assert damaged.text == lost
    assert "Damaged text" in damaged.extra
    assert plain.extra == {}
