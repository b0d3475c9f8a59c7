"""Reading the whole trail and the whole log and saying what was changed, removed or put elsewhere."""

from collections.abc import Iterator
from itertools import groupby
from typing import Any

from django.db import connection, transaction
from django.utils.translation import gettext as _

from huiyin.audit import chains, keys, logic, tree
from huiyin.audit.models import Leaf, Node, Record, TreeHead
from huiyin.engines import merkle

CHUNK = 5_000


def verify(*, former_keys: tuple[bytes, ...] = ()) -> chains.Findings:
    """Compare every sealed record, every ordered leaf, every stored node and every tree head with what they must be.

    Reads one snapshot in constant memory, so that it can run beside everything else. `former_keys` are public keys with
    which this installation signed earlier.
    """
    findings = chains.Findings()
    with transaction.atomic():
        if len(connection.savepoint_ids) == 0:
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        _check_triggers(findings)
        _check_heads(findings, {logic.key_id(key): key for key in (keys.public(), *former_keys)})
        _check_trail(findings)
        _check_leaves(findings)
    return findings


def _check_triggers(findings: chains.Findings) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgname LIKE 'audit\\_%%' "
            "AND tgenabled = 'D' ORDER BY tgname"
        )
        findings.warnings += [
            _("The database trigger %(name)s, which refuses changes, is switched off.") % {"name": row[0]}
            for row in cursor.fetchall()
        ]


def _check_heads(findings: chains.Findings, known: dict[str, bytes]) -> None:
    expected, size, trail = 1, 0, 0
    for head in TreeHead.objects.order_by("number").iterator(CHUNK):
        findings.heads += 1
        if head.number != expected:
            text = _("Tree heads %(first)s to %(last)s are missing.")
            last = head.number - 1
            findings.add("heads", "missing", expected, text % {"first": expected, "last": last}, last=last)
        text = _head_trouble(head, known)
        if text:
            findings.add("heads", "changed", head.number, text % {"number": head.number})
        elif head.size < size or head.trail_size < trail:
            text = _("Tree head %(number)s says less than the one before it.")
            findings.add("heads", "reordered", head.number, text % {"number": head.number})
        expected, size, trail = head.number + 1, max(size, head.size), max(trail, head.trail_size)


def _head_trouble(head: TreeHead, known: dict[str, bytes]) -> str:
    public = known.get(head.key_id)
    if public is None:
        return _("Tree head %(number)s was signed with a key that is not one of this log's.")
    said = logic.Head(
        origin=head.origin,
        number=head.number,
        size=head.size,
        root=bytes(head.root),
        at=head.at,
        trail_size=head.trail_size,
        trail_hash=bytes(head.trail_hash),
    )
    if keys.holds(public_key=public, signature=bytes(head.signature), message=said.note()):
        return ""
    return _("Tree head %(number)s was changed: its signature does not fit.")


class _Heads:
    """The tree heads in order of one of their sizes, to be met while the rows go by."""

    def __init__(self, size: str, value: str) -> None:
        rows = TreeHead.objects.order_by(size, "number").values_list(size, value, "number").iterator(CHUNK)
        self._groups: Iterator[Any] = groupby(rows, key=lambda row: row[0])
        self.reached = 0
        self._next()

    def _next(self) -> None:
        size, rows = next(self._groups, (None, ()))
        self.size: int | None = size
        self.here = [(bytes(value), number) for _size, value, number in rows]

    def at(self, size: int) -> list[tuple[bytes, int]]:
        """The (hash, number) of the heads of exactly this size; those of smaller sizes are passed over."""
        while self.size is not None and self.size < size:
            self.reached = self.size
            self._next()
        return self.here if self.size == size else []

    def last_size(self) -> int:
        """The largest size that any head tells; ends the walk."""
        last = self.reached
        while self.size is not None:
            last = self.size
            self._next()
        return last


