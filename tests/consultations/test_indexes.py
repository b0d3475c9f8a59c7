"""Votes come by the hundred each second, and every index costs each of them something."""

import itertools

import pytest
from django.db import connection

COLUMNS = """
SELECT i.indrelid::regclass::text, i.indexrelid::regclass::text, i.indisunique, i.indkey::int2[]
FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_am a ON a.oid = c.relam
WHERE i.indrelid IN ('consultations_vote'::regclass, 'consultations_participant'::regclass)
    AND i.indpred IS NULL AND a.amname = 'btree'
"""


@pytest.mark.django_db
def test_no_index_begins_as_another_one_does():
    with connection.cursor() as cursor:
        cursor.execute(COLUMNS)
        rows = cursor.fetchall()
    assert len(rows) >= 5
    needless = [
        short
        for (table, short, is_unique, few), (other, _long, _any, many) in itertools.permutations(rows, 2)
        if table == other and not is_unique and many[: len(few)] == few
    ]
    assert not needless
