"""A city with as many generated cases as a bench asks for: masters by the models, the mass by SQL.

Imported by benches that have brought Django up.
"""

import time
from collections.abc import Callable

import psycopg
from django.db import connection

from huiyin.accounts.enums import Role
from huiyin.accounts.models import Membership, User
from huiyin.cases.logic import indexing as rules
from huiyin.cases.models import Case, WordIndex
from huiyin.cases.queries import indexing
from huiyin.catalogue.models import Channel, Service, ServiceVersion
from huiyin.engines.text import pipeline
from huiyin.kernel.vault import encrypt
from huiyin.organisations.models import Unit
from huiyin.people import queries as people
from huiyin.people.models import Contact

UNITS, SERVICES, OFFICERS = 12, 60, 40
SUBJECTS = [
    "路灯",
    "井盖",
    "噪音",
    "停车",
    "垃圾",
    "漏水",
    "公交",
    "绿化",
    "工地",
    "医保",
    "入学",
    "施工",
    "油烟",
    "电梯",
    "消防",
    "热水",
    "宽带",
    "道路",
    "信号灯",
    "流浪狗",
]
PLACES = ["东门", "学校门口", "地铁口", "菜市场", "广场", "三号楼", "河边", "车站", "医院", "桥下"]
WORDS = [
    "坏了",
    "没人管",
    "很久",
    "晚上",
    "每天",
    "老人",
    "孩子",
    "危险",
    "希望",
    "尽早",
    "处理",
    "投诉",
    "多次",
    "来电",
    "答复",
    "请",
    "派人",
    "看看",
    "谢谢",
    "影响",
    "休息",
]


def texts() -> list[str]:
    """Some hundred different texts; every tenth case has a rare word of its own group."""
    found = []
    for number in range(600):
        pick = [WORDS[(number * step + step) % len(WORDS)] for step in (1, 3, 5, 7, 11, 13)]
        rare = f"编号{number}" if number % 10 == 0 else ""
        found.append(f"{PLACES[number % 10]}的{SUBJECTS[number % 20]}{'，'.join(pick)}。{rare}")
    return found


def _without_indexes(cursor) -> list[str]:
    """Drop the indexes that no constraint needs; their definitions, to be made again."""
    cursor.execute(
        """SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'
           AND tablename IN ('cases_case', 'cases_event', 'cases_reply', 'people_contact')
           AND indexname NOT IN (SELECT conname FROM pg_constraint)"""
    )
    rows = cursor.fetchall()
    for name, _definition in rows:
        cursor.execute(f'DROP INDEX "{name}"')
    return [definition for _name, definition in rows]