def _check_trail(findings: chains.Findings) -> None:
    heads = _Heads("trail_size", "trail_hash")
    chain = chains.Chain("trail", 1, logic.record_payload, findings)
    names = ("sequence", "chain", "at", "action", "actor", "subject", "why", "data")
    agreed = 0
    blamed = _compare_heads(findings, "trail", heads.at(0), logic.GENESIS, 0, 0)
    for row in Record.objects.exclude(sequence=None).order_by("sequence").values(*names).iterator(CHUNK):
        findings.records += 1
        number = row["sequence"]
        chain.step(number, row, bytes(row["chain"]))
        here = heads.at(number)
        if here and not blamed:
            blamed = _compare_heads(findings, "trail", here, chain.previous, agreed + 1, number)
            agreed = number
    last = heads.last_size()
    if last >= chain.expected:
        chain.missing(last)
    chain.judge()


def _compare_heads(
    findings: chains.Findings,
    part: str,
    heads: list[tuple[bytes, int]],
    computed: bytes,
    first: int,
    last: int,
) -> bool:
    """Note if a signed head says something else than what is stored; later heads would only repeat it."""
    for value, number in heads:
        if value != computed:
            text = _(
                "The %(part)s no longer fits tree head %(head)s: something from %(first)s to %(last)s was changed."
            )
            values = {"part": chains.part_name(part), "head": number, "first": first, "last": last}
            findings.add(part, "rewritten", first, text % values, last=last)
            return True
    return False


def _check_leaves(findings: chains.Findings) -> None:
    heads = _Heads("size", "root")
    chain = chains.Chain("log", 0, logic.leaf_payload, findings)
    frontier, agreed = merkle.Frontier(), 0
    blamed = _compare_heads(findings, "log", heads.at(0), merkle.EMPTY_ROOT, 0, 0)
    nodes = _Nodes(findings)
    rows = Leaf.objects.exclude(index=None).order_by("index").values_list("index", "leaf_hash", "chain")
    for index, leaf, link in rows.iterator(CHUNK):
        findings.leaves += 1
        chain.step(index or 0, bytes(leaf), bytes(link or b""))
        if not chain.whole:
            continue  # without the missing leaves neither roots nor nodes can be computed
        nodes.expect(frontier.append(bytes(leaf)))
        here = heads.at(frontier.size)
        if here and not blamed:
            blamed = _compare_heads(findings, "log", here, frontier.root(), agreed, frontier.size - 1)
            agreed = frontier.size
    nodes.finish(chain.whole)
    _check_log_end(findings, chain, heads.last_size())
    chain.judge()


def _check_log_end(findings: chains.Findings, chain: chains.Chain, size: int) -> None:
    if size > chain.expected:
        chain.missing(size - 1)
    elif size < chain.expected:
        text = _("Leaves %(first)s to %(last)s have a place but no tree head: a tree head was removed.")
        values = {"first": size, "last": chain.expected - 1}
        findings.add("heads", "missing", size, text % values, last=chain.expected - 1)


class _Nodes:
    """Compares the stored nodes with the computed ones, some hundred at a time."""

    def __init__(self, findings: chains.Findings) -> None:
        self.findings = findings
        self.waiting: dict[tuple[int, int], bytes] = {}

    def expect(self, closed: list[tuple[int, int, bytes]]) -> None:
        """Take the subtrees that a leaf completed."""
        for level, index, value in closed:
            if level % tree.STEP == 0:
                self.waiting[level, index] = value
        if len(self.waiting) >= CHUNK:
            self._compare()

    def _compare(self) -> None:
        stored: dict[tuple[int, int], bytes] = {}
        for level in {level for level, _index in self.waiting}:
            wanted = [index for at, index in self.waiting if at == level]
            rows = Node.objects.filter(level=level, index__in=wanted).values_list("index", "hash")
            stored |= {(level, index): bytes(value) for index, value in rows}
        for (level, index), value in self.waiting.items():
            self.findings.nodes += 1
            if stored.get((level, index)) != value:
                text = _("Node %(index)s on level %(level)s of the tree was changed or removed.")
                self.findings.add("tree", "changed", index, text % {"index": index, "level": level})
        self.waiting.clear()

    def finish(self, whole: bool) -> None:  # noqa: FBT001 -- private, one caller
        """Compare the rest; nodes that nothing accounts for are noted if the whole tree was computed."""
        self._compare()
        extra = Node.objects.count() - self.findings.nodes
        if whole and extra > 0:
            text = _("The tree holds %(count)s nodes that belong to no leaf.")
            self.findings.add("tree", "added", 0, text % {"count": extra})
