"""The inquest of `bench/crash.py`: what is in the database and on the disk, and what the senders know."""

import hashlib
from collections import Counter


def prepare() -> None:
    """The least that an installation must have set up: the channel “web”."""
    from django.core.management import call_command

    call_command("prepare")
    from huiyin.catalogue.models import Channel

    Channel.objects.get_or_create(code="web", defaults={"names": {"en": "web"}})


def inquest(tried: list[dict]) -> dict:
    """What is in the database and on the disk, compared with what the senders know."""
    from huiyin.audit import operations as audit
    from huiyin.audit import queries as log
    from huiyin.audit.models import Leaf, Record
    from huiyin.cases.models import Case
    from huiyin.kernel import clock

    audit.seal_records()
    audit.sign_tree_head()
    wrong: list[str] = []
    expected = {one["text"]: one for one in tried}
    cases = list(Case.objects.prefetch_related("files__file", "events"))
    found = Counter(case.text for case in cases)
    wrong += [f"twice: {text[:60]}" for text, count in found.items() if count > 1]
    for case in cases:
        wrong += [
            f"case {case.number}: {problem}" for problem in half(case, expected.get(case.text), Leaf, Record)
        ]
    if Leaf.objects.count() != len(cases):
        wrong.append(f"{Leaf.objects.count()} leaves for {len(cases)} cases")
    numbers = {case.number: case for case in cases}
    with_receipt = [one for one in tried if one["receipt"]]
    for one in with_receipt:
        number = one["receipt"]["opening"]["content"]["number"]
        if number not in numbers or numbers[number].text != one["text"]:
            wrong.append(f"LOST: {number}, although its sender has a receipt")
        verdict = log.verify_receipt(one["receipt"], now=clock.now(), fetch=public_log)
        if verdict.status != "proved":
            wrong.append(f"receipt of {number}: {verdict.problems}")
    findings = log.verify()
    wrong += [trouble.text for trouble in findings.troubles]
    files = sum(len(case.files.all()) for case in cases)
    return {
        "tried": len(tried),
        "receipts": len(with_receipt),
        "cases": len(cases),
        "files": files,
        "wrong": wrong,
    }


def half(case, told, leaves, records) -> list[str]:
    """What a case lacks."""
    problems = []
    if told is None:
        return ["nobody sent this text"]
    kept = [use.file for use in case.files.all()]
    if len(kept) != told["files"]:
        problems.append(f"{len(kept)} files instead of {told['files']}")
    hashes = set()
    for stored in kept:
        hashes.add(stored.sha256)
        problems += content_problems(stored)
    problems += [f"a file is not as it was sent: {sha}" for sha in told["pdfs"] if sha not in hashes]
    if not case.leaf_hash or not leaves.objects.filter(leaf_hash=bytes.fromhex(case.leaf_hash)).exists():
        problems.append("not in the log")
    if not any(event.action == "file" for event in case.events.all()):
        problems.append("no timeline")
    if not records.objects.filter(action="case.file", subject=f"case:{case.pk}").exists():
        problems.append("not in the audit trail")
    return problems


def content_problems(stored) -> list[str]:
    from django.core.files.storage import default_storage

    try:
        with default_storage.open(stored.key) as content:
            whole = content.read()
    except OSError:
        return ["the content of a file is gone"]
    return [] if hashlib.sha256(whole).hexdigest() == stored.sha256 else ["the content of a file is damaged"]


def public_log(address: str):
    """What the public addresses of the log would answer."""
    from django.test import Client

    answer = Client(SERVER_NAME="127.0.0.1").get(f"/log/{address}", headers={"accept": "application/json"})
    return answer.json() if answer.status_code == 200 else None
