"""What a column of a file can mean, and the headers by which it is recognised."""

import re
import unicodedata
from enum import StrEnum

from django.db import models
from django.utils.translation import gettext_lazy as _


class Field(models.TextChoices):
    """The facts of a case that a column can hold. The values are the headers that an export writes."""

    EXTERNAL_ID = "external_id", _("Number in the source")
    SOURCE = "source", _("Source")
    NUMBER = "number", _("Case number")
    RECEIVED_AT = "received_at", _("Received")
    CHANNEL = "channel", _("Channel")
    KIND = "kind", _("Kind")
    SERVICE = "service", _("Service")
    UNIT = "unit", _("Unit")
    AREA = "area", _("Area")
    PLACE = "place", _("Place")
    LAT = "lat", _("Latitude")
    LON = "lon", _("Longitude")
    LANGUAGE = "language", _("Language of the answer")
    URGENCY = "urgency", _("Urgency class")
    ANONYMITY = "anonymity", _("Who may know the name")
    TITLE = "title", _("Title")
    TEXT = "text", _("Text")
    STATE = "state", _("State")
    OUTCOME = "outcome", _("Outcome")
    REASON = "not_accepted_reason", _("Why it was not accepted")
    ASSIGNED_AT = "assigned_at", _("Sent to the unit")
    ACCEPTED_AT = "accepted_at", _("Signed for")
    CONTACTED_AT = "contacted_at", _("First contact")
    PROMISED_AT = "promised_at", _("Answer promised")
    DUE_AT = "due_at", _("Answer due")
    ANSWERED_AT = "answered_at", _("Answered")
    DAYS = "days_to_answer", _("Days until the answer")
    CLOSED_AT = "closed_at", _("Closed")
    REPLY = "reply", _("Answer")
    NAME = "name", _("Name of the person")
    PHONE = "phone", _("Phone")
    EMAIL = "email", _("E-mail")
    ADDRESS = "contact_address", _("Address of the person")
    EXTRAS = "extra", _("Further facts (JSON)")
    EXTRA = "keep", _("Keep as a further fact")
    IGNORE = "ignore", _("Leave out")


F = Field
CONTACT = (F.NAME, F.PHONE, F.EMAIL, F.ADDRESS)


class Known(StrEnum):
    """Whether a header was recognised."""

    RECOGNISED = "recognised"
    KEPT = "kept"
    UNKNOWN = "unknown"


