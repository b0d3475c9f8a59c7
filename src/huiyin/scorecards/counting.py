"""Counting in the database: one query for all, by unit and by service."""

import datetime as dt
import json
from typing import Any

from django.db import connection

from huiyin.organisations import queries as organisations
from huiyin.organisations.enums import SettingKey
from huiyin.scorecards.enums import Period
from huiyin.scorecards.logic import Counts

# GROUPING(unit, service): a bit is set where the column is not grouped by.
EVERYTHING, BY_UNIT, BY_SERVICE = 3, 1, 2
# Every figure is counted over its own moment: received when received, due when the first promise fell due, answers when
# they were sent, reopenings when they happened, returns when a unit returned something, each with the unit that did so
# and beside what was sent to that unit in the period. The parts are grouped alike and then laid side by side.
SQL = """
WITH first_answer AS (
    SELECT DISTINCT ON (r.case_id) r.case_id, r.sent_at, r.in_time
    FROM cases_reply r WHERE r.kind = 'answer' AND r.sent_at >= %(begin)s - interval '400 days'
    ORDER BY r.case_id, r.sent_at, r.id
), came AS (
    SELECT GROUPING(unit_id, service_id) AS level, unit_id, service_id, count(*) AS received,
           count(*) FILTER (WHERE reopened > 0) AS reopened
    FROM cases_case WHERE received_at >= %(begin)s AND received_at < %(end)s
    GROUP BY GROUPING SETS ((), (unit_id), (service_id))
), fell_due AS (
    SELECT GROUPING(c.unit_id, c.service_id) AS level, c.unit_id, c.service_id, count(*) AS due,
           count(*) FILTER (WHERE a.in_time) AS in_time,
           count(*) FILTER (WHERE c.contact_due_at IS NOT NULL) AS contacted_due,
           count(*) FILTER (WHERE c.contacted_at <= c.contact_due_at) AS contacted
    FROM cases_case c LEFT JOIN first_answer a ON a.case_id = c.id
    WHERE c.promised_at >= %(begin)s AND c.promised_at < %(end)s AND c.state NOT IN ('withdrawn', 'not_accepted')
    GROUP BY GROUPING SETS ((), (c.unit_id), (c.service_id))
), sent AS (
    SELECT GROUPING(c.unit_id, c.service_id) AS level, c.unit_id, c.service_id, count(*) AS answers,
           percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM r.sent_at - c.received_at) / 86400)
               FILTER (WHERE a.sent_at = r.sent_at) AS median_days,
           count(*) FILTER (WHERE x.id IS NULL AND v.solved = 'yes') AS yes,
           count(*) FILTER (WHERE x.id IS NULL AND v.solved = 'partly') AS partly,
           count(*) FILTER (WHERE x.id IS NULL AND v.solved = 'no') AS no,
           count(*) FILTER (WHERE x.id IS NULL AND v.solved = 'not_needed') AS not_needed,
           count(*) FILTER (WHERE x.id IS NULL AND v.satisfaction >= 4) AS satisfied,
           count(x.id) AS excluded,
           count(*) FILTER (WHERE v.id IS NULL AND b.state IN ('not_reached', 'refused', 'wrong_number'))
               AS called_in_vain,
           count(*) FILTER (WHERE v.id IS NULL AND r.sent_at < %(silent)s) AS silent,
           count(*) FILTER (WHERE v.id IS NULL AND r.sent_at >= %(silent)s) AS waiting
    FROM cases_reply r JOIN cases_case c ON c.id = r.case_id
    LEFT JOIN first_answer a ON a.case_id = r.case_id
    LEFT JOIN feedback_verdict v ON v.id = r.verdict_id
    LEFT JOIN feedback_exclusion x ON x.verdict_id = v.id AND x.state = 'approved'
    LEFT JOIN aftercare_callback b ON b.reply_id = r.id
    WHERE r.kind = 'answer' AND r.sent_at >= %(begin)s AND r.sent_at < %(end)s
    GROUP BY GROUPING SETS ((), (c.unit_id), (c.service_id))
), again AS (
    SELECT GROUPING(c.unit_id, c.service_id) AS level, c.unit_id, c.service_id, count(*) AS reopenings
    FROM cases_case c JOIN cases_event e ON e.case_id = c.id AND e.action = 'reopen'
    WHERE c.reopened > 0 AND e.at >= %(begin)s AND e.at < %(end)s
    GROUP BY GROUPING SETS ((), (c.unit_id), (c.service_id))
), handed AS (
    SELECT GROUPING(e.unit_id, c.service_id) AS level, e.unit_id, c.service_id, count(*) AS sent_to
    FROM cases_event e JOIN cases_case c ON c.id = e.case_id
    WHERE e.action = 'assign' AND e.at >= %(begin)s AND e.at < %(end)s
    GROUP BY GROUPING SETS ((), (e.unit_id), (c.service_id))
), back AS (
    SELECT GROUPING(r.unit_id, c.service_id) AS level, r.unit_id, c.service_id, count(*) AS returned
    FROM cases_return r JOIN cases_case c ON c.id = r.case_id
    WHERE r.created_at >= %(begin)s AND r.created_at < %(end)s
    GROUP BY GROUPING SETS ((), (r.unit_id), (c.service_id))
)
SELECT level, unit_id, service_id, to_jsonb(came) - '{level,unit_id,service_id}'::text[] FROM came
UNION ALL SELECT level, unit_id, service_id, to_jsonb(fell_due) - '{level,unit_id,service_id}'::text[] FROM fell_due
UNION ALL SELECT level, unit_id, service_id, to_jsonb(sent) - '{level,unit_id,service_id}'::text[] FROM sent
UNION ALL SELECT level, unit_id, service_id, to_jsonb(again) - '{level,unit_id,service_id}'::text[] FROM again
UNION ALL SELECT level, unit_id, service_id, to_jsonb(handed) - '{level,unit_id,service_id}'::text[] FROM handed
UNION ALL SELECT level, unit_id, service_id, to_jsonb(back) - '{level,unit_id,service_id}'::text[] FROM back
"""


def count(*, begin: dt.datetime, end: dt.datetime, silence_days: int) -> dict[str, dict[int, Counts]]:
    """Counts of the period [begin, end): `all` under key 0, `units` and `services` by id.

    Cases without unit or service are only in `all`.
    """
    with connection.cursor() as cursor:
        cursor.execute(SQL, {"begin": begin, "end": end, "silent": end - dt.timedelta(days=silence_days)})
        rows = cursor.fetchall()
    found: dict[str, dict[int, dict[str, Any]]] = {"all": {}, "units": {}, "services": {}}
    for level, unit, service, values in rows:
        group, key = {EVERYTHING: ("all", 0), BY_UNIT: ("units", unit), BY_SERVICE: ("services", service)}[
            level
        ]
        if key is not None:
            found[group].setdefault(key, {}).update(json.loads(values) if isinstance(values, str) else values)
    return {name: {key: Counts(**values) for key, values in group.items()} for name, group in found.items()}


def compute(period: Period, *, now: dt.datetime) -> dict[str, Any]:
    """Figures of the period that ends `now` and of the one before, in the shape that a snapshot keeps."""
    length = dt.timedelta(days=int(period.value))
    silence = int(organisations.setting(SettingKey.CLOSE_AFTER_SILENCE_DAYS))
    present = count(begin=now - length, end=now, silence_days=silence)
    before = count(begin=now - 2 * length, end=now - length, silence_days=silence)
    figures = {
        name: {str(key): found.stored() for key, found in group.items()} for name, group in present.items()
    }
    return figures | {"before": {str(key): found.stored() for key, found in before["all"].items()}}
