import csv

import pytest
from hypothesis import given
from hypothesis import strategies as st

from huiyin.accounts.enums import Permission, Role
from huiyin.kernel.errors import Denied, Invalid
from huiyin.places import logic, operations, queries
from huiyin.places.models import Area
from huiyin.usecases import areas
from tests import staff

SQUARE = [[0, 0], [10, 0], [10, 10], [0, 10], [0, 0]]
HOLE = [[4, 4], [6, 4], [6, 6], [4, 6], [4, 4]]


@pytest.mark.parametrize(
    ("shape", "lat", "lon", "inside"),
    [
        ({"type": "Polygon", "coordinates": [SQUARE]}, 5, 5, True),
        ({"type": "Polygon", "coordinates": [SQUARE]}, 5, 11, False),
        ({"type": "Polygon", "coordinates": [SQUARE, HOLE]}, 5, 5, False),
        ({"type": "Polygon", "coordinates": [SQUARE, HOLE]}, 3, 3, True),
        (
            {"type": "MultiPolygon", "coordinates": [[HOLE], [[[20, 20], [21, 20], [21, 21]]]]},
            20.2,
            20.9,
            True,
        ),
        ({"type": "Point", "coordinates": [5, 5]}, 5, 5, False),
        ({}, 5, 5, False),
        ({"type": "Polygon", "coordinates": []}, 5, 5, False),
    ],
)
def test_points_and_shapes(shape, lat, lon, inside):
    assert logic.contains(shape, lat=lat, lon=lon) is inside


@given(st.floats(-20, 20), st.floats(-20, 20), st.floats(0.1, 9), st.floats(-5, 5))
def test_a_box_holds_exactly_what_its_bounds_say(lat, lon, size, start):
    ring = [[start, start], [start + size, start], [start + size, start + size], [start, start + size]]
    found = logic.contains({"type": "Polygon", "coordinates": [ring]}, lat=lat, lon=lon)
    if start < lat < start + size and start < lon < start + size:
        assert found
    elif not (start <= lat <= start + size and start <= lon <= start + size):
        assert not found


LIST = "code,name,parent\n350102,鼓楼区,3501\n3501,福州市,35\n35,福建省,\n"


@pytest.mark.django_db
def test_parents_may_come_after_their_children_and_a_second_run_changes_nothing():
    done = operations.import_areas(LIST, actor="system")
    assert (done.added, done.renamed, done.unchanged, done.faults) == (3, 0, 0, [])
    area = queries.area("350102")
    assert area.level == 2
    assert [part.code for part in queries.path(area)] == ["35", "3501", "350102"]
    again = operations.import_areas(LIST, actor="system")
    assert (again.added, again.renamed, again.unchanged) == (0, 0, 3)
    english = operations.import_areas("code,name\n35,Fujian\n", actor="system", language="en")
    assert english.renamed == 1
    assert queries.area("35").names == {"zh-hans": "福建省", "en": "Fujian"}


@pytest.mark.django_db
def test_bad_rows_are_told_with_their_line_and_the_rest_goes_in():
    text = LIST + ",无,\n35,重复,\n36,,\na b,x,\n40,Circle,41\n41,Circle,40\n42,Orphan,99\n"
    done = operations.import_areas(text, actor="system")
    assert done.added == 3
    assert {(fault.line, fault.reason) for fault in done.faults} == {
        (5, "code"), (6, "twice"), (7, "name"), (8, "code"), (9, "parent"), (10, "parent"), (11, "parent"),
    }  # fmt: skip


@pytest.mark.django_db
@pytest.mark.parametrize(
    "content", [b"", b"\x00\x01\xff", b"name;code\n1;2", b"\xff\xfe\x00", "\ufeffname\n".encode()]
)
def test_what_is_no_list_is_refused(content):
    with pytest.raises(Invalid):
        areas.import_areas(content, actor="system")
    assert not Area.objects.exists()


@pytest.mark.django_db
def test_lists_in_gb18030_are_read():
    areas.import_areas(LIST.encode("gb18030"), actor="system")
    assert queries.area("3501").names == {"zh-hans": "福州市"}
    assert [area.code for area in queries.find("福")] == ["35", "3501"]


@pytest.mark.django_db
@pytest.mark.parametrize("role", [*Role, None])
def test_only_holders_of_the_permission_import_areas(role):
    by = staff.user(role)
    if by.standing().may(Permission.MANAGE_ORGANISATION):
        assert areas.import_areas(LIST.encode(), actor=by).added == 3
    else:
        with pytest.raises(Denied):
            areas.import_areas(LIST.encode(), actor=by)


@pytest.mark.django_db
def test_the_smallest_area_of_a_point_is_found():
    operations.import_areas("code,name,parent\n1,Big,\n11,Small,1\n", actor="system")
    Area.objects.filter(code="1").update(shape={"type": "Polygon", "coordinates": [SQUARE]})
    Area.objects.filter(code="11").update(shape={"type": "Polygon", "coordinates": [HOLE]})
    assert queries.at_point(lat=5, lon=5).code == "11"
    assert queries.at_point(lat=1, lon=1).code == "1"
    assert queries.at_point(lat=-1, lon=1) is None


@pytest.mark.realdata
@pytest.mark.django_db
def test_the_divisions_of_china_go_in(shared_data):
    rows = []
    for name in ("provinces", "cities", "areas"):
        with (shared_data / "cn_divisions" / f"{name}.csv").open(encoding="utf-8") as file:
            rows += list(csv.DictReader(file))
    text = "code,name,parent\n" + "\n".join(
        f"{row['code']},{row['name']},{row.get('cityCode') or row.get('provinceCode') or ''}" for row in rows
    )
    done = operations.import_areas(text, actor="system")
    assert not done.faults
    assert done.added == len(rows) > 3000
