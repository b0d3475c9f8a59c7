"""The list of statements of a consultation that has very many of them."""

import pytest

from huiyin.consultations.enums import Results
from huiyin.consultations.queries import maps
from huiyin.web.public.consult import results
from tests import staff
from tests.factories import consulting

pytestmark = pytest.mark.django_db


def test_many_statements_come_in_pages_that_are_sorted_as_a_whole(monkeypatch):
    client = staff.browser()
    monkeypatch.setattr(results, "STATEMENTS", 2)
    row = consulting.opened(results=Results.AFTER_CLOSE)
    consulting.planted(row, people=40)
    texts = [one.text for one in row.statements.order_by("number")]
    assert len(texts) > 2

    def read(query: str) -> list[str]:
        text = client.get(f"/consultations/{row.code}/statements/{query}").content.decode()
        return sorted((one for one in texts if f">{one}<" in text), key=text.index)

    def every(order: str) -> list[str]:
        pages = range(1, (len(texts) + 1) // 2 + 1)
        return [one for page in pages for one in read(f"?order={order}&page={page}")]

    assert read("") == texts[:2]
    assert read("?page=2") == texts[2:4]
    consulting.closed(row)
    row.refresh_from_db()
    assert every("number") == texts
    assert sorted(every("seen")) == sorted(texts)
    assert every("agreement") == [
        line.statement.text
        for line in sorted(maps.map_of(row).lines, key=lambda line: -(line.agreement or 0))
    ]
    assert read("?page=999") == texts[2 * ((len(texts) - 1) // 2) :]
