"""What an officer should look at before a plan is signed.

Codes: `number-blank`, `no-number`, `date-missing`, `date-impossible`, `date-outside-period`, `period-unclear`,
`no-parties`, `signature-missing`, `no-scope`, `unknown-recipient`, `duplicate-duty`, `duplicate-item`,
`heading-as-item`, `unbalanced-quotes`, `unbalanced-marks`, `item-cut-off`, `two-leads`, `not-read`, `appendix`,
`basis-replaced`, `unknown-unit`, `scope-unsure`. `message` is for programs and operators;
`services.planner.rules.wording` says the same to officers, by code and `about`.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from functools import lru_cache

from contracts.plans import Duty, Item, LegalBasis, Origin, Party, Period, Warning
from services.planner.reading.bodies import role_of
from services.planner.reading.day_words import is_day
from services.planner.reading.exclusions import without_exclusions
from services.planner.reading.header import Header
from services.planner.reading.items import leads_named
from services.planner.reading.lines import LAST_WORDS, Line
from services.planner.reading.passages import Passage
from services.planner.reading.replaced import replacement
from services.planner.reading.scope import Reach
from services.planner.reading.structure import Placed, Zone, bare
from services.planner.reading.tail import Tail
from services.planner.reading.targets import read_targets
from services.planner.rules.calendar import reach as period_reach

_CUT_OFF = re.compile(
    r"(?:,|\b(?:và|hoặc|của|với|cho|về|các|những|cùng|do|tại|theo|trong|từ|đến|để|bởi|là|năm))$", re.IGNORECASE
)
_AIM = re.compile(r"(?:mục tiêu|chỉ tiêu|mục đích)\b", re.IGNORECASE)
_LEAVES_OUT = re.compile(r"[Tt]rừ|[Nn]goài|không")
_KNOWN_RECIPIENT = re.compile(
    r"\b(?:sở|phòng|bộ|ban|ubnd|hđnd|đảng|tỉnh ủy|huyện ủy|thành ủy|quận ủy|thị ủy|liên đoàn|lđlđ|công đoàn|cđ\w*"
    r"|trường|bgh"
    r"|bch\w*|btv|đoàn|huyện đoàn|tỉnh đoàn|hội|trung tâm|trạm|bệnh viện|đơn vị|cơ quan|ngành|tổ|chi bộ|cấp ủy"
    r"|lãnh đạo|công an|mặt trận|thường trực|thành viên|trang thông tin|hkh|vt"
    r"|giám đốc|hiệu trưởng|thủ trưởng|ctcđ|chủ tịch|tt\.?|bdv|lưu|như|website|cổng thông tin|vp|văn phòng|đ/c"
    r"|các)\b|GD|CĐ",
    re.IGNORECASE,
)
_DAY = re.compile(
    r"(?<![\d/.-])(?P<day>\d{1,2})\s*(?P<sep>[/.-])\s*(?P<month>\d{1,2})\s*(?P=sep)\s*(?P<year>20\d\d)(?!\d)"
    r"|ngày\s*(?P<of_day>\d{1,2})\s*(?:/|tháng)\s*(?P<of_month>\d{1,2})(?:\s*(?:/|năm)\s*(?P<of_year>20\d\d))?(?!\s*/?\d)",
    re.IGNORECASE,
)


def header_warnings(header: Header) -> Iterator[Warning]:
    """What is missing above the title."""
    if header.number_blank:
        yield Warning(code="number-blank", message="the number is left blank", lines=header.number_blank)
    elif header.number is None:
        yield Warning(code="no-number", message="the document has no number")
    if header.issued is None:
        yield Warning(code="date-missing", message="the document has no date, or part of it is left blank")


def body_warnings(items: Sequence[Item], duties: Sequence[Duty]) -> Iterator[Warning]:
    """Slips in items and duties."""
    yield from _repeated("duplicate-item", "the item repeats line {}", ((item.text, item.lines) for item in items))
    yield from _impossible_days(items)
    yield from _repeated("duplicate-duty", "the duty repeats line {}", ((duty.text, duty.lines) for duty in duties))
    for duty in duties:
        if not duty.who:
            yield Warning(code="unknown-unit", message="no body is named that sees to the duty", lines=duty.lines)
    for item in items:
        if _LEAVES_OUT.search(item.text) and (unsure := without_exclusions(Passage(item.text))[1].unsure):
            message = f"the scope cannot say whom this leaves out: {unsure}"[:600]
            yield Warning(code="scope-unsure", message=message, about=unsure[:500], lines=item.lines)
        if _repeats(item.heading, item.text):
            yield Warning(code="heading-as-item", message="the item repeats a heading", lines=item.lines)
    for text, lines in [*((item.text, item.lines) for item in items), *((duty.text, duty.lines) for duty in duties)]:
        yield from _slips(text, lines)
        leads = leads_named(text)
        if len(leads) > 1:
            about = ", ".join(leads)[:500]
            yield Warning(code="two-leads", message=f"several bodies are named lead: {about}", about=about, lines=lines)


def unread_warnings(found: Sequence[Placed], footnotes: Sequence[Passage]) -> Iterator[Warning]:
    """What was read as neither item nor duty, though it may hold some."""
    for placed in found:
        if placed.zone is Zone.PLEDGE:
            yield _not_read("a pledge", "Cam kết", placed.passage.lines)
        elif placed.zone is Zone.PURPOSE and _is_aim(placed):
            yield _not_read("an aim with a number", "Chỉ tiêu trong mục tiêu", placed.passage.lines)
    for footnote in footnotes:
        yield _not_read("a footnote", "Chú thích", footnote.lines)


def _is_aim(placed: Placed) -> bool:
    """Whether the paragraph stands under "Mục tiêu" and asks for a number: someone may have to reach it."""
    return any(_AIM.match(heading.text) for heading in placed.headings) and bool(read_targets(placed.passage)[0])


def _not_read(what: str, about: str, lines: tuple[int, int]) -> Warning:
    return Warning(code="not-read", message=f"{what}: neither item nor duty", about=about, lines=lines)


def appendix_warnings(lines: Sequence[Line]) -> Iterator[Warning]:
    """An appendix below the signatures: a person has to look whether it asks for something."""
    if lines:
        words, last = lines[0], max(line.last for line in lines if line.text)
        yield Warning(code="appendix", message="an appendix, which is not read", lines=(words.first, last))


def _slips(text: str, lines: tuple[int, int]) -> Iterator[Warning]:
    for pair, odd in (
        ("“ ”", text.count("“") != text.count("”") or text.count('"') % 2),
        ("( )", text.count("(") != text.count(")")),
    ):
        if odd:
            message = f"one of {pair} is not closed or not opened"
            yield Warning(code="unbalanced-quotes", message=message, about=pair, lines=lines)
    if _CUT_OFF.search(text[-LAST_WORDS:]):
        yield Warning(code="item-cut-off", message="the item ends in mid-sentence", lines=lines)


def _repeats(heading: str, text: str) -> bool:
    """Whether an item says nearly what its heading says: four words of five, from the end."""
    words, above = _key(text).split(), _key(heading).split()
    same = 0
    while same < min(len(words), len(above)) and words[-1 - same] == above[-1 - same]:
        same += 1
    return same >= 5 and same >= 0.8 * len(words)


def _repeated(code: str, message: str, texts: Iterable[tuple[str, tuple[int, int]]]) -> Iterator[Warning]:
    seen: dict[str, int] = {}
    for text, lines in texts:
        first = seen.setdefault(_key(text), lines[0])
        if first != lines[0]:
            yield Warning(code=code, message=message.format(first), about=str(first), lines=lines)


@lru_cache(maxsize=1024)
def _key(text: str) -> str:
    """The text as compared: words alone."""
    return " ".join(re.findall(r"\w+", text.lower()))


def _impossible_days(items: Sequence[Item]) -> Iterator[Warning]:
    """Days, written as such, that their month does not have: 31/6. They are no item's deadline."""
    for item in items:
        for found in _DAY.finditer(item.text):
            day, month, year = (found[name] or found[f"of_{name}"] for name in ("day", "month", "year"))
            if int(day) <= 31 and int(month) <= 12 and not is_day(day, month, year):
                about = "/".join(filter(None, (day, month, year)))
                yield Warning(code="date-impossible", message=f"no day {about}", about=about, lines=item.lines)


