"""Coordination items and duty lines out of the placed paragraphs."""

import re
from collections.abc import Iterable, Sequence

from contracts.plans import Due, Duty, Item, ItemKind, Period, Target
from services.planner.reading.bodies import BODY, split_bodies
from services.planner.reading.dates import read_due
from services.planner.reading.scope import Reach, read_scope
from services.planner.reading.structure import Placed, Zone
from services.planner.reading.targets import read_targets

FIRST_PAGE = 3000
"""Characters within which an item says whom it concerns; what a longer one lists after that is not searched."""

_REVIEW = re.compile(
    r"^(?:định kỳ |hằng năm |hàng năm |phối hợp )*(?:sơ kết|tổng kết)"
    r"|(?:hội nghị|tổ chức|họp|tiến hành|báo cáo)\s+(?:đánh giá[ ,]+)?(?:sơ kết|tổng kết)",
    re.IGNORECASE,
)
_AWARD = re.compile(
    r"^(?:phối hợp |tổ chức |kịp thời |xét |đề nghị |các |tiến hành )*(?:biểu dương|khen thưởng|tôn vinh"
    r"|tuyên dương|trao giải"
    r"|trao thưởng|bình xét thi đua|xét chọn|vinh danh)",
    re.IGNORECASE,
)
_DERIVE = re.compile(
    r"(?:xây dựng|ban hành|ký kết|lập)(?: và (?:triển khai|thực hiện|ban hành|ký kết))?\s+(?:chương trình, |nội dung )?"
    r"(?:quy chế|kế hoạch|chương trình)(?:[^.;:]{0,20} )?(?:phối hợp|liên tịch)",
    re.IGNORECASE,
)
_ON_REQUEST = re.compile(
    r"\bkhi\s+(?:\w+\s+){0,3}?(?:có\s+)?(?:yêu cầu|đề nghị|phát sinh|cần thiết|cần)\b|theo (?:yêu cầu|đề nghị) của",
    re.IGNORECASE,
)
_RECURRING = re.compile(
    r"(?:hằng|hàng|mỗi) (?:năm|tháng|quý|tuần|học kỳ|học kì)|định kỳ|/ ?(?:tháng|tuần|quý|học kỳ|năm)\b", re.I
)
_EVENT = re.compile(
    r"^(?:phối hợp )?(?:chỉ đạo,? )?(?:tổ chức|tham gia|phát động)\s+(?:tốt |thành công )?(?:\d+ )?(?:hội thi"
    r"|hội thao|hội nghị"
    r"|hội diễn|hội khỏe|đại hội|lễ |giải |cuộc thi|ngày hội|liên hoan|tọa đàm|hội thảo)",
    re.IGNORECASE,
)
_CLAUSE = r"(?:(?!\bchủ trì\b)[^.;:]){0,120}?"
_LEADS = re.compile(
    rf"(?P<who>{BODY.pattern}(?:\s*(?:,|và|cùng)\s*{BODY.pattern}){{0,3}})\s+(?:là (?:đơn vị|cơ quan) )?chủ trì\b"
)
_LED_BY = re.compile(rf"(?:\bdo|\b(?i:chủ trì)\s*:)\s+(?P<who>{BODY.pattern})(?:\s+chủ trì|\s*(?:[;.)]|$))", re.M)
_WITH = re.compile(
    rf"\b(?:phối hợp(?: chặt chẽ)?\s*(?::|với|cùng)|Phối hợp\s*:)\s+(?:các\s+)?(?P<who>{BODY.pattern}(?:\s*(?:,"
    rf"|và)\s*{BODY.pattern}){{0,3}})"
)
_DIRECTS = re.compile(
    rf"(?:dưới sự (?:chỉ đạo|lãnh đạo) của\s+(?P<under>{BODY.pattern})|^(?P<who>{BODY.pattern})\s+(?:lãnh đạo"
    rf"|chỉ đạo)\b)"
)
_SUBJECT = re.compile(
    rf"^(?P<who>{BODY.pattern})\s+(?:(?:chịu )?(?:có )?trách nhiệm|phối hợp|chủ động|thường xuyên|tổ chức|xây dựng"
    rf"|rà soát"
    r"|tiếp tục|cần|triển khai|báo cáo|phân công|lập|kiểm tra|hướng dẫn)\b"
)
_GIVEN = re.compile(
    rf"^(?i:giao|đề nghị|phân công)\s+(?:cho\s+)?(?:các\s+)?(?P<who>{BODY.pattern}(?:\s*(?:,"
    rf"|và)\s*{BODY.pattern}){{0,3}})"
)
_BEGINS = re.compile(
    rf"^(?:[^,.;]{{0,80}},\s+)?(?P<who>{BODY.pattern}(?:\s*(?:,|và"
    rf"|cùng(?: với)?)\s*(?:lãnh đạo\s+)?{BODY.pattern}){{0,3}})"
    r"(?=\s+[a-zà-ỹđ])"
)
_HEADING_PREFIX = re.compile(
    r"^(?:trách nhiệm (?:thực hiện )?(?:của\s+)?|nhiệm vụ của\s+|đối với\s+|về phía\s+)", re.IGNORECASE
)


