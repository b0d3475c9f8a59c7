"""Exports: the same columns as imports, nobody's contact data by accident, formulas harmless."""

import csv
import datetime as dt
import json

import openpyxl
import pytest
from django.core.cache import caches
from django.core.management import CommandError, call_command
from django.db.models import Q
from pyarrow import parquet

from huiyin.accounts.enums import Role
from huiyin.audit.models import Record
from huiyin.cases.models import Case
from huiyin.catalogue.models import Channel, Service, ServiceVersion
from huiyin.kernel.errors import Denied, Invalid
from huiyin.organisations.models import Unit
from huiyin.people.models import Reveal
from huiyin.usecases import filing
from huiyin.usecases.bulk import exporting, guard, importing
from huiyin.usecases.bulk.writers import Format
from tests import factories

pytestmark = pytest.mark.django_db
HEADERS = [
    "编号",
    "标题",
    "内容",
    "来信时间",
    "回复时间",
    "回复内容",
    "受理单位",
    "问题分类",
    "姓名",
    "电话",
    "状态",
    "满意度",
    "来源",
]
ROWS = [
    ["1", "甲", "=1+1 是多少？", "2019-11-11 10:00", "2019-11-13", "二。\n\n再见", "市政", "道路 > 坑洼", "张三", "13800138000", "已办结", "5", "电话"],
    ["2", "", "'=苹果", "2026-03-01", "", "", "市政", "供水", "李四", "", "处理中", "", "网站"],
    ["3", "", "  +前后有空格  ", "2019-01-01", "", "", "", "", "", "", "已撤回", "", ""],
    ["4", "乙", "不受理的", "2019-01-01", "2019-01-05", "请向法院提出", "", "供水", "", "", "不予受理", "", ""],
    ["-5", "", "@me 😀 \u202e x", "2026-03-01", "", "", "", "", "", "", "", "", "邮件"],
]  # fmt: skip


def read(path):
    with path.open(encoding="utf-8-sig", newline="") as handle:
        return list(csv.DictReader(handle))


def out(tmp_path, name="out.csv", **more):
    path = tmp_path / name
    exporting.export(path, kind=more.pop("kind", Format.CSV), actor=more.pop("actor", "system"), **more)
    return path


def empty_the_installation():
    Case.objects.all().delete()
    Service.objects.update(current=None)
    ServiceVersion.objects.all().delete()
    Service.objects.filter(parent__isnull=False).delete()
    for model in (Service, Unit, Channel):
        model.objects.all().delete()


def test_export_import_export_gives_the_same_rows(tmp_path, table, load):
    """All but the number, which each installation gives anew."""
    load(table(HEADERS, *ROWS), source="board", creates_units=True, creates_services=True)
    factories.filed(text="从网页来的", place_text="八一七路")
    first = read(out(tmp_path))
    assert len(first) == 6
    empty_the_installation()
    assert load(tmp_path / "out.csv", creates_units=True, creates_services=True).accepted == 6
    second = read(out(tmp_path, "second.csv"))
    assert [row.pop("number") for row in first] != [row.pop("number") for row in second]
    assert second == first


def test_an_export_read_back_into_the_same_installation_changes_nothing(tmp_path, table, load):
    load(table(HEADERS, *ROWS), source="board")
    factories.filed(text="从网页来的")
    assert load(out(tmp_path)) == importing.Figures(6, 0, 0, 6)


def test_csv_and_xlsx_hold_no_formula_and_parquet_the_plain_text(tmp_path, table, load):
    load(
        table(
            ["id", "text"],
            *([str(n), text] for n, text in enumerate(["=1+1", "+1", "-1", "@x", "ok", "'=y"])),
        )
    )
    texts = ["'=1+1", "'+1", "'-1", "'@x", "ok", "''=y"]
    assert [row["text"] for row in read(out(tmp_path))] == texts
    book = openpyxl.load_workbook(out(tmp_path, "x.xlsx", kind=Format.XLSX), read_only=True)
    sheet = list(book.active.values)
    book.close()
    assert [row[sheet[0].index("text")] for row in sheet[1:]] == texts
    plain = parquet.read_table(out(tmp_path, "x.parquet", kind=Format.PARQUET))
    assert plain["text"].to_pylist() == ["=1+1", "+1", "-1", "@x", "ok", "'=y"]
    assert str(plain.schema.field("received_at").type) == "timestamp[us, tz=UTC]"
    assert plain.num_rows == 6


@pytest.mark.parametrize("text", ["", "a", "=a", "'=a", "''", "'", "-1", "\t=", "a=b"])
def test_the_guard_can_be_taken_away(text):
    assert guard.unguarded(guard.guarded(text)) == text


def test_a_workbook_of_ours_is_read_back(tmp_path, table, load):
    load(table(HEADERS, *ROWS), source="board")
    assert load(out(tmp_path, "x.xlsx", kind=Format.XLSX)).unchanged == 5


