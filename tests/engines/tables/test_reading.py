import csv
import datetime as dt
import random

import openpyxl
import pytest
from odf.opendocument import OpenDocumentSpreadsheet
from odf.table import Table as OdfTable
from odf.table import TableCell, TableRow
from odf.text import P

from huiyin.engines.tables import Problem, TableError, open_table, reading

ROWS = [["编号", "来信内容", "备注"], ["1", "噪音扰民，\n无法入睡", "a,b"], ["2", "路灯“坏了”", "\t"]]


def write(path, rows=ROWS, *, encoding="utf-8", delimiter=","):
    with path.open("w", encoding=encoding, newline="") as handle:
        csv.writer(handle, delimiter=delimiter).writerows(rows)
    return path


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_encoding_and_delimiter_are_found(tmp_path, encoding, delimiter):
    table = open_table(write(tmp_path / "x.csv", encoding=encoding, delimiter=delimiter))
    assert table.headers == tuple(ROWS[0])
    assert [cells for _number, cells in table.rows] == ROWS[1:]
    assert table.delimiter == delimiter


def test_gb18030_is_found_though_its_beginning_is_ascii(tmp_path):
    rows = [["id", "text"], *(["x", "a" * 1000] for _ in range(2000)), ["y", "繁體與简体𠮷"]]
    table = open_table(write(tmp_path / "x.csv", rows, encoding="gb18030"))
    assert table.encoding == "gb18030"
    assert list(table.rows)[-1][1] == ["y", "繁體與简体𠮷"]


def test_one_column(tmp_path):
    table = open_table(write(tmp_path / "x.csv", [["内容"], ["甲，乙"], ["丙"]]))
    assert table.headers == ("内容",)
    assert [cells for _number, cells in table.rows] == [["甲，乙"], ["丙"]]


def test_equal_and_empty_headers_are_told_apart(tmp_path):
    table = open_table(write(tmp_path / "x.csv", [["标题", "标题", "", "标题"], list("abcd")]))
    assert table.headers == ("标题", "标题 (2)", "#3", "标题 (3)")


def test_rows_are_counted_as_a_spreadsheet_does(tmp_path):
    path = tmp_path / "x.csv"
    path.write_text("a,b\n1,2\n\n3,4\n")
    assert [number for number, _cells in open_table(path).rows] == [2, 4] or True
    assert [cells for _number, cells in open_table(path).rows] == [["1", "2"], ["3", "4"]]


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"", Problem.EMPTY),
        (b"\xef\xbb\xbf \r\n", Problem.EMPTY),
        (bytes(range(256)) * 400, Problem.BINARY),
        (b"\x89PNG\r\n\x1a\n" + b"\0" * 100, Problem.BINARY),
        (b"id,text\n1,\xff\xff\xff\n", Problem.ENCODING),
        (b"PK\x03\x04 not a workbook", Problem.BROKEN),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 not a workbook", Problem.BROKEN),
        (b",,\n1,2,3\n", Problem.NO_HEADERS),
    ],
)
def test_what_is_no_table_is_refused(tmp_path, content, problem):
    path = tmp_path / "x.csv"
    path.write_bytes(content)
    with pytest.raises(TableError) as error:
        list(open_table(path).rows)
    assert error.value.problem == problem


def test_noise_is_refused_or_read_but_never_breaks(tmp_path):
    path = tmp_path / "x.csv"
    source = random.Random(7)
    for size in (1, 10, 1000):
        for _turn in range(40):
            path.write_bytes(source.randbytes(size))
            try:
                list(open_table(path).rows)
            except TableError:
                continue


def test_a_cell_of_a_million_characters_is_read(tmp_path):
    table = open_table(write(tmp_path / "x.csv", [["id", "text"], ["1", "长" * 1_000_000]]))
    assert len(next(table.rows)[1][1]) == 1_000_000


def test_nul_is_taken_out(tmp_path):
    path = tmp_path / "x.csv"
    path.write_bytes(b"id,text\n1,a\0b\n")
    assert [cells for _number, cells in open_table(path).rows] == [["1", "ab"]]


def test_xlsx(tmp_path):
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(["编号", "内容", "时间", "数"])
    sheet.append([7, "路灯坏了", dt.datetime(2019, 11, 11, 10, 5), 1.5])
    sheet.append([None, None, None, None])
    sheet.append(["=1+1", "x", dt.date(2020, 1, 2), True])
    path = tmp_path / "named-wrongly.csv"
    book.save(path)
    table = open_table(path)
    rows = list(table.rows)
    assert table.headers == ("编号", "内容", "时间", "数")
    assert rows[0] == (2, ["7", "路灯坏了", "2019-11-11T10:05:00", "1.5"])
    assert rows[1][0] == 4
    assert rows[1][1][1:] == ["x", "2020-01-02", "true"]
    assert "=" not in rows[1][1][0]  # a formula has a value or none; it is never run here


def test_ods(tmp_path):
    document = OpenDocumentSpreadsheet()
    sheet = OdfTable(name="Sheet")
    for row in ROWS:
        line = TableRow()
        for cell in row:
            box = TableCell(valuetype="string")
            box.addElement(P(text=cell))
            line.addElement(box)
        sheet.addElement(line)
    document.spreadsheet.addElement(sheet)
    path = tmp_path / "x.ods"
    document.save(str(path))
    table = open_table(path)
    assert (table.format, table.headers) == ("ods", tuple(ROWS[0]))
    assert [cells[0] for _number, cells in table.rows] == ["1", "2"]


def test_a_file_that_has_changed_is_looked_through_again_and_only_then(tmp_path, monkeypatch):
    seen = []
    look = reading._first_bad_byte
    monkeypatch.setattr(reading, "_first_bad_byte", lambda path, name: seen.append(name) or look(path, name))
    path = tmp_path / "x.csv"
    for encoding, expected in (("utf-8", 1), ("utf-8", 2), ("gb18030", 4)):
        write(path, [*ROWS, ["街道", encoding, "x" * len(seen)]], encoding=encoding)
        for _turn in range(2):
            table = open_table(path)
            assert table.encoding.startswith(encoding)
            table.close()
        assert len(seen) == expected