def coordination_text(placed: Placed) -> str:
    """The item's words: its own and, a line each, those of its parts."""
    return "\n".join([placed.node.text, *(part.text for part in placed.parts)])


def last_line(placed: Placed) -> int:
    """The last source line of the item with its parts."""
    return max([placed.node.last, *(part.last for part in placed.parts)])


def read_items(found: Iterable[Placed], period: Period, reach: Reach) -> tuple[Item, ...]:
    """The items of the coordination part, in the document's order, with what their words say."""
    coordination = [placed for placed in found if placed.zone is Zone.COORDINATION]
    return tuple(_item(position, placed, period, reach) for position, placed in enumerate(coordination, start=1))


def _item(position: int, placed: Placed, period: Period, reach: Reach) -> Item:
    text = coordination_text(placed)
    due, targets = read_due(text, period), read_targets(text)
    scope, accountable = read_scope(text[:FIRST_PAGE], reach)
    lead, cooperating, directing = read_bodies(text[:FIRST_PAGE])
    return Item(
        position=position,
        section=placed.section,
        heading=placed.headings[-1].text if placed.headings else "",
        text=text,
        kind=read_kind(text, due, targets),
        due=due,
        targets=targets,
        lead=lead,
        cooperating=cooperating,
        directing=directing,
        accountable=accountable,
        scope=scope,
        parts=tuple(part.text for part in placed.parts),
        lines=(placed.node.first, last_line(placed)),
    )


def read_kind(text: str, due: Due, targets: Sequence[Target]) -> ItemKind:
    """How the item is done, by its words; the first that fits, from the most particular on."""
    rule = due.rule.partition(":")[0]
    recurs = len(due.occurrences) > 1 or rule in {"yearly", "termly"} or bool(_RECURRING.search(text))
    signs = (
        (ItemKind.REVIEW, _REVIEW.search(text)),
        (ItemKind.AWARD, _AWARD.match(text)),
        (ItemKind.DERIVE_PLAN, _DERIVE.search(text)),
        (ItemKind.ON_REQUEST, _ON_REQUEST.search(text)),
        (ItemKind.TARGET, targets),
        (ItemKind.RECURRING, recurs),
        (ItemKind.ONE_OFF, rule != "none" or _EVENT.match(text)),
    )
    return next((kind for kind, sign in signs if sign), ItemKind.STANDING)


Names = tuple[str, ...]


def read_bodies(text: str) -> tuple[Names, Names, Names]:
    """The bodies that lead, co-operate and direct, as the item names them."""
    lead: list[str] = []
    cooperating: list[str] = []
    if "chủ trì" in text.lower():
        found = [match["who"] for pattern in (_LEADS, _LED_BY) for match in pattern.finditer(text)]
        lead = [name for who in found for name in split_bodies(who)]
    if not lead and (subject := _SUBJECT.match(text)):
        lead = split_bodies(subject["who"])
    if "phối hợp" in text.lower():
        cooperating = [name for match in _WITH.finditer(text) for name in split_bodies(match["who"])]
    directing = [name for match in _DIRECTS.finditer(text) for name in split_bodies(match["under"] or match["who"])]
    return _names(lead), _names(cooperating), _names(directing)


def _names(names: Iterable[str]) -> Names:
    return tuple(dict.fromkeys(name[:500] for name in names))


def leads_named(text: str) -> Names:
    """The bodies of which the text says that they lead ("chủ trì")."""
    return _names(match["who"] for match in _LEADS.finditer(text[:FIRST_PAGE])) if "chủ trì" in text else ()


def read_duties(found: Iterable[Placed]) -> tuple[Duty, ...]:
    """The lines of the implementation part; `who` by the heading above, else by the line's own words."""
    return tuple(
        Duty(who=_who(placed), text=coordination_text(placed), lines=(placed.node.first, last_line(placed)))
        for placed in found
        if placed.zone is Zone.IMPLEMENTATION
    )


def _who(placed: Placed) -> str:
    if (
        placed.headings
        and (named := _HEADING_PREFIX.sub("", placed.headings[-1].text).strip(" :.;"))
        and BODY.match(named)
    ):
        return named
    text = placed.node.text
    before, colon, _ = text[:100].partition(":")
    if colon and BODY.match(before):
        return before.strip()
    found = _GIVEN.match(text) or _BEGINS.match(text)
    return found["who"] if found else ""
