"""Text messages and messengers, by whatever service an Apprise address names: DingTalk, WeCom, Feishu, gateways."""

import logging
import warnings
from urllib.parse import quote, urlsplit

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from huiyin.kernel.ports import Health
from huiyin.notifications.ports import Message, Undeliverable

PHONE = "{phone}"


class Sms:
    """A text message to one telephone number, through the gateway of HUIYIN_SMS_URL."""

    def send(self, message: Message) -> None:
        """Hand the text to the gateway. Raises Undeliverable with a code, never with the gateway's words."""
        if not message.address or not message.address.lstrip("+").isdecimal():
            raise Undeliverable("no telephone number", permanent=True)
        _send(settings.HUIYIN_SMS_URL.replace(PHONE, quote(message.address, safe="")), message)

    def check(self) -> Health:
        """Whether the address of the gateway can be read; nothing is sent."""
        if PHONE in settings.HUIYIN_SMS_URL and _target(
            settings.HUIYIN_SMS_URL.replace(PHONE, "10000000000")
        ):
            return Health(ok=True, detail=_("The address of the text message gateway can be read."))
        return Health(
            ok=False, detail=_("HUIYIN_SMS_URL is no address that Apprise knows, or lacks {phone}.")
        )


class Chat:
    """A message to the messenger group that a unit named."""

    def send(self, message: Message) -> None:
        """Hand the text to the group's bot. Raises Undeliverable with a code, never with the messenger's words."""
        if not is_room(message.address):
            raise Undeliverable("not an allowed address", permanent=True)
        _send(message.address, message)

    def check(self) -> Health:
        """Works where the machine may reach the messenger; nothing is sent."""
        return Health(ok=True, detail=_("Messenger groups are named with the units."))


def is_room(url: str) -> bool:
    """Whether an address is one of a messenger that the installation allows, and Apprise can read it.

    Other kinds are refused: an address that opens any web page would let a user of Manage reach inner machines.
    """
    return urlsplit(url).scheme in settings.HUIYIN_CHAT_SCHEMES and _target(url) is not None


def _target(url: str) -> object | None:
    import apprise  # noqa: PLC0415 -- slow to load, and needed by the worker only

    # Apprise writes addresses, keys among them, into its log.
    logging.getLogger("apprise").setLevel(logging.CRITICAL + 1)
    target = apprise.Apprise()
    with warnings.catch_warnings():
        # Some of its hundred plug-ins, loaded with the first address, use parts of Python that are going.
        warnings.simplefilter("ignore", DeprecationWarning)
        return target if target.add(url) else None


def _send(url: str, message: Message) -> None:
    target = _target(url)
    if target is None:
        raise Undeliverable("address not understood", permanent=True)
    if not target.notify(body=message.body, title=message.subject):  # type: ignore[attr-defined]  # Apprise object
        # Apprise does not say why: every refusal is worth another attempt.
        raise Undeliverable("not accepted", permanent=False)
