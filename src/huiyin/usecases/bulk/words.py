"""Words in cells that stand for one of our choices, as real files write them."""

from collections.abc import Iterable, Mapping
from typing import Any

from huiyin.cases.enums import Anonymity, NotAcceptedReason, Outcome, State
from huiyin.catalogue.enums import Kind, Urgency

YES = frozenset({"1", "true", "yes", "y", "ja", "是", "匿名", "有"})
NO = frozenset({"0", "false", "no", "n", "nein", "否", "实名", "實名", "无"})
# What offices write into a cell that has to be filled.
NOTHING = frozenset(("无", "無", "-", "--", "/", "n/a", "na", "null", "none", "不详", "不詳", "未知", "暂无"))

_KINDS = {
    Kind.COMPLAINT: "投诉 投诉类 投诉举报 投訴 陈情 陳情 反映 complaint beschwerde",
    Kind.ENQUIRY: "咨询 咨询类 諮詢 询问 查詢 enquiry inquiry question anfrage frage",
    Kind.HELP: "求助 求助类 求决 申诉求决 求決 help request",
    Kind.REPORT: "举报 举报类 舉報 检举 检举控告 檢舉 report",
    Kind.SUGGESTION: "建议 建议类 意见建议 意见 建議 建言献策 suggestion idee vorschlag",
    Kind.PRAISE: "表扬 表扬类 感谢 表揚 嘉許 讚揚 praise lob",
}
_STATES = {
    State.RECEIVED: (
        "待受理 未受理 待处理 未处理 待审核 未回复 未答复 待回复 待办 新建 已提交 已收件 new open "
        "offen eingetroffen neu pending submitted"
    ),
    State.ASSIGNED: "已转办 已派单 待签收 转办中 已交办 assigned zugewiesen",
    State.ACCEPTED: "已受理 受理 已签收 accepted",
    State.IN_PROGRESS: (
        "处理中 办理中 受理中 正在办理 正在处理 回复中 在办 部分回复 inprogress inarbeit "
        "inbearbeitung started"
    ),
    State.ANSWERED: "已回复 已答复 已反馈 答复 回复 已回信 answered beantwortet",
    State.CLOSED: (
        "已办结 办结 已处理 处理完成 已完成 完成 已结案 结案 已归档 归档 已关闭 关闭 已公开 已发布 "
        "办理完毕 处理完毕 办理完成 准予许可"
        "closed abgeschlossen behoben erledigt geschlossen resolved done"
    ),
    State.NOT_ACCEPTED: (
        "不予受理 不受理 未予受理 不予许可 退回 已退回 notaccepted rejected abgelehnt declined"
    ),
    State.WITHDRAWN: "已撤回 撤回 已撤销 撤销 撤案 withdrawn cancelled canceled zurückgezogen",
}
_OUTCOMES = {
    Outcome.SOLVED: "已解决 解决 resolved",
    Outcome.PARTLY: "部分解决 partlysolved",
    Outcome.EXPLAINED: "解释说明 已解释 说明",
    Outcome.CANNOT: "无法解决 未解决",
    Outcome.REFERRED: "转其他渠道 已转",
    Outcome.WITHDRAWN: "撤回",
    Outcome.DUPLICATE: "重复 重复件 duplicate",
}
_URGENCIES = {
    Urgency.EMERGENCY: "特急 紧急 突发",
    Urgency.ORDINARY: "一般 普通 normal",
    Urgency.COMPLEX: "复杂 疑难",
}
_CHANNELS = {
    "web": "网站 网页 门户网站 官网 互联网 online web internet 微博 website",
    "phone": "电话 热线 来电 12345热线 phone call call115 telefon",
    "mail": "邮件 邮箱 电子邮件 e-mail email mail",
    "letter": "来信 信件 信函 letter brief",
    "visit": "来访 走访 visit",
    "counter": "窗口 现场 counter",
    "sms": "短信 sms",
    "api": "api",
}


def _reversed(table: Mapping[Any, str], codes: Iterable[str] = ()) -> dict[str, str]:
    """From each word to its code; a code stands for itself."""
    found = {word: str(code) for code, words in table.items() for word in words.split()}
    return found | {code.replace("_", ""): code for code in codes}


KINDS = _reversed(_KINDS, Kind.values)
STATES = _reversed(_STATES, State.values)
OUTCOMES = _reversed(_OUTCOMES, Outcome.values)
URGENCIES = _reversed(_URGENCIES, Urgency.values)
CHANNELS = _reversed(_CHANNELS, _CHANNELS)
REASONS = _reversed({}, NotAcceptedReason.values)
ANONYMITIES = _reversed({}, Anonymity.values)


def plain(cell: str) -> str:
    """A cell as these words are compared."""
    return cell.strip().lower().replace(" ", "").replace("_", "")