# One line per meaning; earlier headers win where a file has several columns of one meaning. Compared by `plain`.
HEADERS: dict[Field, str] = {
    F.EXTERNAL_ID: (
        "external_id 信件编号 来电来信编号 工单编号 工单号 办件编号 受理编号 办理编号 留言编号 "
        "业务编号 统一申办号 诉求编号  "
        "编号 流水号 id unique_key msg_id service_request_id case_id key 链接 url 序号"
    ),
    F.SOURCE: "source source_system",
    F.RECEIVED_AT: (
        "received_at 来信时间 来电时间 诉求时间 提交时间 提交日期 写信时间 写信日期 来信日期 申请日期 "
        "留言时间 咨询时间 反映时间  "
        "提问时间 发言时间 问政时间 发起时间 受理日期 登记时间 创建时间 时间 日期 发布时间 "
        "created created_at created_date opendate open_date posted_at reported_at requested_datetime "
        "eingang erstellt"
    ),
    F.ACCEPTED_AT: "accepted_at 受理时间 签收时间",
    F.ASSIGNED_AT: "assigned_at 转办时间 派单时间",
    F.CONTACTED_AT: "contacted_at",
    F.PROMISED_AT: "promised_at",
    F.DUE_AT: "due_at 办理时限 due_date expected_datetime",
    F.ANSWERED_AT: (
        "answered_at 回复时间 回复日期 答复时间 答复日期 回信时间 反馈时间 办理时间 处理时间 replied_at"
    ),
    F.DAYS: "days_to_answer days_to_final_reply",
    F.CLOSED_AT: "closed_at 办结时间 办结日期 closedate closed_date close_date",
    F.CHANNEL: "channel 渠道 受理来源 办件来源 来源 来电来信渠道 open_data_channel_type kanal",
    F.KIND: (
        "kind 信件类型 来信类型 诉求类别 信访目的 受理件类型 办件类型 信件类别 工单分类 所属类型 类型 "
        "nature 诉求类型 事项性质"
    ),
    F.SERVICE: (
        "service 问题分类 问题类型 问题类别 内容分类 诉求分类 受理事项 类别 service_name "
        "complaint_type category kategorie label"
    ),
    F.UNIT: (
        "unit 承办单位 主办单位 办理单位 办理部门 处理单位 处理部门 受理单位 受理部门 答复单位 "
        "答复部门 回复单位 回复部门 转办单位  "
        "受理人(单位) 受文单位 回文单位 牵头部门 督办部门 收件人 接收人 留言对象 department "
        "agency_name agency_responsible amt"
    ),
    F.AREA: "area 工单所属地 各区 区县 所属区域 district borough",
    F.PLACE: "place 地址 地点 事发地址 诉求地址 address incident_address adresse",
    F.LAT: "lat latitude 纬度",
    F.LON: "lon lng long longitude 经度",
    F.LANGUAGE: "language",
    F.URGENCY: "urgency 紧急程度",
    F.ANONYMITY: "anonymity anonymous 是否匿名",
    F.TITLE: (
        "title 信件标题 来信标题 诉求标题 诉求主题 反映标题 信件主题 来信主题 受理件标题 办件标题 "
        "办件名称 信件标题题 主题 标题  "
        "正在问 网友提问 subject betreff"
    ),
    F.TEXT: (
        "text 来信内容 信件内容 反映内容 留言内容 发言内容 问政内容 受理件内容 诉求内容 内容 正文 "
        "body description beschreibung"
    ),
    F.STATE: (
        "state 处理状态 办理状态 受理状态 回复状态 信件状态 当前状态 状态 办理环节 办理跟踪 status"
    ),
    F.OUTCOME: "outcome 办理结论",
    F.REASON: "not_accepted_reason",
    F.REPLY: (
        "reply 回复内容 答复内容 回复意见 办结回复 部门回复内容 信件回复 单位回复 处理结果 办理结果 "
        "办理内容 处理情况 办理情况 答复情况  "
        "回复 结果 resolution antwort"
    ),
    F.NAME: (
        "name 姓名 来信人 写信人 申请人 诉求人 联系人姓名 提交人 提交者 发送人 发表人 问政人 网友 "
        "网民 发布账号 user"
    ),
    F.PHONE: "phone 电话 手机 手机号 手机号码 联系电话 来电号码 telephone mobile telefon",
    F.EMAIL: "email 邮箱 电子邮箱 电子邮件 mail",
    F.ADDRESS: "contact_address 联系地址 通讯地址 住址",
    F.EXTRAS: "extra",
    F.NUMBER: "number",
    # Recognised, and about the web page or its visitors rather than the case: kept as they are.
    F.EXTRA: (
        "满意度 用户满意度评价 回复满意度 网友评价 评价 评价结果 评价人数 评价时间 来信人评议 "
        "群众评议 回复评价 回访结果 补充反馈  "
        "满意数 不满意数 满意率 赞 踩 人气 浏览 浏览次数 浏览量 浏览数 浏览记录 访问量 点击数 "
        "点击次数 关注度 评论数 附件 附件2  "
        "是否公开 是否超时 审核时间 回复人 回复标题 答复人 受理人 联系人 发言单位 发言人及职位 "
        "单位简介 提交部门  "
        "单位地区分类ip及日期 descriptor zip incident_zip community_board council_dist "
        "council_district account agency  "
        "location_type city police_precinct updated_at upvotes downvotes released_at checked_at district_raw "
        "river district_by_river transfers reply_suggests_transfer_to days_to_first_transfer "
        "days_to_first_explanation  "
        "days_to_first_progress sy_explained rb_complete rb_explained sources pred_cjay pred_tm_a "
        "pred_tm_b silver votes strict"
    ),
}  # fmt: skip
_PREFIX = re.compile(r"^[0-9a-z](?=[一-鿿])")


def plain(header: str) -> str:
    """A header as it is compared: no blanks, marks, case, full-width letters, or numbering."""
    text = unicodedata.normalize("NFKC", header).lower()
    text = re.sub(r"[\s_\-:*]+|\(\d+\)$", "", text)
    return _PREFIX.sub("", text)


_RANKS: dict[str, tuple[Field, int]] = {
    plain(word): (field, rank) for field, words in HEADERS.items() for rank, word in enumerate(words.split())
}


def recognise(header: str) -> tuple[Field, int] | None:
    """What a header means, and how strong its claim is among others of that meaning (0: strongest)."""
    return _RANKS.get(plain(header))
