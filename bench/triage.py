"""How well texts are filed, paired and searched for personal data, beside a plain baseline computed in the same run.

    uv run bench/triage.py                     everything (some minutes)
    uv run bench/triage.py service kind        single parts: service, service+tokens, unit-de, unit-de-category,
                                               unit-zh, kind, pairs, personal, speed

The whole proposal against a million stored cases is measured by bench/proposals.py.

Baseline of filing: scikit-learn's TF-IDF of words (1-2) and word-bounded characters (2-5) with a linear SVM, untuned.
Five stratified folds, shuffled, seed 0; rows without a label are left out. Limits stand beside the figures.
"""

import random
import resource
import sys
import time
import warnings
from collections import Counter

import numpy as np

import shared
from huiyin.engines.text import overlap, personal_data, pipeline, similar, training
from huiyin.interop.analysis import triage_evaluation

if __name__ == "__main__":  # the process that helps reading loads this file too, and needs no baseline
    from sklearn.exceptions import UndefinedMetricWarning
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.metrics import accuracy_score, f1_score, roc_auc_score
    from sklearn.model_selection import StratifiedKFold
    from sklearn.pipeline import make_pipeline, make_union
    from sklearn.svm import LinearSVC

TASKS = {
    "service": ("zh_taidi_labelled/labelled.dev.csv", ["text"], "label", "macro-F1 >= .90"),
    "unit-de": (
        "de_konstanz_issues/issues.dev.csv",
        ["text"],
        "department",
        "accuracy >= .725, top-3 >= .89",
    ),
    "unit-de-category": (
        "de_konstanz_issues/issues.dev.csv",
        ["text", "category"],
        "department",
        "accuracy >= .76",
    ),
    "unit-zh": (
        "zh_hant_kaohsiung_faq/faq.dev.csv",
        ["question"],
        "department",
        "accuracy >= .81, top-3 >= .93",
    ),
    "kind": (
        "zh_fuzhou_12345/requests.dev.csv",
        ["title", "body"],
        "nature",
        "macro-F1 >= .45 at accuracy >= .83",
    ),
}


def filing(name):
    file, columns, label, limit = TASKS[name]
    rows = [row for row in shared.rows(file) if row[label].strip()]
    documents, labels = (
        [tuple(row[c] for c in columns) for row in rows],
        np.array([row[label].strip() for row in rows]),
    )
    ours, sure, three = np.empty(len(rows), object), np.zeros(len(rows)), np.zeros(len(rows), bool)
    base, base_three, seconds = np.empty(len(rows), object), np.zeros(len(rows), bool), 0.0
    for learn, ask in StratifiedKFold(5, shuffle=True, random_state=0).split(rows, labels):
        begin = time.process_time()
        classifier = training.train([documents[i] for i in learn], list(labels[learn]))
        seconds += time.process_time() - begin
        for i, best in zip(ask, classifier.propose([documents[i] for i in ask]), strict=True):
            ours[i], sure[i], three[i] = (
                best[0].label,
                best[0].probability,
                labels[i] in [p.label for p in best],
            )
        plain = make_pipeline(
            make_union(
                TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True),
                TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 5), sublinear_tf=True, min_df=2),
            ),
            LinearSVC(),
        ).fit(["\n".join(documents[i]) for i in learn], labels[learn])
        scores = plain.decision_function(["\n".join(documents[i]) for i in ask])
        order = plain.classes_[np.argsort(-scores, axis=1)[:, :3]]
        base[ask], base_three[ask] = (
            order[:, 0],
            [labels[i] in best for i, best in zip(ask, order, strict=True)],
        )
    right = ours == labels
    figures = {
        "accuracy": (right.mean(), accuracy_score(labels, base.astype(str))),
        "macro-F1": (
            f1_score(labels, ours.astype(str), average="macro"),
            f1_score(labels, base.astype(str), average="macro"),
        ),
        "top-3": (three.mean(), base_three.mean()),
    }
    parts = [f"{key} {a:.3f} (baseline {b:.3f}, x{a / b:.3f})" for key, (a, b) in figures.items()]
    ece, covered = triage_evaluation.calibration_error(right, sure), triage_evaluation.coverage(right, sure)
    print(
        f"{name:<17} n={len(rows)} {'; '.join(parts)}; ECE {ece:.3f} (<= .05); covered at 95 % {covered:.3f}; "
        f"train {seconds / 5:.1f} CPU s; limit: {limit}",
        flush=True,
    )


