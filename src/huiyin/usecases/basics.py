"""What every installation needs before its first case: channels, and a working calendar with China's official days."""

from huiyin.cases.operations import indexing
from huiyin.catalogue import operations as catalogue
from huiyin.catalogue import queries as channels
from huiyin.engines import worktime
from huiyin.kernel import clock
from huiyin.organisations import operations as organisations
from huiyin.organisations import queries as calendars
from huiyin.people.operations import purposes

CHANNELS = {
    "web": ("网页", "網頁", "Web"),
    "phone": ("电话", "電話", "Phone"),
    "counter": ("窗口", "臨櫃", "Counter"),
    "letter": ("来信", "來信", "Letter"),
    "visit": ("来访", "來訪", "Visit"),
    "email": ("电子邮件", "電子郵件", "E-mail"),
    "sms": ("短信", "簡訊", "SMS"),
    "api": ("接口", "介面", "API"),
    "import": ("导入", "匯入", "Import"),
}
AT_DESK = {"phone", "counter", "letter", "visit", "email", "sms"}
OFFICE_HOURS = "09:00-12:00, 13:00-18:00"


def ensure() -> None:
    """Create the channels, purposes and default calendar that are missing, begin the indexes; what is there stays."""
    for code, (simplified, traditional, english) in CHANNELS.items():
        if channels.channel(code) is None:
            names = {"zh-hans": simplified, "zh-hant": traditional, "en": english}
            catalogue.create_channel(code, names=names, actor="system")
            made = channels.channel(code)
            if made is not None and code in AT_DESK:
                catalogue.change_channel(made, names=names, uses={"desk", "active"}, actor="system")
    purposes.ensure()
    indexing.begin()
    if calendars.default_calendar() is None:
        weekly = [OFFICE_HOURS] * 5 + ["", ""]
        made_calendar = organisations.create_calendar(
            "办公时间 Office hours", time_zone="Asia/Shanghai", weekly=weekly, actor="system"
        )
        years = range(clock.today().year - 1, worktime.last_year() + 1)
        organisations.import_official_days(made_calendar, years=list(years), actor="system")
