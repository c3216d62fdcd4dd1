"""Coordination items and duty lines out of the placed paragraphs."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from contracts.plans import Due, Duty, Item, ItemKind, Origin, Period
from services.planner.reading.bodies import BODY, SUBJECT, sentence, split_bodies
from services.planner.reading.dates import read_due
from services.planner.reading.passages import Cued, Passage
from services.planner.reading.scope import Reach, read_scope, under_heading
from services.planner.reading.structure import Placed, Zone
from services.planner.reading.targets import read_targets

FIRST_PAGE = 3000
"""Characters within which an item says whom it concerns; what a longer one lists after that is not searched."""

_REVIEW = Cued(
    r"^(?:(?:vào|trong|cuối|mỗi|hằng|hàng|kết thúc|định kỳ)\b[^.;:,]{0,50},\s+)?(?:định kỳ |hằng năm |hàng năm "
    r"|phối hợp |(?:hai|ba|các) (?:bên|ngành|cơ quan|đơn vị) |tiến hành )*(?:sơ kết|tổng kết)"
    r"|(?:hội nghị|tổ chức|họp|tiến hành|báo cáo)\s+(?:đánh giá[ ,]+)?(?:sơ kết|tổng kết)",
    "kết",
)
_AWARD = Cued(
    r"^(?:phối hợp |tổ chức |kịp thời |xét |đề nghị |các |tiến hành )*(?:biểu dương|khen thưởng|tôn vinh"
    r"|tuyên dương|trao giải|trao thưởng|bình (?:chọn|xét)|xét (?:chọn|tặng)|vinh danh)",
    "dương khen vinh trao xét bình",
)
_DERIVE = Cued(
    r"(?:xây dựng|ban hành|ký kết|lập)(?: và (?:triển khai|thực hiện|ban hành|ký kết))?\s+(?:chương trình, |nội dung )?"
    r"(?:quy chế|kế hoạch|chương trình)(?:[^.;:]{0,20} )?(?:phối hợp|liên tịch)",
    "hợp tịch",
)
_ON_REQUEST = Cued(
    r"\b(?:^(?:khi|trường hợp|nếu)\b"
    r"|khi\s+(?:\w+\s+){0,3}?(?:có\s+)?(?:yêu cầu|đề nghị|phát sinh|cần thiết|cần"
    r"|thông báo|biến động|phát động|kiến nghị|nhu cầu|vi phạm"
    r"|dịch|dấu hiệu|vụ việc|sự cố)\b|khi được\b|theo (?:yêu cầu|đề nghị|thông báo) của|đột xuất"
    r"|(?<=trường )nào (?:có|xảy ra)|(?<=đơn vị )nào (?:có|xảy ra))",
    "khi theo trường nếu đột nào",
)
_RECURRING = Cued(
    r"(?:hằng|hàng|mỗi) (?:năm|tháng|quý|tuần|học kỳ|học kì)|định kỳ|/ ?(?:tháng|tuần|quý|học kỳ|năm)\b"
    r"|(?:hai|ba|\d+) (?:năm|tháng|tuần) (?:một|0?1) lần|thường niên",
    "hằng hàng mỗi định / lần niên",
)
_EVENT = Cued(
    r"^(?:phối hợp )?(?:chỉ đạo,? )?(?:tổ chức|tham gia|phát động)\s+(?:tốt |thành công )?(?:\d+ )?(?:hội thi"
    r"|hội thao|hội nghị|hội diễn|hội khỏe|đại hội|lễ |giải |cuộc thi|ngày hội|liên hoan|tọa đàm|hội thảo)",
    "hội lễ giải cuộc hoan tọa",
)
_BODIES = rf"{BODY.pattern}(?:\s*(?:,|và)\s*{BODY.pattern}){{0,3}}"
_LEADS = Cued(
    rf"(?P<who>{BODY.pattern}(?:\s*(?:,|và|cùng)\s*{BODY.pattern}){{0,3}})\s+(?:là (?:đơn vị|cơ quan) )?"
    r"chủ trì\b(?!\s*:)",
    "trì",
    and_cues="chủ",
    exact=True,
)
_LED_BY = Cued(
    rf"\bdo\s+(?P<who>{BODY.pattern})(?:\s+(?:chủ trì|đảm nhiệm|đảm nhận)|\s*(?:[;.)]|(?m:$)))", "do", exact=True
)
_COLUMN = Cued(
    r"(?:\b(?i:chủ trì)|(?m:^)(?i:(?:người|đơn vị|bộ phận|cơ quan|lãnh đạo)\s+(?:phụ trách|chịu trách nhiệm|thực hiện)"
    r"|phân công|phụ trách|người thực hiện))[^\S\n]*(?:thực hiện)?[^\S\n]*:\s*(?P<under>[^\n.;]+)",
    ":",
    and_cues="trì trách hiện công",
    exact=True,
)
_WITH = Cued(
    rf"\b(?:[Pp]hối hợp(?: chặt chẽ)?(?:[^\S\n]*(?:thực hiện)?[^\S\n]*:|\s*(?:với|cùng))?"
    rf"|chủ trì,? cùng(?: với)?)\s+(?:các\s+)?(?P<who>{_BODIES})",
    "hợp cùng",
    exact=True,
)
_JOINS = Cued(rf"\bchủ trì,\s+(?P<who>{_BODIES})\s+phối hợp\b", "hợp", and_cues="trì", exact=True)
_DIRECTS = Cued(
    rf"(?:dưới sự (?:chỉ đạo|lãnh đạo) của\s+(?P<under>{BODY.pattern})|^(?P<who>{BODY.pattern})\s+(?:lãnh đạo"
    rf"|chỉ đạo)\b)",
    "đạo",
    exact=True,
)
_GIVEN = re.compile(rf"^(?i:giao|đề nghị|phân công)\s+(?:cho\s+)?(?:các\s+)?(?P<who>{_BODIES})")
_BEGINS = re.compile(
    rf"^(?:[^,.;]{{0,80}},\s+)?(?P<who>{BODY.pattern}(?:\s*(?:,|và"
    rf"|cùng(?: với)?)\s*(?:lãnh đạo\s+)?{BODY.pattern}){{0,3}})"
    r"(?=\s+[a-zà-ỹđ])"
)
_ALL = re.compile(
    r"(?:(?:hằng|hàng|định kỳ|mỗi|trong|vào|khi|cuối|đầu)\b[^,.;]{0,30},\s+)?(?P<who>(?:hai|ba|các) (?:bên|ngành"
    r"|cơ quan|đơn vị"
    r"|trường(?: học)?)(?:, các [^\W\d_]+ [^\W\d_]+)?)\b(?! trực)",
    re.IGNORECASE,
)
_BOTH = re.compile(r"\b(?P<who>hai (?:bên|ngành|cơ quan))\b", re.IGNORECASE)
_IN_CHARGE = re.compile(r"\n(?:Đơn vị|Cơ quan|Bộ phận|Chủ trì|Người)[^:\n]{0,30}:\s*(?P<who>[^\n]+)", re.IGNORECASE)
"""The column of a table of work that names who does it."""
_SCHEDULE = re.compile(r"(?:tháng|quý|học k[ỳì])\s+[\dIVX]", re.IGNORECASE)
"""A heading of a calendar of work: "Tháng 9/2025"."""
_PERSON = re.compile(
    r"(?:Trưởng|Phó|Tổ trưởng|Tổng phụ trách|Giáo viên|GVCN|Nhân viên|Cán bộ|Kế toán|Thủ quỹ|Bí thư|Cha mẹ|Đồng chí|Đ/c"
    r"|Ông|Bà|Các (?:tổ|đồng chí|thành viên|đoàn thể|ngành|chi hội|cơ quan|bộ phận|trường|đơn vị))\b"
)
"""Somebody of a school, named before a colon for what they do."""
_SIDE = re.compile(r"Bên (?:thứ )?\w+", re.IGNORECASE)
"""A party of an agreement by its letter: "Bên A"."""
_HEADING_PREFIX = re.compile(
    r"^(?:trách nhiệm (?:thực hiện )?(?:của\s+)?|nhiệm vụ của\s+|đối với\s+|về phía\s+)", re.IGNORECASE
)


def read_items(found: Iterable[Placed], period: Period, reach: Reach, issued: date | None) -> tuple[Item, ...]:
    """The items of the coordination part, in the document's order, with what their words say."""
    items: list[Item] = []
    heading, headed = None, reach
    for placed in found:
        if placed.zone is Zone.COORDINATION:
            if placed.headings and placed.headings[-1] is not heading:
                heading = placed.headings[-1]
                headed = under_heading(reach, [each.passage for each in placed.headings])
            items.append(_item(len(items) + 1, placed, period, headed if placed.headings else reach, issued))
    return tuple(items)