def test_no_cases_give_a_file_with_headers_only(tmp_path):
    for kind in Format:
        assert out(tmp_path, f"x.{kind}", kind=kind).exists()
    assert read(tmp_path / "x.csv") == []


def test_contact_data_need_the_permission_and_a_purpose_and_are_told(tmp_path):
    unit = factories.unit()
    new = filing.intake.NewCase(
        text="漏水", channel=factories.channel(), version=factories.service(unit=unit).current
    )
    filing.file_case(new, contact=filing.ContactGiven(name="张三", phone="13800138000"))
    administrator = factories.user((Role.ADMINISTRATOR, None))
    path = tmp_path / "out.csv"
    assert "张三" not in out(tmp_path).read_text()
    for user in (factories.user((Role.SUPERVISOR, None)), factories.user((Role.UNIT_HEAD, unit))):
        with pytest.raises(Denied):
            exporting.export_with_contacts(path, kind=Format.CSV, user=user, purpose="回访满意度")
    with pytest.raises(Invalid):
        exporting.export_with_contacts(path, kind=Format.CSV, user=administrator, purpose="  ")
    assert not Reveal.objects.exists()
    exporting.export_with_contacts(path, kind=Format.CSV, user=administrator, purpose="回访满意度")
    (row,) = read(path)
    assert (row["name"], row["phone"]) == ("张三", "13800138000")
    reveal = Reveal.objects.get()
    assert (reveal.case_number, reveal.user, reveal.purpose) == (row["number"], administrator, "回访满意度")
    record = Record.objects.get(action="cases.export_with_contacts")
    assert (record.actor, record.data["cases"], record.why) == (f"user:{administrator.pk}", 1, "回访满意度")
    assert "张三" not in str(Record.objects.values())


def test_who_asked_to_stay_confidential_stays_it(tmp_path, table, load):
    load(table(["id", "text", "姓名", "是否匿名"], ["1", "x", "张三", "是"], ["2", "y", "李四", "否"]))
    administrator = factories.user((Role.ADMINISTRATOR, None))
    path = tmp_path / "out.csv"
    exporting.export_with_contacts(path, kind=Format.CSV, user=administrator, purpose="回访满意度")
    assert [row["name"] for row in read(path)] == ["", "李四"]


def test_who_belongs_to_the_unit_complained_about_takes_no_contact_of_it(tmp_path):
    unit = factories.unit()
    given = filing.ContactGiven(name="张三", phone="13800138000")
    new = filing.intake.NewCase(text="态度差", channel=factories.channel(), about_unit=unit)
    filing.file_case(new, contact=given)
    path = tmp_path / "out.csv"
    for where, names in ((unit, [""]), (factories.unit(parent=unit), [""]), (None, ["张三"])):
        user = factories.user((Role.ADMINISTRATOR, None), *([(Role.OFFICER, where)] if where else []))
        caches["local"].clear()
        exporting.export_with_contacts(path, kind=Format.CSV, user=user, purpose="回访满意度")
        assert [row["name"] for row in read(path)] == names
    assert Reveal.objects.count() == 1


def test_everybody_exports_what_they_may(tmp_path):
    mine, other = factories.unit(), factories.unit()
    factories.case(unit=mine)
    factories.case(unit=other)
    head = factories.user((Role.UNIT_HEAD, mine))
    assert len(read(out(tmp_path, actor=head))) == 1
    for role in (Role.SUPERVISOR, Role.AUDITOR, Role.ADMINISTRATOR):
        assert len(read(out(tmp_path, actor=factories.user((role, None))))) == 2
    assert len(read(out(tmp_path, where=Q(unit=other)))) == 1
    for user in (factories.user((Role.OFFICER, mine)), factories.user((Role.OPERATOR, None))):
        with pytest.raises(Denied):
            out(tmp_path, actor=user)
    assert Record.objects.filter(action="cases.export").count() == 5


def test_a_failed_export_leaves_no_file(tmp_path, monkeypatch, table, load):
    load(table(["id", "text"], ["1", "x"]))
    monkeypatch.setattr(exporting, "_record", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        out(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["cases.csv"]


def test_the_command(tmp_path, table, load, capsys):
    load(table(HEADERS, *ROWS), source="board", creates_units=True, creates_services=True)
    path = tmp_path / "o.csv"
    call_command(
        "export_cases", "--out", path, "--state", "closed", "--from", "2019-11-11", "--until", "2019-11-11"
    )
    assert json.loads(capsys.readouterr().out.splitlines()[-1]) == {"exported": 1}
    assert [row["external_id"] for row in read(path)] == ["1"]
    assert dt.datetime.fromisoformat(read(path)[0]["received_at"]).hour == 10
    for arguments in (["--contacts"], ["--as-user", "nobody"], ["--from", "gestern"]):
        with pytest.raises(CommandError):
            call_command("export_cases", "--out", path, *arguments)