def time_warnings(period: Period, items: Sequence[Item]) -> Iterator[Warning]:
    """A period that can be read in two ways, and days and school years outside it."""
    if not period.certain:
        yield Warning(code="period-unclear", message="the words allow another period")
    if not (span := period_reach(period)):
        return
    for item in items:
        outside = [
            each.due_on for each in item.due.occurrences if each.due_on and not span[0] <= each.due_on <= span[1]
        ]
        if outside:
            day = outside[0]
            yield _outside(f"{day}", f"Ngày {day:%d/%m/%Y}", item)
        for year in re.findall(r"năm học\s*(20\d\d)\s*[-–—]\s*20\d\d", item.text, re.IGNORECASE):
            # The year before is looked back on, the year after prepared.
            if not span[0].year - 1 <= int(year) <= span[1].year:
                name = f"{year}-{int(year) + 1}"
                yield _outside(f"the school year {name}", f"Năm học {name}", item)


def _outside(what: str, about: str, item: Item) -> Warning:
    message = f"{what} lies outside the period"
    return Warning(code="date-outside-period", message=message, about=about, lines=item.lines)


def basis_warnings(
    bases: Sequence[LegalBasis], told: Sequence[Origin], issued: date | None, period: Period
) -> Iterator[Warning]:
    """Legal bases that others had replaced by the plan's date, else by the beginning of its period."""
    lines = {origin.field: origin.lines for origin in told}
    if not (day := issued or period.start):
        return
    for place, basis in enumerate(bases, start=1):
        if row := replacement(basis, day):
            message = f"{row.number} was replaced on {row.since} by {row.by}"
            about = f"{row.number} → {row.by}, từ {row.since:%d/%m/%Y}"
            yield Warning(code="basis-replaced", message=message, about=about, lines=lines.get(f"legal_bases.{place}"))


