"""Server time and queries of every screen with a million cases stored.

    python bench/screens.py [--cases 1000000 | --demo] [--runs 30] [--fresh] [--only worklist]

Fills a database of its own (var/bench-screens, or the one named by DATABASE_URL) with generated cases, then asks every
screen through Django's test client: everything but the network. The limits are those of the project: p95 at most 80 ms
and at most 12 queries. "cpu ms" is the processor time of this process alone, whatever else the machine does meanwhile.
The filled database is kept for the next run; --fresh fills it anew.
--demo measures the demonstration city of 600 cases instead, which it builds in var/bench-demo; HUIYIN_DATA names another
one that is not running.
"""

import argparse
import os
import re
import statistics
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
os.environ.setdefault(
    "HUIYIN_DATA", str(ROOT / "var" / ("bench-demo" if "--demo" in sys.argv else "bench-screens"))
)
Path(os.environ["HUIYIN_DATA"], "static").mkdir(parents=True, exist_ok=True)
os.environ["HUIYIN_DEMO"] = "1"
os.environ["HUIYIN_LOG_LEVEL"] = "ERROR"
os.environ["DJANGO_SETTINGS_MODULE"] = "huiyin.config.settings"

from django.conf import settings  # noqa: E402 -- after the environment

settings.STORAGES["staticfiles"]["BACKEND"] = "django.contrib.staticfiles.storage.StaticFilesStorage"

import django  # noqa: E402 -- after the environment
import psycopg  # noqa: E402 -- after the environment

django.setup()

from django.core.management import call_command  # noqa: E402 -- after the environment
from django.db import connection  # noqa: E402 -- after the environment
from django.test import Client  # noqa: E402 -- after the environment
from django.test.utils import CaptureQueriesContext  # noqa: E402 -- after the environment
from django.urls import NoReverseMatch, URLPattern, get_resolver, reverse  # noqa: E402

from huiyin.accounts.enums import Role  # noqa: E402 -- after the environment
from huiyin.accounts.models import Membership, User  # noqa: E402 -- after the environment
from huiyin.cases.models import Case  # noqa: E402 -- after the environment
from huiyin.catalogue.models import Channel, Service, ServiceVersion  # noqa: E402 -- after the environment
from huiyin.engines.text import pipeline  # noqa: E402 -- after the environment
from huiyin.kernel.vault import encrypt  # noqa: E402 -- after the environment
from huiyin.organisations.models import Unit  # noqa: E402 -- after the environment
from huiyin.people import queries as people  # noqa: E402 -- after the environment
from huiyin.people.models import Contact  # noqa: E402 -- after the environment
from huiyin.scorecards import operations as scorecards  # noqa: E402 -- after the environment

LIMIT_MS, LIMIT_QUERIES = 80, 12
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


def fill(count: int) -> None:
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
        "id": "g", "created_at": "at", "number": "lpad(g::text, 11, '0')", "text": "s.text", "words": "s.words",
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


def desk_screens() -> list[tuple[str, str, str]]:
    """(name, user, address) of what officers look at all day."""
    tabs = (
        "unit",
        "mine",
        "unassigned",
        "received",
        "open",
        "today",
        "overdue",
        "waiting",
        "answered",
        "all",
    )
    found = [
        (f"worklist {tab} ({user})", user, f"/desk/?filter=1&tab={tab}")
        for user in ("officer", "dispatcher")
        for tab in tabs
    ]
    narrowed = {
        "common word": "tab=all&q=路灯", "rare word": "tab=all&q=编号590", "words not there": "tab=all&q=长颈鹿",
        "state and kind": "tab=unit&state=accepted&kind=complaint", "service": "tab=all&service=service-7",
        "dates": "tab=all&since=2025-01-01&until=2025-02-01", "channel": "tab=open&channel=counter",
        "word and unit's open": "tab=unit&q=电梯",
    }  # fmt: skip
    found += [
        (f"worklist by {name} ({user})", user, f"/desk/?filter=1&{query}")
        for name, query in narrowed.items()
        for user in ("officer", "dispatcher")
    ]
    found += [
        (f"search {name} ({user})", user, f"/desk/search/?{query}")
        for name, query in {
            "common word": "q=路灯",
            "best first": "q=路灯&order=best",
            "rare word": "q=编号590",
        }.items()
        for user in ("officer", "dispatcher")
    ]
    page = Client()
    page.force_login(User.objects.get(username="dispatcher"))
    following = re.search(r'[?]after=([^"]+)"', page.get("/desk/?filter=1&tab=all").content.decode())
    after = following[1] if following else ""
    found.append(("worklist, second page (dispatcher)", "dispatcher", f"/desk/?after={after}"))
    unit = Membership.objects.get(user__username="officer", role=Role.OFFICER).unit_id
    for state in ("assigned", "in_progress", "closed"):
        case = Case.objects.filter(unit_id=unit, state=state).order_by("pk").first()
        found.append((f"case {state} (officer)", "officer", reverse("desk:case", args=[case.number])))
    busy = Case.objects.filter(contact__phone_key=people.key(people.PHONE, "+8613812345678")).first()
    # The demonstration city has other people.
    busy = busy or Case.objects.exclude(contact=None).exclude(contact__phone_key="").latest("pk")
    found.append(
        ("case with earlier ones (dispatcher)", "dispatcher", reverse("desk:case", args=[busy.number]))
    )
    open_case = Case.objects.filter(unit_id=unit, state="in_progress").order_by("pk").first()
    for name in ("letter", "publish"):
        found.append((f"{name} (officer)", "officer", reverse(f"desk:{name}", args=[open_case.number])))
    found.append(("proposal (officer)", "officer", reverse("desk:proposal", args=[open_case.number])))
    found.append(("dispatch (dispatcher)", "dispatcher", reverse("desk:dispatch")))
    found.append(("give (unit_head)", "unit_head", reverse("desk:act", args=[open_case.number, "take"])))
    return found


