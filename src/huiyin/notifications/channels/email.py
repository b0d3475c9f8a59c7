"""E-mail, by whatever backend Django's settings name."""

import smtplib

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.utils.translation import gettext_lazy as _

from huiyin.kernel.ports import Health
from huiyin.notifications.ports import Message, Undeliverable

# Signing in to the mail server failed: the installation's fault, mended by its administrator, worth another attempt.
SIGN_IN_FAILED = {530, 534, 535, 538}


class Email:
    """Plain text mail to one address."""

    def send(self, message: Message) -> None:
        """Hand the mail to the server. Raises Undeliverable with the server's code, never with its words."""
        try:
            mail = EmailMessage(
                message.subject,
                message.body,
                to=[message.address],
                reply_to=_reply_to(message.ident),
                headers={"Message-ID": f"<{message.ident}>", "Auto-Submitted": "auto-generated"},
            )
            if not mail.send():
                raise Undeliverable("nobody to send to", permanent=True)
        except smtplib.SMTPRecipientsRefused as error:
            codes = [code for code, _text in error.recipients.values()]
            raise _undeliverable(error, max(codes, default=0)) from None
        except smtplib.SMTPResponseException as error:
            raise _undeliverable(error, error.smtp_code) from None
        except (ValueError, smtplib.SMTPNotSupportedError) as error:
            # A header or an address that cannot be written: no later attempt can.
            raise Undeliverable(type(error).__name__, permanent=True) from None
        except OSError as error:
            raise Undeliverable(type(error).__name__, permanent=False) from None

    def check(self) -> Health:
        """Open a connection and close it again."""
        try:
            connection = get_connection()
            connection.open()
            connection.close()
        except (OSError, ValueError):
            return Health(ok=False, detail=_("The mail server cannot be reached."))
        return Health(ok=True, detail=_("The mail server answers."))


def _reply_to(ident: str) -> list[str]:
    """Where an answer goes, with a token by which it finds its case; nowhere where no mail is taken in."""
    local, at, domain = settings.HUIYIN_MAIL_ADDRESS.partition("@")
    return [f"{local}+{ident.partition('@')[0]}@{domain}"] if at else []


def _undeliverable(error: Exception, code: int) -> Undeliverable:
    permanent = 500 <= code < 600 and code not in SIGN_IN_FAILED
    return Undeliverable(f"{type(error).__name__} {code}", permanent=permanent)
