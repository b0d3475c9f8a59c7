"""Hot topics: found events beside DBSCAN on TF-IDF, exact repeats, and time for 100,000 messages.

    uv run bench/topics.py [MESSAGES ...]      default 25000 100000

An event's F1 is that of the topic that holds most of it; messages no reader judged count as not of the event. The
large collections are real messages recombined: a real title, two sentences of its message and two of others.
"""

import itertools
import random
import resource
import sys
import time

import numpy as np

import shared
from huiyin.engines.text import similar, topics


def events(messages):
    place = {row["msg_id"]: i for i, row in enumerate(messages)}
    found = {}
    for row in shared.rows("zh_taidi_hot/events.dev.csv"):
        found.setdefault(row["event_id"], {}).setdefault(row["in_event"], set()).add(place[row["msg_id"]])
    return found


def f1(groups, event):
    wanted = event["yes"]
    best = max(groups, key=lambda group: len(group & wanted)) - event.get("uncertain", set())
    return 2 * len(best & wanted) / (len(best) + len(wanted))


def accuracy():
    # Not at the top: the process that helps reading would load it as well.
    from sklearn.cluster import DBSCAN
    from sklearn.feature_extraction.text import TfidfVectorizer

    messages = shared.rows("zh_taidi_hot/messages.csv")
    documents = [(row["title"], row["body"]) for row in messages]
    ours = [set(topic.members) for topic in topics.find(documents)]
    plain = TfidfVectorizer(tokenizer=str.split, token_pattern=None, sublinear_tf=True).fit_transform(
        [" ".join(_words("\n".join(document))) for document in documents]
    )
    marks = DBSCAN(eps=0.75, min_samples=3, metric="cosine").fit_predict(plain)
    theirs = [set(np.flatnonzero(marks == mark).tolist()) for mark in set(marks) - {-1}]
    scores = {name: (f1(ours, event), f1(theirs, event)) for name, event in events(messages).items()}
    for name, (a, b) in sorted(scores.items()):
        print(f"{name:<28} F1 {a:.3f} (limit .75; DBSCAN {b:.3f}, x{a / max(b, 1e-9):.2f})")
    mean = np.mean(list(scores.values()), axis=0)
    print(
        f"{'mean':<28} F1 {mean[0]:.3f} (limit .92; DBSCAN {mean[1]:.3f}, x{mean[0] / mean[1]:.2f})",
        flush=True,
    )
    groups, place = {}, {row["msg_id"]: i for i, row in enumerate(messages)}
    for row in shared.rows("zh_taidi_hot/exact_duplicate_groups.csv"):
        groups.setdefault(row["dup_group"], set()).add(place[row["msg_id"]])
    found = [set(group) for group in similar.repeats(documents)]
    holders = [
        next((i for i, group in enumerate(found) if wanted <= group), None) for wanted in groups.values()
    ]
    print(
        f"exact repeats                {sum(h is not None for h in holders)} of {len(groups)} groups whole, {len(set(holders))} apart",
        flush=True,
    )


def _words(text):
    from huiyin.engines.text import pipeline

    return pipeline.words(pipeline.normalise(text))


def speed(sizes):
    messages, rnd = shared.rows("zh_taidi_hot/messages.csv"), random.Random(0)
    sentences = [[s for s in row["body"].replace("\n", "").split("。") if s.strip()] for row in messages]
    pool = list(itertools.chain.from_iterable(sentences))
    for size in sizes:
        documents = []
        for _ in range(size):
            k = rnd.randrange(len(messages))
            body = rnd.sample(sentences[k], min(2, len(sentences[k]))) + rnd.sample(pool, 2)
            documents.append((messages[k]["title"], "。".join(body)[:400]))
        begin, cpu = time.perf_counter(), shared.processor_seconds()
        found = topics.find(documents)
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
        print(
            f"{size} messages: {time.perf_counter() - begin:.1f} s wall, {shared.processor_seconds() - cpu:.1f} CPU s "
            f"(limit 30 s at 100,000), peak {peak} MB (limit 2,048), {len(found)} topics",
            flush=True,
        )


if __name__ == "__main__":
    accuracy()
    speed([int(size) for size in sys.argv[1:]] or [25_000, 100_000])
