from django.db import models
from django.utils.translation import gettext_lazy as _

from huiyin.kernel.models import Model


class ReplyTemplate(Model):
    """Text for replies, with variables in braces: {number}, {service}, {unit}, {deadline}, {officer}."""

    PERSONAL = {}
    title = models.CharField(_("title"), max_length=100)
    text = models.TextField(_("text"))
    language = models.CharField(_("language"), max_length=10, default="zh-hans")
    service = models.ForeignKey(
        "catalogue.Service", models.CASCADE, null=True, blank=True, related_name="reply_templates"
    )
    state = models.CharField(_("for cases in state"), max_length=20, blank=True)
    unit = models.ForeignKey("organisations.Unit", models.CASCADE, null=True, blank=True, related_name="+")
    is_active = models.BooleanField(_("offered"), default=True)

    class Meta:
        verbose_name = _("reply template")
        ordering = ["title"]
