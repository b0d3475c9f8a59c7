"""Reading mails: Chinese encodings as they really come, broken MIME, nesting, machines, and mails that came back."""

import base64

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from huiyin.engines import mail


def raw(*headers: str, body: bytes = b"x", encoding: str = "utf-8") -> bytes:
    given_headers = [line.encode(encoding) for line in headers]
    return b"\r\n".join([*given_headers, b"", body])


SAID = "路灯坏了三天，请派人看看。朱镕基路8号"


@pytest.mark.parametrize(
    ("charset", "codec"),
    [("gb2312", "gb18030"), ("GBK", "gbk"), ("gb18030", "gb18030"), ("x-gbk", "gbk"), ("utf-8", "utf-8"),
     ("unknown-8bit", "gb18030"), ("", "gb18030"), ("us-ascii", "utf-8"), ("nonsense", "utf-8")],
)  # fmt: skip
def test_simplified_chinese_in_whatever_encoding_it_says_or_does_not_say(charset, codec):
    kind = f"Content-Type: text/plain; charset={charset}" if charset else "Content-Type: text/plain"
    found = mail.read(raw("From: a@b.cn", kind, "Content-Transfer-Encoding: 8bit", body=SAID.encode(codec)))
    assert found.text == SAID
    coded = base64.encodebytes(SAID.encode(codec))
    found = mail.read(raw("From: a@b.cn", kind, "Content-Transfer-Encoding: base64", body=coded))
    assert found.text == SAID


@pytest.mark.parametrize("charset", ["big5", "Big5", "x-x-big5", "big5-hkscs"])
def test_traditional_chinese(charset):
    said = "路燈壞了三天，請派人看看。我喺佢屋企"
    body = said.encode("big5hkscs")
    found = mail.read(raw("From: a@b.tw", f"Content-Type: text/plain; charset={charset}", body=body))
    assert found.text == said


@pytest.mark.parametrize(
    "subject",
    [
        "=?gb2312?B?" + base64.b64encode("路灯坏了".encode("gb18030")).decode() + "?=",
        "=?GBK?Q?=C2=B7=B5=C6=BB=B5=C1=CB?=",
        "=?utf-8?B?6Lev54Gv?==?utf-8?B?5Z2P5LqG?=",
        # A letter cut in two by the end of an encoded word.
        "=?utf-8?B?" + base64.b64encode("路灯坏了".encode()[:4]).decode() + "?= =?utf-8?B?"
        + base64.b64encode("路灯坏了".encode()[4:]).decode() + "?=",
    ],
)  # fmt: skip
def test_subjects(subject):
    assert mail.read(raw("From: a@b.cn", f"Subject: {subject}")).subject == "路灯坏了"


@pytest.mark.parametrize("codec", ["gb18030", "utf-8"])
def test_subjects_and_names_as_raw_bytes(codec):
    found = mail.read(raw("From: 李四 <Li@B.cn>", "Subject: 路灯坏了，很危险", encoding=codec))
    assert (found.subject, found.sender, found.sender_name) == ("路灯坏了，很危险", "li@b.cn", "李四")


def multipart(*parts: bytes, kind: str = "mixed", headers: tuple[str, ...] = ("From: a@b.cn",)) -> bytes:
    inner = b"".join(b"--X\r\n" + part + b"\r\n" for part in parts) + b"--X--\r\n"
    return raw(*headers, f'Content-Type: multipart/{kind}; boundary="X"', body=inner)


PLAIN = b"Content-Type: text/plain; charset=utf-8\r\n\r\nplain words"
HTML = (
    b"Content-Type: text/html; charset=utf-8\r\n\r\n<html><head><style>p{color:red}</style><script>alert(1)</script></head>"
    b"<body><p onclick=x>One &amp; two</p><img src=http://spy.example/p.gif>three<br>four"
    b"<a href='javascript:x()'>five</a></body></html>"
)
PHOTO = b"Content-Type: image/jpeg; name*=gb18030''%C2%B7%B5%C6.jpg\r\nContent-Transfer-Encoding: base64\r\n\r\n/9j/4AAQ"


def test_the_plain_part_is_taken_and_html_only_where_there_is_none():
    assert mail.read(multipart(PLAIN, HTML, kind="alternative")).text == "plain words"
    found = mail.read(multipart(HTML)).text
    assert found.splitlines() == ["One & two", "three", "fourfive"]
    for danger in ("script", "alert", "color", "spy.example", "javascript", "<", "onclick"):
        assert danger not in found


def test_attachments_with_chinese_names():
    found = mail.read(multipart(PLAIN, PHOTO))
    assert [(file.name, file.content) for file in found.attachments] == [
        ("路灯.jpg", b"\xff\xd8\xff\xe0\x00\x10")
    ]
    assert found.text == "plain words"


def test_a_forwarded_mail_is_looked_into():
    inner = b"Content-Type: message/rfc822\r\n\r\n" + multipart(PLAIN, PHOTO)
    found = mail.read(multipart(inner))
    assert "plain words" in found.text
    assert len(found.attachments) == 1


