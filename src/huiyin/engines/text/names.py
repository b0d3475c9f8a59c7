"""Names of persons after the words with which people introduce them.

A name is a known surname and one or two more characters (or foreign names joined by dots) right after a cue.
After a clear cue (“我叫”) little else is asked; after a weak one (“本人”, “我是”) the name must also end
where a name ends and be no ordinary word.
"""

import re
from collections.abc import Iterator

import rjieba

_SINGLE = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许邓冯韩曹曾彭萧肖蔡潘田董袁于余叶蒋杜苏魏程吕丁沈任姚卢傅付"
    "钟姜崔谭廖范汪陆金石戴贾韦夏邱方侯邹熊孟秦白江阎闫薛尹段雷黎史龙陶贺顾毛郝龚邵万钱严覃武莫孔向汤常温康施文牛樊葛邢安"
    "齐易乔伍庞颜倪庄聂章鲁岳翟殷詹申欧耿关兰焦俞左柳甘祝包宁尚符舒阮柯纪梅童凌毕单季裴霍涂成苗谷盛曲翁冉骆蓝路游辛"
    "靳管柴蒙鲍华喻祁蒲房滕屈饶解牟艾尤阳时穆农司卓古吉缪简车项连芦麦褚娄窦戚岑景党宫费卜冷晏席卫米柏宗瞿桂全佟应臧闵苟邬边"
    "卞姬师和仇栾隋商刁沙荣巫寇桑郎甄丛仲虞敖巩明佘池查麻苑迟邝官封谈匡鞠惠荆乐冀郁胥南班储原栗燕楚鄢劳谌奚皮"
    "粟冼蔺楼盘满闻位厉伊仝区郜海阚花权强帅屠豆朴盖练廉禹井祖漆巴丰支卿国狄平计索宣晋相初门云容敬来扈晁芮都普阙浦戈伏"
    "鹿薄邸雍辜羊阿乌母裘亓修邰赫杭况那宿鲜印逯隆茹诺战慕危玉银亢嵇公哈湛宾戎勾茅利於呼居揭干但尉冶斯元束檀衣信展阴昝智幸奉植"
    "衡富尧闭由"
)
_DOUBLE = frozenset(
    (
        *(
            "欧阳",
            "上官",
            "司马",
            "诸葛",
            "东方",
            "皇甫",
            "尉迟",
            "公孙",
            "慕容",
            "令狐",
            "司徒",
            "宇文",
            "长孙",
        ),
        *("夏侯", "轩辕", "端木", "独孤", "南宫", "呼延", "申屠", "拓跋", "闻人"),
    )
)
# Surnames that begin ordinary sentences more often than names: a weak cue does not make a name of them.
_DOUBTFUL = frozenset(
    "于和向时连有何应全都成方从自那能同对安常高金国公来到但由位相信单干居平强普计门阳明路区海农司官原支盖位权利丰盛满楼房荣"
)