def party_warnings(parties: Sequence[Party], tail: Tail, reach: Reach) -> Iterator[Warning]:
    """Parties, signatures, scope and recipients that are missing or not understood."""
    if not parties:
        yield Warning(code="no-parties", message="the document does not say who agrees")
    for party in parties:
        if not (party.signer or party.signer_title):
            message = f"no signature block for {party.name}"
            yield Warning(code="signature-missing", message=message, about=party.name)
    if not reach.found:
        yield Warning(code="no-scope", message="neither recipients nor title say which schools are bound")
    for recipient in tail.recipients:
        if not _is_known(recipient):
            message = f"not known as a unit: {recipient.text}"[:600]
            yield Warning(code="unknown-recipient", message=message, about=recipient.text[:500], lines=recipient.lines)


def _is_known(recipient: Passage) -> bool:
    return bool(_KNOWN_RECIPIENT.search(recipient.text)) or role_of(recipient.text).value != "other"


def mark_warnings(text: str) -> Iterator[Warning]:
    """Markdown marks that are opened and not closed on a source line."""
    for number, line in enumerate(re.split(r"\r\n|\r|\n", text), start=1):
        marks = bare(line.strip()).count("*") if "*" in line and any(map(str.isalnum, line)) else 0
        if marks % 2 and not line.lstrip().startswith("* ") and line.strip() != "*":
            yield Warning(code="unbalanced-marks", message="a mark * is not closed on its line", lines=(number, number))