def mass(cursor, count: int) -> None:
    """One case in twenty is open; units, officers and dates are spread, one unit has four times its share."""
    cursor.execute("CREATE TEMP TABLE sample (n int PRIMARY KEY, text text, words tsvector)")
    samples = texts()
    with cursor.copy("COPY sample FROM STDIN") as copy:
        for number, text in enumerate(samples):
            copy.write_row((number, text, pipeline.search_vector(text)))
    phone, key = encrypt("13812345678"), people.key(people.PHONE, "+8613812345678")
    contact = _with_defaults(
        Contact,
        {
            "id": "g", "created_at": "now()", "phone": "%s", "wants_mail": "false",
            "phone_key": "CASE WHEN g %% 100000 = 1 THEN %s ELSE md5((g %% 400000)::text) END",
        },
    )  # fmt: skip
    cursor.execute(
        f"""INSERT INTO people_contact ({", ".join(contact)})
            SELECT {", ".join(contact.values())} FROM generate_series(1, %s) g""",
        [phone, key, count],
    )
    values = _with_defaults(Case, {
        "id": "g", "created_at": "at", "number": "lpad(g::text, 11, '0')", "text": "s.text",
        # With the mark of the month, as `case_words` gives it.
        "words": "s.words || quote_literal('~' || to_char(at AT TIME ZONE 'UTC', 'YYYYMM'))::tsvector",
        "language": "'zh-hans'", "kind": "(ARRAY['help','complaint','enquiry','suggestion'])[1 + g % 4]",
        "channel_id": "(SELECT min(id) FROM catalogue_channel) + g % 4",
        "service_id": "(SELECT min(id) FROM catalogue_service) + g % 60",
        "service_version_id": "(SELECT min(id) FROM catalogue_serviceversion) + g % 60",
        "urgency": "(ARRAY['ordinary','ordinary','ordinary','complex','utilities'])[1 + g % 5]",
        "intake": "'[]'", "extra": "'{}'", "place_text": "'莲花路 ' || g % 500 || ' 号'", "contact_id": "g",
        "anonymity": "'office'", "state": "state", "outcome": "CASE WHEN state IN ('answered', 'closed') THEN 'solved' ELSE '' END",
        "unit_id": "CASE WHEN state <> 'received' THEN (SELECT min(id) FROM organisations_unit) + CASE WHEN g % 5 = 0 THEN 0 ELSE g % 12 END END",
        "officer_id": "CASE WHEN state <> 'received' AND g % 3 > 0 THEN (SELECT min(id) FROM accounts_user) + g % 40 END",
        "revision": "3", "received_at": "at", "assigned_at": "at", "accepted_at": "CASE WHEN state NOT IN ('received', 'assigned') THEN at + interval '2 hours' END",
        "contacted_at": "CASE WHEN state NOT IN ('received', 'assigned') THEN at + interval '1 day' END",
        "answered_at": "CASE WHEN state IN ('answered', 'closed') THEN at + interval '5 days' END",
        "closed_at": "CASE WHEN state = 'closed' THEN at + interval '9 days' END", "reopened": "0",
        "sign_due_at": "at + interval '1 day'", "contact_due_at": "at + interval '2 days'",
        "promised_at": "at + interval '7 days'", "due_at": "at + interval '7 days'", "answer_limit": "'7d working'",
        "source": "'bench'", "external_id": "g::text", "leaf_hash": "''", "receipt_salt": "''", "secret_hash": "''",
    })  # fmt: skip
    cursor.execute(
        f"""INSERT INTO cases_case ({", ".join(values)})
            SELECT {", ".join(value.replace("%", "%%") for value in values.values())} FROM (
                SELECT g,
                    CASE WHEN g %% 20 = 0 THEN now() - (g * 7919 %% 1000000)::int * interval '1 second'
                         ELSE now() - interval '14 days' - (g * 104729 %% 90000000)::int * interval '1 second' END AS at,
                    CASE WHEN g %% 20 = 0 THEN (ARRAY['received','assigned','accepted','in_progress','awaiting_person'])[(1 + (g / 20) %% 5)::int]
                         WHEN g %% 20 = 1 THEN 'answered' ELSE 'closed' END AS state
                FROM generate_series(1::bigint, %s) g) c JOIN sample s ON s.n = c.g %% {len(samples)}""",
        [count],
    )
    cursor.execute(
        """INSERT INTO cases_event (created_at, case_id, at, action, party, unit_id, from_state, to_state, data)
           SELECT received_at, id, received_at + e * interval '1 hour', (ARRAY['file','assign','sign_for'])[e],
                  (ARRAY['person','system','unit'])[e], unit_id, '', '', '{}' FROM cases_case, generate_series(1, 3) e"""
    )
    cursor.execute(
        """INSERT INTO cases_reply (created_at, case_id, unit_id, kind, text, outcome, sent_at, in_time)
           SELECT answered_at, id, unit_id, 'answer', '已处理。', 'solved', answered_at, true
           FROM cases_case WHERE answered_at IS NOT NULL"""
    )
    cursor.execute(
        """INSERT INTO aftercare_callback (created_at, reply_id, state, due_at, not_before, attempts, ended_at)
           SELECT r.sent_at, r.id, CASE WHEN c.state = 'answered' THEN 'waiting' ELSE (ARRAY['reached','not_reached','refused'])[1 + c.id % 3] END,
                  r.sent_at + interval '1 day', r.sent_at, 1, CASE WHEN c.state <> 'answered' THEN r.sent_at + interval '1 day' END
           FROM cases_reply r JOIN cases_case c ON c.id = r.case_id"""
    )
    WordIndex.objects.update_or_create(kind=indexing.CASES, defaults={"version": rules.INDEX_VERSION})
    for table in ("cases_case", "cases_event", "cases_reply", "people_contact"):
        cursor.execute(
            f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), (SELECT max(id) FROM {table}))"
        )


def _with_defaults(model, values: dict[str, str]) -> dict[str, str]:
    """An SQL expression for every column that must have one: the given one, else the literal of the model's default.

    So that a column which the model gains does not break the benches.
    """
    found = dict(values)
    for field in model._meta.concrete_fields:
        if field.column in found or field.null or field.primary_key or field.generated:
            continue
        default = field.get_db_prep_save(field.get_default(), connection)
        found[field.column] = psycopg.sql.Literal(default).as_string()
    return found


def fill(count: int, *, mass: Callable[..., None] = mass) -> None:
    """Masters by the models, the mass by SQL."""
    units = [
        Unit.objects.create(code=f"unit-{n}", names={"zh-hans": f"第{n}科", "en": f"Unit {n}"})
        for n in range(UNITS)
    ]
    for n in range(SERVICES):
        service = Service.objects.create(code=f"service-{n}")
        service.current = ServiceVersion.objects.create(
            service=service,
            number=1,
            unit=units[n % UNITS],
            public_names={"zh-hans": f"{SUBJECTS[n % 20]}{n}"},
        )
        service.save()
    for code in ("web", "phone", "counter", "import"):
        Channel.objects.create(code=code, names={"zh-hans": code}, at_desk=code in {"phone", "counter"})
    for n in range(OFFICERS):
        user = User.objects.create(username=f"officer{n}", name=f"职员{n}")
        Membership.objects.create(user=user, role=Role.OFFICER, unit_id=units[n % UNITS].pk)
    for role in Role:
        user = User.objects.create(username=role.value, name=role.label)
        Membership.objects.create(user=user, role=role, unit_id=units[0].pk)
    started = time.perf_counter()
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        definitions = _without_indexes(cursor)
        mass(cursor, count)
        for definition in definitions:
            cursor.execute(definition)
        cursor.execute("SET session_replication_role = DEFAULT")
        cursor.execute("ANALYZE")
    print(f"filled with {count:,} cases in {time.perf_counter() - started:.0f} s")