def _item(position: int, placed: Placed, period: Period, reach: Reach, issued: date | None) -> Item:
    passage = placed.passage
    page = passage if len(passage.text) <= FIRST_PAGE else passage.part(0, FIRST_PAGE)
    due, due_from = read_due(passage, period, issued)
    vague = not due_from or due.rule.startswith(("term:", "year:"))
    if vague and placed.headings and _SCHEDULE.match(placed.headings[-1].text):
        due, due_from = read_due(placed.headings[-1].passage, period, issued)
    targets, targets_from = read_targets(passage)
    kind, kind_from = read_kind(passage, due, [*targets_from, *due_from])
    scope, accountable, scope_from = read_scope(page, reach)
    bodies = read_bodies(page)
    return Item(
        position=position,
        section=placed.section,
        heading=placed.headings[-1].text if placed.headings else "",
        text=passage.text,
        kind=kind,
        due=due,
        targets=targets,
        lead=bodies.names("lead"),
        cooperating=bodies.names("cooperating"),
        directing=bodies.names("directing"),
        accountable=accountable,
        scope=scope,
        parts=tuple(part.text for part in placed.parts),
        lines=passage.lines,
        origins=(*kind_from, *due_from, *targets_from, *bodies.origins(), *scope_from),
    )


def read_kind(passage: Passage, due: Due, told: Sequence[Origin]) -> tuple[ItemKind, list[Origin]]:
    """How the item is done, by its words; the first that fits, from the most particular on.

    `told` is what its targets and its due rule were read from.
    """
    targets = [origin for origin in told if origin.field != "due"]
    dates = [origin for origin in told if origin.field == "due"]
    if told_by := _told_by(passage, dated=bool(dates)):
        kind, words = told_by
        return kind, [words.origin("kind")]
    terms = due.rule.split("+")
    exact = [term for term in terms if term.startswith(("before", "span")) or ":20" in term]
    # What is done by a day, and held at another, is done once: "đầu năm học, chậm nhất ngày 15/10/2025".
    once = len(terms) > 1 and len(exact) == 1
    recurs = (len(due.occurrences) > 1 and not once) or due.rule in {"yearly", "termly"}
    for kind, origins, sign in (
        (ItemKind.TARGET, targets, None),
        (ItemKind.RECURRING, dates if recurs else [], _RECURRING),
        (ItemKind.ONE_OFF, dates, _EVENT),
    ):
        if origins:
            return kind, [Origin(field="kind", text=origin.text, lines=origin.lines) for origin in origins]
        if sign and (found := sign.search(passage)):
            return kind, [passage.part(*found.span()).origin("kind")]
    return ItemKind.STANDING, []