def with_tokens():
    """Add the messages that are stored as token lists as training data, put together again to be read like any text.

    The two files share most messages under other keys, so a list half of whose words stand in one labelled message is
    taken for that message and left out, whichever fold that is in; without this the test messages would be learnt, as
    the second figure shows.
    """
    rows = shared.rows(TASKS["service"][0])
    vectors = TfidfVectorizer(tokenizer=_words, token_pattern=None, lowercase=False)
    known = vectors.fit_transform([row["text"] for row in rows])
    lists = shared.rows("zh_taidi_tokens/tokens.dev.csv")
    near = np.concatenate(
        [
            (vectors.transform([row["tokens"] for row in part]) @ known.T).max(axis=1).toarray().ravel()
            for part in np.array_split(np.array(lists, dtype=object), 8)
        ]
    )
    others = [row for row, likeness in zip(lists, near, strict=True) if likeness < 0.5]
    print(
        f"service + tokens  n={len(rows)} macro-F1 {_with_further(rows, others):.3f} with {len(others):,} further "
        f"messages; limit: macro-F1 >= .92 (with all {len(lists):,} lists, so that test messages are learnt: "
        f"{_with_further(rows, lists):.3f})",
        flush=True,
    )


def _with_further(rows, lists):
    """Macro-F1 over the folds when these token lists are learnt as well."""
    documents, labels = [(row["text"],) for row in rows], np.array([row["label"] for row in rows])
    chosen = np.empty(len(rows), object)
    for learn, ask in StratifiedKFold(5, shuffle=True, random_state=0).split(rows, labels):
        classifier = training.train(
            [*(documents[i] for i in learn), *(("".join(row["tokens"].split()),) for row in lists)],
            [*labels[learn], *(row["label"] for row in lists)],
        )
        chosen[ask] = [best[0].label for best in classifier.propose([documents[i] for i in ask])]
    return f1_score(labels, chosen.astype(str), average="macro")


def _words(text):
    return pipeline.words(pipeline.normalise(text))


def pairs():
    rows = shared.rows("zh_taidi_hot/messages.csv")
    place = {row["msg_id"]: i for i, row in enumerate(rows)}
    asked = shared.rows("zh_taidi_hot/pairs.dev.csv")
    first, second = (np.array([place[row[key]] for row in asked]) for key in ("msg_a", "msg_b"))
    same = np.array([row["same"] == "1" for row in asked])
    hard = same | np.array([row["kind"] == "same_place_other_issue" for row in asked])
    documents = [(row["title"], row["body"]) for row in rows]
    scores = similar.pair_scores(documents, first, second)
    by_index = index_scores(["\n".join(document) for document in documents], first, second)
    plain = TfidfVectorizer(analyzer="char", ngram_range=(2, 3), sublinear_tf=True).fit_transform(
        ["\n".join(d) for d in documents]
    )
    base = similar.cosines(plain.tocsr().astype(np.float32), first, second)
    for name, part, limit in (("all", slice(None), ".97"), ("same place", hard, ".93")):
        a, b, c = (roc_auc_score(same[part], found[part]) for found in (scores, base, by_index))
        print(
            f"pairs, {name:<10}  AUC {a:.3f}, by the words of the search index {c:.3f} (baseline, TF-IDF cosine of "
            f"characters: {b:.3f}, x{a / b:.3f}, x{c / b:.3f}); limit {limit}",
            flush=True,
        )


def index_scores(texts, first, second):
    """As a proposal compares a new case with stored ones: tokens of the index, shares counted as each night."""
    said = [overlap.tokens(text) for text in texts]
    seen = Counter(token for tokens in said for token in tokens)
    weights = overlap.Weights(
        {token: count / (len(texts) + 100) for token, count in seen.items() if count * 2_000 >= len(texts)}
    )
    return np.array(
        [overlap.cosines(said[a], [said[b]], weights)[0] for a, b in zip(first, second, strict=True)]
    )