def plain_screens() -> list[tuple[str, str, str]]:
    """Every address without parameters that answers a page, as whoever may see it."""
    found = []
    for namespace, (_prefix, resolver) in get_resolver().namespace_dict.items():
        if namespace not in {"public", "desk", "manage"}:
            continue
        user = {"public": "", "desk": "operator", "manage": "administrator"}[namespace]
        for pattern in resolver.url_patterns:
            if isinstance(pattern, URLPattern) and pattern.name and not pattern.pattern.converters:
                try:
                    found.append(
                        (f"{namespace}:{pattern.name}", user, reverse(f"{namespace}:{pattern.name}"))
                    )
                except NoReverseMatch:
                    continue
    return found


def measure(name: str, user: str, url: str, runs: int) -> dict | None:
    client = Client(headers={"accept-language": "zh-hans"})
    if user:
        account = (
            User.objects.filter(username=user).first() or User.objects.filter(memberships__role=user).first()
        )
        if account is None:
            return None
        client.force_login(account)
    response = client.get(url)
    if response.status_code != 200 or "html" not in response.headers.get("Content-Type", ""):
        return None
    client.get(url)
    with CaptureQueriesContext(connection) as captured:
        client.get(url)
    queries = len(captured)
    times, work = [], []
    for _ in range(runs):
        start, busy = time.perf_counter(), time.process_time()
        client.get(url)
        times.append((time.perf_counter() - start) * 1000)
        work.append((time.process_time() - busy) * 1000)
    times.sort()
    p95 = times[min(len(times) - 1, round(len(times) * 0.95))]
    return {
        "name": name,
        "p50": statistics.median(times),
        "p95": p95,
        "cpu": statistics.median(work),
        "queries": queries,
        "url": url,
    }


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=int, default=1_000_000)
    parser.add_argument("--demo", action="store_true")
    parser.add_argument("--runs", type=int, default=30)
    parser.add_argument("--fresh", action="store_true")
    parser.add_argument("--only", default="")
    options = parser.parse_args()
    settings.ALLOWED_HOSTS.append("testserver")
    if options.fresh:
        with connection.cursor() as cursor:
            cursor.execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public")
    call_command("migrate", verbosity=0)
    call_command("createcachetable", verbosity=0)
    if options.demo:
        call_command("demo")
    elif options.cases and not Unit.objects.exists():
        fill(options.cases)
    scorecards.refresh()  # a job does it every ten minutes
    with connection.cursor() as cursor:
        cursor.execute("VACUUM (ANALYZE)")  # autovacuum does it within minutes
    stored = Case.objects.count()
    print(
        f"{stored:,} cases stored; limits: p95 ≤ {LIMIT_MS} ms, ≤ {LIMIT_QUERIES} queries; {options.runs} runs each"
    )
    print(f"{'screen':45} {'p50 ms':>8} {'p95 ms':>8} {'cpu ms':>8} {'queries':>8}")
    over = 0
    for name, user, url in desk_screens() + plain_screens():
        if options.only and options.only not in name:
            continue
        row = measure(name, user, url, options.runs)
        if row is None:
            continue
        bad = row["p95"] > LIMIT_MS or row["queries"] > LIMIT_QUERIES
        over += bad
        print(
            f"{row['name']:45} {row['p50']:8.1f} {row['p95']:8.1f} {row['cpu']:8.1f} {row['queries']:8}{'  OVER' if bad else ''}",
            flush=True,
        )
    print(f"{over} screens over a limit")
    return 0


if __name__ == "__main__":
    sys.exit(main())
