import csv

import pytest

from huiyin.kernel.errors import Invalid
from huiyin.usecases.bulk import fields, mapping
from huiyin.usecases.bulk.fields import Field

F = Field
# One example per meaning and trap; the whole list of real headers follows below.
EXPECTED = {
    "来信标题": F.TITLE,
    "来信内容": F.TEXT,
    "信件编号": F.EXTERNAL_ID,
    "来信时间": F.RECEIVED_AT,
    "回复时间": F.ANSWERED_AT,
    "办结日期": F.CLOSED_AT,
    "回复内容": F.REPLY,
    "受理部门": F.UNIT,
    "受理人(单位)": F.UNIT,
    "类型": F.KIND,
    "问题分类": F.SERVICE,
    "状态": F.STATE,
    "姓名": F.NAME,
    "各区": F.AREA,
    "满意度": F.EXTRA,
    "1标题": F.TITLE,
    "a回复单位": F.UNIT,
    "c回复内容": F.REPLY,
    "诉求主题 ": F.TITLE,
    "信件标题题": F.TITLE,
    "单位地区分类IP及日期": F.EXTRA,
    "联系电话": F.PHONE,
    "ＩＤ": F.EXTERNAL_ID,
    "Reported_At": F.RECEIVED_AT,
}


@pytest.mark.parametrize(("header", "meaning"), EXPECTED.items())
def test_a_header_is_recognised(header, meaning):
    assert fields.recognise(header)[0] is meaning


def test_what_is_unknown_is_said_to_be_unknown():
    assert fields.recognise("魔法数字") is None
    found = mapping.build(["内容", "魔法数字"], source="x")
    assert found.unknown == (1,)
    assert found.extras == (1,)


@pytest.mark.realdata
def test_all_headers_of_47_city_mailboxes_are_recognised(shared_data):
    folder = shared_data / "zh_mailbox_field_names"
    with (folder / "field_name_counts.csv").open(encoding="utf-8-sig", newline="") as handle:
        names = [row["field_name"] for row in csv.DictReader(handle)]
    assert len(names) == 200
    assert [name for name in names if fields.recognise(name) is None] == []
    meanings = [fields.recognise(name)[0] for name in names]
    # 200 names, and fewer than a third of them only kept.
    assert sum(meaning is F.EXTRA for meaning in meanings) < 67


@pytest.mark.realdata
def test_every_mailbox_has_a_text_and_nothing_is_claimed_twice(shared_data):
    with (shared_data / "zh_mailbox_field_names" / "field_names_by_city.csv").open(
        encoding="utf-8-sig", newline=""
    ) as handle:
        cities = [row["published_fields"].split("|") for row in csv.DictReader(handle)]
    assert len(cities) == 47
    for headers in cities:
        found = mapping.build(headers, source="x")
        assert not found.unknown
        told = {F.TITLE, F.TEXT, F.SERVICE} & set(found.columns)
        assert told, headers
        assert all(len(found.meanings(index)) <= 1 for index in range(len(headers)))


def test_the_stronger_claim_comes_first():
    found = mapping.build(["序号", "链接", "信件编号", "标题", "信件标题"], source="x")
    assert found.columns[F.EXTERNAL_ID] == (2, 1, 0)
    assert found.columns[F.TITLE] == (4, 3)


def test_what_is_chosen_by_hand_goes_before_everything():
    found = mapping.build(["内容", "备用"], source="x", chosen={0: F.IGNORE, 1: F.TEXT})
    assert found.columns == {F.TEXT: (1,)}


@pytest.mark.parametrize("name", ["fuzhou", "hunan", "konstanz", "newyork"])
def test_presets_are_found_by_their_columns(name):
    own = mapping.preset(name)
    assert own.source
    assert mapping.fitting([*own.columns, "more"]) == own
    assert mapping.fitting(list(own.columns)[1:]) != own


def test_a_mapping_of_ones_own(tmp_path):
    path = tmp_path / "own.toml"
    path.write_text('source = "s"\n[columns]\nA = "text"\nB = ["title", "keep"]\n')
    found = mapping.build(["A", "B"], source="s", preset=mapping.preset(str(path)))
    assert found.columns == {F.TEXT: (0,), F.TITLE: (1,)}
    assert found.extras == (1,)


@pytest.mark.parametrize(
    "text", ["[columns]\nA = 'nonsense'", "source = ", "what = 1", 'date_order = "year"']
)
def test_a_mapping_that_cannot_be_read_is_refused(tmp_path, text):
    path = tmp_path / "own.toml"
    path.write_text(text)
    with pytest.raises(Invalid):
        mapping.preset(str(path))


def test_an_unknown_preset_names_the_known_ones():
    with pytest.raises(Invalid, match="fuzhou, hunan, konstanz, newyork"):
        mapping.preset("nowhere")


@pytest.mark.parametrize("zone", ["Nowhere/At_All", "../etc/passwd"])
def test_an_unknown_time_zone_is_refused(zone):
    with pytest.raises(Invalid):
        mapping.build(["内容"], source="x", time_zone=zone)
