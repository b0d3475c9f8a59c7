"""One person's export across all their cases: who gets it, what is in it, and that nobody gets another's."""

import csv
import io
import json
import re
import zipfile

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from huiyin.accounts.enums import Role
from huiyin.audit.models import Record
from huiyin.cases.enums import Anonymity
from huiyin.cases.models import Case
from huiyin.cases.operations import acting, handling, secrecy, splitting
from huiyin.kernel import clock
from huiyin.kernel.errors import Denied, Invalid, Missing, TooMany
from huiyin.notifications.models import Notice
from huiyin.people import operations as people
from huiyin.people.models import Code, Reveal
from huiyin.people.operations import create_contact, purposes
from huiyin.privacy import operations as privacy
from huiyin.usecases import all_data
from tests import factories

pytestmark = pytest.mark.django_db
PHONE, MAIL = "13812345678", "zhang@x.cn"


@pytest.fixture
def purpose():
    return purposes.create({"en": "Request for access", "zh-hans": "本人申请查阅"}, actor="system")


def mine(**given):
    contact = create_contact(name="张三丰", phone=PHONE, email=MAIL)
    return factories.case(**{"contact": contact, "text": "我的诉求<b>&"} | given)


def unpacked(file) -> zipfile.ZipFile:
    with file:
        return zipfile.ZipFile(io.BytesIO(file.read()))


def browser() -> Client:
    return Client(headers={"accept-language": "en"})


def test_the_file_has_a_page_a_table_and_every_case_with_its_files(whole_case):
    one, two = whole_case(), whole_case()
    archive = unpacked(privacy.export_cases([one.pk, two.pk]))
    names = archive.namelist()
    for case in (one, two):
        assert f"{case.number}/case.json" in names
        data = json.loads(archive.read(f"{case.number}/case.json"))
        assert data["case"][0]["number"] == case.number
        for row in data["storedfile"]:
            assert f"{case.number}/{row['path']}" in names
        assert len(data["storedfile"]) == 2
    page = archive.read("index.html").decode()
    for said in ("路灯坏了，张三丰报告。", "谢谢您", "补充一句", "很满意", "13812345678", "电话回访"):
        assert page.count(said) >= 2, said
    assert "悄悄话" not in page
    for link in re.findall(r'href="([^"]+)"', page):
        assert __import__("urllib.parse", fromlist=["unquote"]).unquote(link) in names
    rows = list(csv.reader(io.StringIO(archive.read("cases.csv").decode("utf-8-sig"))))
    assert [row[0] for row in rows[1:]] == [one.number, two.number]
    assert rows[1][-1] == "2"
    assert (
        Record.objects.filter(action="case.export", subject__in=[f"case:{one.pk}", f"case:{two.pk}"]).count()
        == 2
    )


def test_what_people_write_is_no_markup_and_no_formula():
    case = mine(text="<script>alert(1)</script>", place_text="=1+1")
    archive = unpacked(privacy.export_cases([case.pk]))
    assert "<script>" not in archive.read("index.html").decode()
    with pytest.raises(Missing):
        privacy.export_cases([])


def code_of(address):
    notice = Notice.objects.filter(event="code").latest("pk")
    assert notice.address == address
    return re.search(r"\b(\d{6})\b", notice.body)[1]


@pytest.mark.parametrize(
    ("typed", "address"), [(MAIL, MAIL), ("ZHANG@X.CN ", None), (PHONE, "+8613812345678")]
)
def test_a_code_to_the_contact_opens_all_cases_and_no_others(typed, address):
    one = mine()
    supervisor = acting.staff(factories.user((Role.SUPERVISOR, None)))
    part = splitting.split(one.pk, part=splitting.Part(text="A part.", version=None), actor=supervisor)
    two = mine(anonymity=Anonymity.DISPATCHER)
    secrecy.make_confidential(two.pk, actor=supervisor)
    other = factories.case(contact=create_contact(name="李四", phone="13900000000"), text="别人的")
    visitor = browser()
    assert visitor.post("/follow/all/send/", {"contact": typed}).headers["location"] == "/follow/all/code/"
    code = code_of(address or Notice.objects.get(event="code").address)
    assert (
        visitor.post("/follow/all/code/", {"code": "000000" if code != "000000" else "111111"}).status_code
        == 422
    )
    assert visitor.get("/follow/all/data.zip").status_code == 302
    assert visitor.post("/follow/all/code/", {"code": f" {code[:3]} {code[3:]}"}).status_code == 302
    page = visitor.get("/follow/all/cases/").text
    for case in (one, part, two):
        assert case.number in page
    assert other.number not in page
    file = visitor.get("/follow/all/data.zip")
    archive = zipfile.ZipFile(io.BytesIO(b"".join(file.streaming_content)))
    assert {name.split("/")[0] for name in archive.namelist() if "/" in name} == {
        one.number,
        part.number,
        two.number,
    }
    assert "别人的" not in archive.read("index.html").decode()
    # Once only, and for half an hour.
    assert not Code.objects.exists()
    with time_machine.travel(clock.now().timestamp() + 1900):
        assert visitor.get("/follow/all/data.zip").status_code == 302


def test_who_asks_learns_nothing_of_whether_a_contact_is_known():
    mine()
    known = browser().post("/follow/all/send/", {"contact": MAIL}, follow=True)
    unknown = browser().post("/follow/all/send/", {"contact": "nobody@x.cn"}, follow=True)
    csrf = re.compile(r'(name="csrfmiddlewaretoken" value="[^"]+"|nonce-?="?[^"]+"?|nonce="[^"]+")')
    assert csrf.sub("", known.text) == csrf.sub("", unknown.text)
    assert Notice.objects.filter(event="code").count() == 1
    assert browser().post("/follow/all/send/", {"contact": "not an address"}).status_code == 422


