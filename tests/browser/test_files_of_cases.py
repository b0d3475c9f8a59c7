"""An administrator brings in a real file and takes cases out again, in a browser, with JavaScript and without."""

import csv
import io

import pytest
from django.core.files.storage import storages
from django.urls import reverse
from playwright.sync_api import expect

from huiyin.accounts.enums import Role
from huiyin.cases.models import Case
from huiyin.usecases import jobs
from huiyin.usecases.bulk import waiting
from tests import factories

HEADERS = ["工单号", "诉求内容", "反映时间", "承办单位", "办理结果", "处置难度系数（内部参考，不对外公开）"]
ROWS = [
    [
        "20260101",
        "小区门口的路灯坏了三天，晚上看不清路。",
        "2026-01-05 20:10",
        "市政设施管理处",
        "已更换灯泡。",
        "2",
    ],
    ["20260102", "", "2026-01-06", "市政设施管理处", "", "1"],
    [
        "20260103",
        "Straßenbeleuchtungsinstandsetzungsverzögerung in der Konstanzer Straße",
        "2026-02-31",
        "",
        "",
        "",
    ],
    ["20260104", "楼上漏水，物业不管。", "2026年1月7日 下午3:20", "住房保障中心", "", "3"],
]


@pytest.fixture
def administrator(transactional_db, monkeypatch, settings, tmp_path):
    settings.STORAGES = settings.STORAGES | {
        "default": {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": tmp_path / "files"},
        }
    }
    storages._storages.clear()
    monkeypatch.setattr(jobs.import_file, "defer", lambda **given: waiting.run(**given))
    yield factories.user((Role.ADMINISTRATOR, None))
    storages._storages.clear()


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "市长信箱2026.csv"
    with path.open("w", encoding="gb18030", newline="") as handle:
        csv.writer(handle).writerows([HEADERS, *ROWS])
    return path


@pytest.fixture
def look_at(assert_accessible, assert_fits, screenshot):
    def look(page, name):
        screenshot(page, name)
        assert_fits(page)
        if not name.endswith("-320"):  # walked without JavaScript, and axe itself is a script
            assert_accessible(page)

    return look


def press(page):
    with page.expect_navigation():
        page.locator("main form button[type=submit]").first.click()


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_a_file_comes_in_and_cases_go_out(
    open_context, sign_in, width, language, administrator, file, look_at
):
    context = open_context(width=width, language=language, javascript=width != 320)
    sign_in(context, administrator)
    page = context.new_page()

    def look(name):
        look_at(page, f"manage-{name}-{language}-{width}")

    page.goto(reverse("manage:imports"))
    look("import-begin")
    press(page)
    page.locator(".govuk-error-summary").wait_for()
    look("import-nothing-sent")
    page.locator("main input[type=file]").set_input_files(file)
    press(page)
    assert page.locator("#id_column_0").input_value() == "external_id"
    assert page.locator("#id_column_5").input_value() == "keep"
    expect(page.locator("main li").nth(1)).to_be_attached()  # the two bad rows of the trial
    assert not Case.objects.exists()
    look("import-columns")
    page.locator("#id_creates_0").check()
    press(page)
    look("import-done")
    assert sorted(Case.objects.values_list("external_id", flat=True)) == ["20260101", "20260104"]
    with page.expect_download() as waited:
        page.locator("main a[href$='errors.csv']").click()
    with waited.value.path().open(encoding="utf-8-sig", newline="") as handle:
        refused = list(csv.DictReader(handle))
    assert [(row["row"], row["column"]) for row in refused] == [("3", "诉求内容"), ("4", "反映时间")]

    page.goto(reverse("manage:export"))
    look("export")
    page.locator("#id_kind").select_option("csv")
    with page.expect_download() as waited:
        page.locator("main form button[type=submit]").first.click()
    text = waited.value.path().read_text(encoding="utf-8-sig")
    assert {row["external_id"] for row in csv.DictReader(io.StringIO(text))} == {"20260101", "20260104"}


def test_what_is_no_table_is_said_beside_the_file(
    open_context, sign_in, administrator, tmp_path, assert_accessible, screenshot
):
    context = open_context(width=320)
    sign_in(context, administrator)
    page = context.new_page()
    page.goto(reverse("manage:imports"))
    picture = tmp_path / "photo.csv"
    picture.write_bytes(b"\x89PNG\r\n\x1a\n" + b"\0" * 500)
    page.locator("main input[type=file]").set_input_files(picture)
    press(page)
    expect(page.locator(".govuk-error-summary")).to_be_visible()
    expect(page.get_by_text("This is not a table").first).to_be_visible()
    assert_accessible(page)
    screenshot(page, "manage-import-no-table-en-320")
