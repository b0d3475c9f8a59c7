"""No channel: what stands where no mail server is configured. It says so instead of pretending."""

from django.utils.translation import gettext_lazy as _

from huiyin.kernel.ports import Health
from huiyin.notifications.ports import Message, Undeliverable


class Null:
    """Delivers nothing."""

    def send(self, message: Message) -> None:  # noqa: ARG002 -- the seam's signature
        """Refuse: a notice that went nowhere must not be called sent."""
        raise Undeliverable("not configured", permanent=True)

    def check(self) -> Health:
        """Works as intended; says that nothing leaves."""
        return Health(ok=True, detail=_("No mail server is configured: notices are recorded and not sent."))