def test_a_code_holds_for_a_quarter_of_an_hour_for_five_tries_and_for_its_own_contact():
    mine()
    factories.case(contact=create_contact(phone="13900000000"))
    all_data.send_code(MAIL, address="1.1.1.1")
    code = code_of(MAIL)
    with pytest.raises(Invalid):
        all_data.by_code("13900000000", code, address="1.1.1.1")
    with time_machine.travel(clock.now().timestamp() + 16 * 60), pytest.raises(Invalid):
        all_data.by_code(MAIL, code, address="1.1.1.1")
    for wrong in range(5):
        with pytest.raises(Invalid):
            all_data.by_code(
                MAIL, f"99999{wrong}" if code != f"99999{wrong}" else "123456", address="1.1.1.1"
            )
    with pytest.raises(Invalid):
        all_data.by_code(MAIL, code, address="1.1.1.1")


def test_codes_are_not_sent_without_end():
    mine()
    for _again in range(5):
        all_data.send_code(MAIL, address="1.1.1.1")
    with pytest.raises(TooMany):
        all_data.send_code(MAIL, address="1.1.1.1")
    assert Notice.objects.filter(event="code").count() == 5


def test_several_numbers_and_secrets_open_together_or_not_at_all():
    one, two = factories.filed(), factories.filed()
    visitor = browser()
    grouped = f"{two.secret[:4]}-{two.secret[4:8]}-{two.secret[8:]}".lower()
    wrong = f"{one.case.number} {one.secret}\n\n{two.case.number} AAAABBBBCCCC"
    refused = visitor.post("/follow/all/secrets/", {"pairs": wrong})
    assert refused.status_code == 422
    assert "line 2" in refused.text
    assert visitor.get("/follow/all/data.zip").status_code == 302
    right = f"{one.case.number} {one.secret}\r\n{two.case.number}  {grouped}\r\n"
    assert visitor.post("/follow/all/secrets/", {"pairs": right}).status_code == 302
    page = visitor.get("/follow/all/cases/").text
    assert one.case.number in page
    assert two.case.number in page
    for bad in ("", "   ", "\x00", "x\n" * 60):
        assert visitor.post("/follow/all/secrets/", {"pairs": bad}).status_code == 422


def test_staff_take_it_for_a_purpose_and_the_person_reads_of_it_on_each_case(purpose):
    unit = factories.unit()
    one, two = mine(unit=unit), mine()
    supervisor = factories.user((Role.SUPERVISOR, None))
    client = browser()
    client.force_login(supervisor)
    address = reverse("desk:person_data", args=[one.number])
    assert "Everything of this person" in client.get(reverse("desk:case", args=[one.number])).text
    page = client.get(address).text
    assert two.number in page
    assert client.post(address, {"purpose": "99999"}).status_code == 422
    assert not Reveal.objects.exists()
    file = client.post(address, {"purpose": str(purpose.pk), "more": "Letter of 3 March"})
    archive = zipfile.ZipFile(io.BytesIO(b"".join(file.streaming_content)))
    assert PHONE in archive.read("index.html").decode()
    looks = Reveal.objects.order_by("case_number")
    assert {row.case_number for row in looks} == {one.number, two.number}
    assert {(row.kind, row.detail) for row in looks} == {(purpose, "Letter of 3 March")}
    record = Record.objects.filter(action="case.export", subject=f"case:{two.pk}").get()
    assert (record.actor, record.why) == (f"user:{supervisor.pk}", "本人申请查阅 – Letter of 3 March")


def test_staff_get_only_the_cases_whose_person_they_may_know(purpose):
    unit = factories.unit()
    own = mine(unit=unit)
    others = [mine(), mine(unit=unit, anonymity=Anonymity.DISPATCHER), mine(unit=unit, about_unit=unit)]
    why = people.why(purpose.pk)
    head = factories.user((Role.UNIT_HEAD, unit))
    archive = unpacked(all_data.take(own, user=head, purpose=why))
    assert {name.split("/")[0] for name in archive.namelist() if "/" in name} == {own.number}
    for user in (
        factories.user((Role.OFFICER, unit)),
        factories.user((Role.OPERATOR, None)),
        factories.user((Role.ADMINISTRATOR, None)),
    ):
        with pytest.raises(Denied):
            all_data.take(own, user=user, purpose=why)
    for case in others:
        with pytest.raises(Denied):
            all_data.take(Case.objects.get(pk=case.pk), user=head, purpose=why)
    assert Reveal.objects.count() == 1


def test_parts_and_letters_come_along(purpose):
    unit = factories.unit()
    case = mine(unit=unit)
    officer = acting.staff(factories.user((Role.OFFICER, unit)))
    handling.inform(case.pk, text="我们会来看。", actor=officer)
    supervisor = factories.user((Role.SUPERVISOR, None))
    part = splitting.split(
        case.pk, part=splitting.Part(text="另一件", version=None), actor=acting.staff(supervisor)
    )
    page = (
        unpacked(all_data.take(case, user=supervisor, purpose=people.why(purpose.pk)))
        .read("index.html")
        .decode()
    )
    for said in ("我们会来看。", "另一件", part.number):
        assert said in page