@pytest.mark.parametrize(
    "broken",
    [
        multipart(PLAIN)[:-8],
        multipart(PLAIN).replace(b'boundary="X"', b"boundary="),
        multipart(PLAIN).replace(b'boundary="X"', b"x"),
        raw("From: a@b.cn", "Content-Transfer-Encoding: base64", body=b"!!!! not base64 !!!!"),
        raw("From: a@b.cn", "Content-Transfer-Encoding: quoted-printable", body=b"=ZZ =E8=B7"),
        raw("From: a@b.cn", "Content-Type: text/plain; charset*=utf-8''%ff"),
        raw("From: a@b.cn", "Content-Type: ;;;", "Content-Disposition: ="),
        raw("From: a@b.cn", "Content-Type: text/plain; name*0*=x; name*2*=y"),
        raw("From: a@b.cn", "Subject: =?utf-8?B?!!!?="),
        raw("From: a@b.cn", "Content-Transfer-Encoding: x-uuencode", body=b"begin 644 x\nM\nend"),
        b"\xff\xfe\x00\x00",
        b"no headers at all",
    ],
)  # fmt: skip
def test_broken_mails_are_read_as_far_as_they_go(broken):
    found = mail.read(broken)
    assert isinstance(found.text, str)
    found.text.encode()
    mail.is_automatic(found)
    mail.bounce(found)


def test_nesting_beyond_reason_ends():
    deep = PLAIN
    for depth in range(400):
        line = b'Content-Type: multipart/mixed; boundary="B%d"\r\n\r\n--B%d\r\n' % (depth, depth)
        deep = line + deep + b"\r\n--B%d--\r\n" % depth
    try:
        found = mail.read(b"From: a@b.cn\r\n" + deep)
    except mail.Unreadable:
        return
    assert found.text == ""


def test_a_huge_page_takes_no_long_time():
    page = b"Content-Type: text/html\r\n\r\n" + b"<div><b>" * 200_000 + b"words"
    mail.read(b"From: a@b.cn\r\n" + page)


def test_empty_is_no_mail():
    for nothing in (b"", b"\r\n\r\n", b"   \n"):
        with pytest.raises(mail.Unreadable):
            mail.read(nothing)


@pytest.mark.parametrize(
    "quoted",
    [
        "\n\n-----原始邮件-----\n发件人: x\n旧的话",
        "\n\n在 2026年11月26日，某人 <x@y.cn> 写道：\n> 旧的话",
        "\n\nOn Thu, Nov 26, 2026 at 9:00 AM X <x@y.cn> wrote:\n> 旧的话",
        "\n\n於 2026年11月26日 週四 寫道：\n> 旧的话",
        "\n\n> 旧的话\n> 更旧的话\n",
        "\n\n________________________________\n旧的话",
    ],
)
def test_an_answer_is_told_from_what_it_answers(quoted):
    found = mail.read(raw("From: a@b.cn", body=("新的话\n第二行" + quoted).encode()))
    assert found.own_words == "新的话\n第二行"


def test_an_answer_of_nothing_but_a_quotation_stays_whole():
    assert mail.read(raw("From: a@b.cn", body="> 旧的话".encode())).own_words == "> 旧的话"


@pytest.mark.parametrize(
    "header",
    [
        "Auto-Submitted: auto-replied", "Auto-Submitted: auto-generated (x)", "Precedence: bulk", "Precedence: LIST",
        "X-Autoreply: yes", "List-Id: <x.y>", "Return-Path: <>", "Subject: 自动回复: 您好", "Subject: Out of Office",
        "Subject: Automatic reply: x", "From: no-reply@x.cn", "From: MAILER-DAEMON@x.cn", "From: noreply+1@x.cn",
    ],
)  # fmt: skip
def test_machines_are_known(header):
    lines = [header] if header.startswith("From") else ["From: a@b.cn", header]
    assert mail.is_automatic(mail.read(raw(*lines)))


@pytest.mark.parametrize(
    "header",
    [
        "Auto-Submitted: no",
        "Precedence: normal",
        "Return-Path: <a@b.cn>",
        "Subject: 路灯自动回复很慢",
        "From: norma@b.cn",
    ],
)
def test_people_are_no_machines(header):
    lines = [header] if header.startswith("From") else ["From: a@b.cn", header]
    assert not mail.is_automatic(mail.read(raw(*lines)))


REPORT = multipart(
    PLAIN,
    b"Content-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; x\r\n\r\n"
    b"Final-Recipient: rfc822; a@b.cn\r\nAction: failed\r\nStatus: 5.1.1\r\n",
    b"Content-Type: message/rfc822\r\n\r\nMessage-ID: <abc@huiyin>\r\nSubject: x\r\n\r\nold",
    kind="report; report-type=delivery-status",
    headers=("From: MAILER-DAEMON@b.cn", "Message-ID: <own@b.cn>"),
)


def test_what_came_back_says_why_and_which_mail_it_was():
    found = mail.bounce(mail.read(REPORT))
    assert (found.code, found.is_final) == ("5.1.1", True)
    assert "abc@huiyin" in found.idents
    assert "own@b.cn" not in found.idents


def test_a_delay_is_not_final_and_a_homely_bounce_is_understood():
    assert not mail.bounce(mail.read(REPORT.replace(b"5.1.1", b"4.4.1"))).is_final
    homely = raw(
        "From: postmaster@b.cn",
        body=b"550 5.7.1 rejected\r\n\r\nMessage-ID: <abc@huiyin>\r\n",
    )
    found = mail.bounce(mail.read(homely))
    assert (found.code, found.idents) == ("5.7.1", ("abc@huiyin",))
    assert mail.bounce(mail.read(raw("From: a@b.cn", body=b"550 5.7.1"))) is None


@settings(max_examples=300, deadline=None)
@given(
    st.binary(max_size=400),
    st.sampled_from([b"", b"From: a@b.cn\r\nContent-Type: multipart/mixed; boundary=X\r\n\r\n"]),
)
def test_whatever_comes_is_no_fault(noise, before):
    try:
        found = mail.read(before + noise)
    except mail.Unreadable:
        return
    mail.is_automatic(found)
    mail.bounce(found)
    (found.text + found.subject + found.sender + found.own_words).encode()