def _told_by(passage: Passage, *, dated: bool) -> tuple[ItemKind, Passage] | None:
    """The kind that words alone make, with the words; of a review and an award the one that is named first."""
    review, award = _REVIEW.search(passage), _AWARD.search(passage)
    if award and (not review or award.start() < review.start()):
        return ItemKind.AWARD, passage.part(*award.span())
    if review:
        return ItemKind.REVIEW, passage.part(*review.span())
    if found := _DERIVE.search(passage):
        return ItemKind.DERIVE_PLAN, passage.part(*found.span())
    # A day is waited for, whatever else may ask for it.
    if not dated and (found := _ON_REQUEST.search(passage)):
        return ItemKind.ON_REQUEST, passage.part(*found.span())
    return None


@dataclass(frozen=True)
class Bodies:
    """The bodies that an item names, each once, by what they do: `lead`, `cooperating`, `directing`."""

    named: dict[str, dict[str, Passage]]

    def names(self, field: str) -> tuple[str, ...]:
        """Of those that lead, co-operate or direct."""
        return tuple(self.named[field])

    def origins(self) -> Iterator[Origin]:
        """Where each is named: `lead.1`, `cooperating.2`."""
        for field, names in self.named.items():
            for number, name in enumerate(names.values(), start=1):
                yield name.origin(f"{field}.{number}")


def read_bodies(passage: Passage) -> Bodies:
    """The bodies that lead, co-operate and direct, as the item names them."""
    passage = sentence(passage)
    lead = _named(passage, *_LEADS.finditer(passage), *_LED_BY.finditer(passage), *_COLUMN.finditer(passage))
    if not lead and (subject := SUBJECT.match(passage.text)):
        lead = _named(passage, subject)
    cooperating = _named(passage, *_JOINS.finditer(passage), *_WITH.finditer(passage))
    directing = _named(passage, *_DIRECTS.finditer(passage))
    return Bodies({"lead": lead, "cooperating": cooperating, "directing": directing})


def _named(passage: Passage, *matches: re.Match[str]) -> dict[str, Passage]:
    """The bodies that the matches name, each where it stands first."""
    names: dict[str, Passage] = {}
    for match in matches:
        words = passage.part(*match.span("under" if match.groupdict().get("under") else "who"))
        for name in split_bodies(words.text):
            if found := words.find(name):
                names.setdefault(name[:500], found)
    return names


def leads_named(text: str) -> tuple[str, ...]:
    """The bodies of which the text says that they lead ("chủ trì"), where it says so more than once."""
    if text.count("chủ trì") < 2:
        return ()
    found = _LEADS.finditer(Passage(text[:FIRST_PAGE]))
    return tuple(dict.fromkeys(match["who"][:500] for match in found))


def read_duties(found: Iterable[Placed]) -> tuple[Duty, ...]:
    """The lines of the implementation part; `who` by the heading above, else by the line's own words."""
    return tuple(
        Duty(who=_who(placed), text=placed.passage.text, lines=placed.passage.lines)
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
    if columns := _IN_CHARGE.search(placed.passage.text):
        return columns["who"].strip(" .;")
    text = placed.node.text
    before, colon, _ = text[:100].partition(":")
    if colon and (BODY.match(before) or _PERSON.match(before) or _SIDE.fullmatch(before)):
        return before.strip()
    if all_of := _ALL.match(text):
        return all_of["who"]
    found = _GIVEN.match(text) or _BEGINS.match(text) or _BOTH.search(text)
    return found["who"] if found else ""
