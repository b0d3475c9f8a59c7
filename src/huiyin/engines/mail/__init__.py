"""Reading mails as they really come: any encoding, any nesting, broken or not. Plain functions, nothing is stored."""

from huiyin.engines.mail.kinds import Bounce, bounce, is_automatic
from huiyin.engines.mail.parts import Attachment
from huiyin.engines.mail.reading import Mail, Unreadable, read

__all__ = ["Attachment", "Bounce", "Mail", "Unreadable", "bounce", "is_automatic", "read"]
