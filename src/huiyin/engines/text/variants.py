"""Everyday words that mean one thing: what people say, what officials write, what Taiwan and Hong Kong write.

Only for search, where finding one more case costs little. Every group is in Simplified characters, as after
`normalise`. Not a thesaurus: a pair belongs here when a desk officer who typed one would be surprised to miss
the other.
"""

GROUPS: tuple[tuple[str, ...], ...] = (
    ("噪音", "噪声", "噪音扰民", "噪声扰民", "噪音污染", "噪声污染"),
    ("公交车", "公交", "公车", "巴士"),
    ("地铁", "捷运", "港铁"),
    ("出租车", "计程车", "的士"),
    ("摩托车", "机车", "电单车"),
    ("自行车", "单车", "脚踏车"),
    ("身份证", "身分证"),
    ("网络", "网路"),
    ("软件", "软体"),
    ("手机", "行动电话"),
    ("信息", "资讯"),
    ("下水道", "排水管", "污水管", "水沟", "沟渠"),
    ("井盖", "窨井盖", "人孔盖", "沙井盖"),
    ("马路", "道路"),
    ("坑洞", "坑洼", "路面破损", "路面塌陷"),
    ("人行道", "行人道", "便道"),
    ("斑马线", "人行横道", "行人穿越道"),
    ("红绿灯", "信号灯", "交通灯", "号志灯"),
    ("停车位", "车位"),
    ("违建", "违章建筑", "违法建筑", "违规建筑", "僭建"),
    ("厕所", "公厕", "洗手间", "卫生间"),
    ("电梯", "升降机"),
    ("自来水", "供水"),
    ("供暖", "暖气", "供热"),
    ("医保", "医疗保险", "健保"),
    ("社保", "社会保险"),
    ("公积金", "住房公积金"),
    ("低保", "最低生活保障"),
    ("幼儿园", "幼稚园"),
    ("拖欠工资", "欠薪", "拖欠薪资"),
    ("物业", "物管"),
    ("城管", "城市管理"),
)

BY_WORD: dict[str, tuple[str, ...]] = {word: group for group in GROUPS for word in group}