def _planted(rnd):
    digits = lambda n: "".join(rnd.choice("0123456789") for _ in range(n))  # noqa: E731 -- a bench
    mobile = "1" + rnd.choice("3456789") + digits(9)
    person = rnd.choice(
        "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕"
    ) + "".join(
        rnd.choice("伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华玉兰建国文斌海燕")
        for _ in range(rnd.choice((1, 2, 2)))
    )
    body = (
        rnd.choice(("430102", "350102", "110105"))
        + str(rnd.randrange(1940, 2008))
        + f"{rnd.randrange(1, 13):02}{rnd.randrange(1, 29):02}"
        + digits(3)
    )
    check = "10X98765432"[sum(int(d) * (2 ** (17 - i) % 11) for i, d in enumerate(body)) % 11]
    card = rnd.choice(("622202", "621700", "622848", "436742")) + digits(12)
    card += next(
        d
        for d in "0123456789"
        if sum(sum(divmod(int(c) * (1 + i % 2), 10)) for i, c in enumerate(reversed(card + d))) % 10 == 0
    )
    yield (
        "phone",
        rnd.choice(
            (
                mobile,
                f"{mobile[:3]}-{mobile[3:7]}-{mobile[7:]}",
                f"{mobile[:3]} {mobile[3:7]} {mobile[7:]}",
                f"+86{mobile}",
                f"0731-8{digits(7)}",
                f"（0591）8{digits(7)}",
            )
        ),
        rnd.choice(("电话{}，", "请联系{}。", "手机：{}；", "我的号码是{} ")),
    )
    yield (
        "id_number",
        rnd.choice((body + check, (body + check).lower())),
        rnd.choice(("身份证号{}，", "身份证：{}。", "证号为{}；")),
    )
    yield (
        "bank_card",
        rnd.choice((card, " ".join(card[i : i + 4] for i in range(0, 19, 4)))),
        rnd.choice(("卡号{}，", "打到{}账户，")),
    )
    yield (
        "plate",
        rnd.choice("湘闽粤京鄂")
        + rnd.choice("ABCDEFG")
        + rnd.choice(("", "·"))
        + rnd.choice((digits(5), "D" + digits(5), rnd.choice("ABCHJK") + digits(4))),
        rnd.choice(("车牌{}，", "一辆{}的车，")),
    )
    yield (
        "email",
        f"{rnd.choice(('li', 'wang', 'zz'))}{digits(4)}@{rnd.choice(('qq.com', '163.com', 'mail.example.cn'))}",
        rnd.choice(("邮箱{}，", "发到{}。")),
    )
    yield (
        "name",
        person,
        rnd.choice(
            (
                "我叫{}，",
                "联系人：{}，",
                "姓名：{} ",
                "本人{}，",
                "投诉人：{}。",
                "我是{}，",
                "我叫{}住在附近，",
            )
        ),
    )


def personal():
    """Plant one of each in real texts; what is found there without planting is left out of the count of false
    alarms."""
    rnd, found, planted, wrong = random.Random(0), {}, {}, 0
    texts = [
        row["body"]
        for row in shared.rows("zh_taidi_hot/messages.csv") + shared.rows("zh_fuzhou_12345/requests.dev.csv")
    ]
    for text in rnd.sample(texts, 1500):
        known = {text[s.start : s.end] for s in personal_data.find(text)}
        for kind, value, frame in _planted(rnd):
            cut = rnd.choice([0, len(text), *(i + 1 for i, c in enumerate(text) if c in "。！？")])
            start = cut + frame.index("{}")
            spans = personal_data.find(text[:cut] + frame.format(value) + text[cut:])
            planted[kind] = planted.get(kind, 0) + 1
            hit = [s for s in spans if s.type == kind and s.start <= start and s.end >= start + len(value)]
            found[kind] = found.get(kind, 0) + bool(hit)
            whole = text[:cut] + frame.format(value) + text[cut:]
            wrong += sum(
                s.type != "address"
                and not (s.end > start and s.start < start + len(value))
                and whole[s.start : s.end] not in known
                for s in spans
            )
    recall = ", ".join(f"{kind} {found[kind] / planted[kind]:.3f}" for kind in planted)
    precision = sum(found.values()) / (sum(found.values()) + wrong)
    print(
        f"personal data     recall: {recall} (limits .99, names .90); precision {precision:.4f} (limit .98)",
        flush=True,
    )


def speed():
    by_label, rnd = {}, random.Random(0)
    rows = shared.rows(TASKS["service"][0])
    for row in rows:
        by_label.setdefault(row["label"], []).extend(part for part in row["text"].split("。") if part.strip())
    labels = [rnd.choice(rows)["label"] for _ in range(10_000)]
    documents = [("。".join(rnd.sample(by_label[label], 4))[:430],) for label in labels]
    begin, cpu = time.perf_counter(), shared.processor_seconds()
    classifier = training.train(documents, labels)
    wall, cpu = time.perf_counter() - begin, shared.processor_seconds() - cpu
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(
        f"training          10,000 cases: {wall:.1f} s wall, {cpu:.1f} CPU s (limit 10), peak {peak} MB (limit 1,024)",
        flush=True,
    )
    times = []
    for document in documents[:300]:
        begin = time.perf_counter()
        classifier.propose([document])
        times.append(1000 * (time.perf_counter() - begin))
    print(
        f"one proposal      p50 {np.percentile(times, 50):.1f} ms, p95 {np.percentile(times, 95):.1f} ms",
        flush=True,
    )


if __name__ == "__main__":
    warnings.simplefilter("ignore", UserWarning)
    warnings.simplefilter("ignore", UndefinedMetricWarning)
    parts = {
        **{name: lambda name=name: filing(name) for name in TASKS},
        "service+tokens": with_tokens,
        "pairs": pairs,
        "personal": personal,
        "speed": speed,
    }
    for part in sys.argv[1:] or parts:
        parts[part]()
