"""Rows that are only ever added. Triggers refuse every change but filling the sealing columns once."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from huiyin.kernel import clock
from huiyin.kernel.models import Model

TRAIL = "keep: the trail proves who did what; it names people by identifier only"


class Record(Model):
    """One line of the audit trail: who did, saw or exported what, when, and why."""

    PERSONAL: ClassVar[dict[str, str]] = {"actor": TRAIL, "subject": TRAIL, "why": TRAIL, "data": TRAIL}

    created_at = None  # type: ignore[assignment]  # `at` or `recorded_at` says it; nodes need none
    at = models.DateTimeField(_("at"), default=clock.now)
    action = models.CharField(_("action"), max_length=80)
    actor = models.CharField(_("actor"), max_length=80)
    subject = models.CharField(_("subject"), max_length=120)
    why = models.TextField(_("reason"), blank=True)
    data = models.JSONField(_("details"), default=dict, blank=True)
    # Filled once by the sealing job.
    sequence = models.BigIntegerField(_("sequence number"), null=True, unique=True, editable=False)
    chain = models.BinaryField(_("chain hash"), null=True, max_length=32, editable=False)

    class Meta:
        verbose_name = _("audit record")
        verbose_name_plural = _("audit records")
        indexes = [
            models.Index("id", condition=Q(sequence=None), name="audit_record_unsealed"),
            models.Index("at", "id", name="audit_record_at"),
            models.Index("subject", "id", name="audit_record_subject"),
            models.Index("actor", "id", name="audit_record_actor"),
            models.Index("action", "id", name="audit_record_action"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(sequence=None, chain=None) | Q(sequence__gte=1, chain__isnull=False),
                name="audit_record_sealed_whole",
            ),
        ]


class Leaf(Model):
    """One leaf of the public log: the hash of a case's commitment, and its place once the job gave it one."""

    PERSONAL: ClassVar[dict[str, str]] = {}

    created_at = None  # type: ignore[assignment]  # `at` or `recorded_at` says it; nodes need none
    recorded_at = models.DateTimeField(_("recorded at"), default=clock.now)
    leaf_hash = models.BinaryField(_("leaf hash"), max_length=32, unique=True)
    # Filled once by the ordering job; the chain tells which leaf was changed where the tree only tells that one was.
    index = models.BigIntegerField(_("index"), null=True, unique=True, editable=False)
    chain = models.BinaryField(_("chain hash"), null=True, max_length=32, editable=False)

    class Meta:
        verbose_name = _("leaf")
        verbose_name_plural = _("leaves")
        indexes = [models.Index("id", condition=Q(index=None), name="audit_leaf_unordered")]
        constraints = [
            models.CheckConstraint(
                condition=Q(index=None, chain=None) | Q(index__gte=0, chain__isnull=False),
                name="audit_leaf_ordered_whole",
            ),
        ]


class Node(Model):
    """Root of a complete subtree of the log, kept for every eighth level: proofs then read a few hundred rows."""

    PERSONAL: ClassVar[dict[str, str]] = {}

    created_at = None  # type: ignore[assignment]  # `at` or `recorded_at` says it; nodes need none
    level = models.SmallIntegerField(_("level"))
    index = models.BigIntegerField(_("index"))
    hash = models.BinaryField(_("hash"), max_length=32)

    class Meta:
        verbose_name = _("tree node")
        verbose_name_plural = _("tree nodes")
        constraints = [models.UniqueConstraint("level", "index", name="audit_node_place")]


class TreeHead(Model):
    """A signed statement of the whole log, and of how far the trail went, at one moment."""

    PERSONAL: ClassVar[dict[str, str]] = {}

    created_at = None  # type: ignore[assignment]  # `at` or `recorded_at` says it; nodes need none
    number = models.BigIntegerField(_("number"), unique=True)
    at = models.DateTimeField(_("at"))
    origin = models.CharField(_("log"), max_length=255)
    size = models.BigIntegerField(_("size"), db_index=True)
    root = models.BinaryField(_("root"), max_length=32)
    trail_size = models.BigIntegerField(_("records in the trail"))
    trail_hash = models.BinaryField(_("hash of the trail"), max_length=32)
    key_id = models.CharField(_("key"), max_length=64)
    signature = models.BinaryField(_("signature"), max_length=64)

    class Meta:
        verbose_name = _("tree head")
        verbose_name_plural = _("tree heads")

    @property
    def root_hex(self) -> str:
        """The root as people compare it."""
        return bytes(self.root).hex()
