"""A million cases with real texts recombined, for bench/search.py: what a worker process runs."""

import datetime as dt
import gc
import itertools
import random
import sys

import psycopg

import shared
from huiyin.cases.logic import indexing
from huiyin.engines.text import pipeline

# One case in twenty is open; the first unit has four times its share, as in bench/screens.py.
OPEN = ("received", "assigned", "accepted", "in_progress", "awaiting_person")
CHUNK = 2_000
CONSTANT = {
    "language": "zh-hans", "intake": "[]", "extra": "{}", "anonymity": "office", "not_accepted_reason": "", "revision": 3,
    "reopened": 0, "answer_limit": "7d", "source": "bench", "leaf_hash": "", "receipt_salt": "", "secret_hash": "",
}  # fmt: skip


class Texts:
    """Real titles with sentences of their own and of others; the n-th text is always the same."""

    def __init__(self):
        self.messages = shared.rows("zh_taidi_hot/messages.csv")
        self.sentences = [
            [s for s in row["body"].replace("\n", "").replace("\x00", "").split("。") if s.strip()]
            for row in self.messages
        ]
        self.pool = list(itertools.chain.from_iterable(self.sentences))

    def text(self, number):
        chance = random.Random(number)
        own = chance.randrange(len(self.messages))
        body = chance.sample(self.sentences[own], min(2, len(self.sentences[own]))) + chance.sample(
            self.pool, 2
        )
        return self.messages[own]["title"] + "\n" + "。".join(body)[:300]


def row(number, text, masters, now):
    """The columns of one case; received in the order of the numbers over three years."""
    at = now - dt.timedelta(seconds=(masters["count"] - number) * 94)
    state = OPEN[number // 20 % 5] if number % 20 == 0 else "answered" if number % 20 == 1 else "closed"
    done = state in {"answered", "closed"}
    unit = masters["unit"] + (0 if number % 5 == 0 else number % 12)
    return {
        **CONSTANT, "id": number, "created_at": at, "number": f"{number:011}", "text": text,
        "words": indexing.case_words(text, "", received_at=at), "kind": ("help", "complaint", "enquiry", "suggestion")[number % 4],
        "channel_id": masters["channel"] + number % 4, "service_id": masters["service"] + number % 60,
        "service_version_id": masters["version"] + number % 60, "urgency": "ordinary", "place_text": "", "state": state,
        "outcome": "solved" if done else "", "unit_id": None if state == "received" else unit,
        "officer_id": None, "received_at": at, "assigned_at": at, "answered_at": at if done else None,
        "due_at": at + dt.timedelta(days=7), "promised_at": at + dt.timedelta(days=7), "external_id": str(number),
    }  # fmt: skip


def fill(dsn, first, last, masters):
    """Store the cases of these numbers."""
    texts, now = Texts(), dt.datetime.fromisoformat(masters["now"])
    with psycopg.connect(dsn) as connection, connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica; SET synchronous_commit = off")
        for start in range(first, last, CHUNK):
            rows = [row(n, texts.text(n), masters, now) for n in range(start, min(start + CHUNK, last))]
            names = list(rows[0])
            with cursor.copy(f"COPY cases_case ({', '.join(names)}) FROM STDIN") as copy:
                for one in rows:
                    copy.write_row([one[name] for name in names])
            connection.commit()


def index(dsn, count):
    """Read the words of these texts and store them where an index waits.

    As the import does: whoever has room takes the next texts, a COPY is written at once, the settings are those of
    cases/operations/bulk.py.
    """
    gc.freeze()
    gc.set_threshold(100_000, 20, 50)
    texts = Texts()
    with psycopg.connect(dsn) as connection, connection.cursor() as cursor:
        while (first := cursor.execute("SELECT nextval('bench_part')").fetchone()[0] * CHUNK) < count:
            cursor.execute(
                "SET LOCAL gin_pending_list_limit = '32MB'; SET LOCAL work_mem = '64MB';"
                " SET LOCAL synchronous_commit = off"
            )
            with cursor.copy("COPY bench_index FROM STDIN") as copy:
                copy.write(
                    "".join(
                        f"{number}\t{pipeline.search_vector(texts.text(number))}\n"
                        for number in range(first + 1, min(first + CHUNK, count) + 1)
                    )
                )
            connection.commit()


if __name__ == "__main__":
    index(sys.argv[1], int(sys.argv[2]))