_STRONG = re.compile(
    r"(?:我的?名字(?:是|叫|为)|本?人?名叫|我叫做?|本人叫|他叫|她叫|(?:真实|实名|申请人|投诉人|反映人|举报人|当事人|来电人|业主|户主|学生|患者)?姓名"
    r"(?:是|为|叫)?|(?:紧急)?联系人(?:是|为|姓名)?|联络人|经办人|签名|署名|(?:申请|投诉|反映|举报|信访|上访|来信|留言|诉求|陈情|检举|报案|求助|当事)人"
    r"(?:是|为)?|收件人|持卡人|开户名|户名|法定代表人|法人代表)[ 　\t]*(?P<colon>[:：,，;；]?)[ 　\t]*"
)
_WEAK = re.compile(
    r"(?:我是|本人是|本人系|本人为|本人|我系|业主|村民|居民|住户|市民|户主|车主|学生|患者|家长|员工|职工|负责人|此致敬礼)"
    r"[ 　\t]*[:：,，]?[ 　\t]*"
)
_HAN = re.compile("[㐀-䶿一-鿿]")
_DOTTED = re.compile("[㐀-䶿一-鿿]{1,8}(?:[·•・‧．][㐀-䶿一-鿿]{1,8}){1,3}")
# What stands right after a name.
_ENDS = re.compile(
    r"$|[^㐀-䶿一-鿿]|(?:是|系|为|家住|住在|现住|住|男|女|电话|手机|联系|身份证|现年|今年|现在|现|于|在|来自|的|因|想|要|有|来|"
    r"先生|女士|小姐|同志|老师|和|与|及|跟|性别|年龄|出生|户籍|籍贯|地址|汉族|以|向|对|我|您|请|特|曾|到|去|从|被|也|等)"
)
_FIRM_ENDS = re.compile(
    r"$|[^㐀-䶿一-鿿]|(?:男|女|电话|手机|联系|身份证|现年|今年|家住|住在|住址|性别|汉族|出生)"
)
# A third character that belongs to the sentence and not to the name.
_NOT_IN_NAMES = frozenset(
    "我你您他她它们的了是在有不也就都要想说请这那吗呢吧被把让和与及或电男女住来去到从向对问因"
)
_TITLES = frozenset(
    (
        *("先生", "女士", "小姐", "老师", "同志", "局长", "书记", "市长", "县长", "主任", "经理", "总", "工"),
        *("科长", "处长", "所长", "队长", "院长", "校长", "律师", "医生", "师傅", "老板", "阿姨", "大爷"),
        *("家人", "氏"),
    )
)
# Words that the segmenter's dictionary takes for names.
_WORDS = frozenset(("许可", "孙子", "孙女", "谢谢", "明天", "温馨", "安全", "高兴"))
_LATIN = re.compile(
    r"(?i:\b(?:my name is|my name's|i am called|ich hei(?:ß|ss)e|mein name ist|name)\b\s*[:：]?\s*)"
    r"(?P<name>[A-ZÀ-ÖØ-Þ][\w'’-]{0,30}(?:[ ][A-ZÀ-ÖØ-Þ][\w'’.-]{0,30}){0,3})"
)


def find(folded: str) -> Iterator[tuple[int, int]]:
    """Places of cued names in a text that went through `folding.same_length`."""
    for match in _STRONG.finditer(folded):
        yield from _after(folded, match.end(), strict=_is_loose(match))
    for match in _WEAK.finditer(folded):
        yield from _after(folded, match.end(), strict=True)
    for match in _LATIN.finditer(folded):
        yield match.span("name")


def _is_loose(match: re.Match[str]) -> bool:
    """Tell whether a cue is also an ordinary word (“联系人和…”, “姓名权”) that wants a colon to be a cue."""
    return not match["colon"] and not match[0].strip().endswith(("叫", "叫做", "是", "为"))


def _after(text: str, start: int, *, strict: bool) -> Iterator[tuple[int, int]]:
    if not strict and (dotted := _DOTTED.match(text, start)):
        yield dotted.span()
        return
    surname = _surname(text, start)
    if not surname:
        return
    end = _strict_end(text, start, surname) if strict else _end(text, start, surname)
    if end:
        yield start, end


def _surname(text: str, start: int) -> int:
    """Length of the surname that stands here, 0 if none does."""
    if text[start : start + 2] in _DOUBLE:
        return 2
    return 1 if text[start : start + 1] and text[start] in _SINGLE else 0


def _candidates(text: str, start: int, surname: int) -> list[int]:
    """Possible ends, longest first, all of Chinese characters."""
    given = 0
    while given < 2 and _HAN.match(text, start + surname + given):
        given += 1
    return [start + surname + size for size in range(given, 0, -1)]


def _end(text: str, start: int, surname: int) -> int:
    ends = _candidates(text, start, surname)
    ends = [end for end in ends if _can_be_name(text[start:end], surname)]
    for pattern in (_FIRM_ENDS, _ENDS):
        for end in ends:
            if pattern.match(text, end):
                return end
    return next((end for end in ends if not _is_word(text[start:end])), 0)


def _can_be_name(name: str, surname: int) -> bool:
    given = name[surname:]
    return not (_NOT_IN_NAMES.intersection(given) or given in _TITLES)


def _strict_end(text: str, start: int, surname: int) -> int:
    for end in _candidates(text, start, surname):
        name = text[start:end]
        if not (_FIRM_ENDS.match(text, end) and _can_be_name(name, surname)):
            continue
        if _is_word(name) or (surname == 1 and name[0] in _DOUBTFUL):
            continue
        return end
    return 0


def _is_word(name: str) -> bool:
    """Tell whether this is an ordinary word and not a person's name in the segmenter's dictionary."""
    if name in _WORDS:
        return True
    tagged = rjieba.tag(name)
    return len(tagged) == 1 and rjieba.has_word(name) and not tagged[0][1].startswith("nr")
