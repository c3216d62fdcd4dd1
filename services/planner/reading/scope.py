"""Whom an item binds, by its own words, else by the recipients' list and the title."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from contracts.plans import Origin, Party, PartyRole
from contracts.scope import GRADES, Audience, Scope
from contracts.units import Level, Ownership, Role
from services.planner.reading.actors import BOTH, acting, headed, office_name, without_quotes, working_alone
from services.planner.reading.exclusions import LEVEL_NAMES, LEVEL_WORDS, without_exclusions
from services.planner.reading.lines import excerpts
from services.planner.reading.passages import UPPER, Cued, Passage, first_of, joined

_LEVEL = "(?:" + "|".join(f"(?:{words})" for words in reversed(LEVEL_WORDS.values())) + r")\b"
_LEVELS = Cued(
    r"\b(?:trường|khối|cấp học|cấp|nhập học|bậc học|bậc|ngành học|giáo viên(?: dạy giỏi)?|học sinh|trẻ"
    r"|cơ sở(?: giáo dục)?"
    r"|đơn vị|trung tâm|tt)\s*:?\s+"
    rf"(?:học\s+|các\s+|cấp\s+|phổ thông\s+|bán công\s+|công lập\s+)?(?P<levels>{_LEVEL}"
    rf"(?:\s*(?:,|và|;|&|/|-|–|hoặc)\s*(?:(?:các\s+)?(?:trường|khối|cấp|trung tâm|tt)\s+)?{_LEVEL})*)",
    "mầm mẫu mn tiểu th trung thcs thpt xuyên gdtx ttgdtx ttgdnn",
)
_GRADES = Cued(
    r"(?<!vào )(?<!vào các )(?<!tuyển sinh )\b(?:khối lớp|khối|lớp)\s+(?P<grades>(?:1[0-2]|[1-9])(?!\d|\s*(?:buổi"
    r"|tuổi|/))"
    r"(?:\s*(?:,|và|đến|-|–)\s*(?:(?:khối lớp|khối|lớp)\s+)?(?:1[0-2]|[1-9])(?!\d|\s*(?:buổi|tuổi|/|tháng)))*)",
    "khối lớp",
)
_OTHERS = Cued(r"\b(?:lớp|khối)(?: lớp)? (?:còn lại|khác)\b", "lớp khối")
"""Words that bring in every other grade beside those named."""
_CHILDREN = Cued(r"\btrẻ (?:từ|em mầm non|nhà trẻ|\d)", "trẻ")
_OWN_NAME = re.compile(rf"\s+{UPPER}[a-zà-ỹ]+\s+{UPPER}[a-zà-ỹ]")
"""What makes one school's name of a level: "trường THCS Tân Phong" is no scope."""
_BOUND = re.compile(r"\b(?:trường|cơ sở giáo dục|trung tâm (?:gdnn\s*[-–]\s*)?gdtx|ttgdtx|đơn vị trực thuộc)\b")
_SCHOOL_NAME = re.compile(r"\btrường\s+[^,;.]{3,100}?(?=\s+(?:năm học|giai đoạn)|\s*[,;.]|$)", re.IGNORECASE)
_NON_PUBLIC = Cued(r"ngoài công lập|tư thục|dân lập", "lập thục")
_PUBLIC = Cued(r"(?<!ngoài )công lập", "lập")
_NO_UNION = Cued(r"(?:chưa|không) (?:có|thành lập)(?: được)?(?: tổ chức)? công đoàn", "chưa không", and_cues="đoàn")
_HAS_UNION = Cued(
    r"(?<!chưa )(?:đã có|có) tổ chức công đoàn|(?:cho|đối với) (?:các )?chủ tịch công đoàn",
    "đoàn",
    and_cues="chức tịch",
)
_MENTIONED = "".join(f"(?<!{word} )" for word in ("về", "cho", "của", "báo cáo", "giữa", "gửi", "với"))
_MUTUAL = Cued(
    r"luân phiên|cho nhau|với nhau|họp liên tịch|họp giao ban"
    rf"|\b(?=hai |các |mỗi ){_MENTIONED}(?:(?:hai|các|mỗi) bên\b|hai (?:ngành|cơ quan|đơn vị)\b)"
    r"|thành lập đoàn kiểm tra|thuộc trách nhiệm của|(?:gặp gỡ|làm việc|đối thoại|tiếp xúc) với"
    r"|(?:bên|cơ quan|đơn vị) chủ trì (?:tổ chức )?(?:hội nghị|họp)",
    "phiên nhau tịch ban bên hai tra thuộc gỡ việc thoại xúc trì",
)
_DIRECTS_BELOW = Cued(
    r"chỉ đạo|hướng dẫn (?:các|công đoàn|nhà trường)|khi (?:mỗi|hai|các) bên có yêu cầu"
    r"|(?:các|nhà|thủ trưởng|hiệu trưởng)(?: đơn vị)? trường(?: học)? (?:tổ chức|thực hiện|xây dựng|rà soát"
    r"|báo cáo|chủ)",
    "đạo dẫn yêu trường",
)


@dataclass(frozen=True)
class Reach:
    """What the whole document says of whom it binds; the default where an item says nothing."""

    scope: Scope
    own_school: bool
    """The document is one school's own: it binds that school whatever its items mention."""
    accountable: tuple[Role, ...] = (Role.PRINCIPAL,)
    found: bool = True
    origins: tuple[Origin, ...] = ()
    offices: tuple[str, ...] = ()
    """The signing bodies above the schools, by `office_name`."""
    listed_for: tuple[Role, Passage] | None = None
    """Whose work the heading above lists, with its words."""


def read_reach(
    addressed: Sequence[Passage], parties: Sequence[Party], recipients: Sequence[Passage], duties: Sequence[Passage]
) -> Reach:
    """The document's own scope: its school's, else that of the recipients' list, else of title and opening."""
    both = next((each for each in (*recipients, *duties) if _names_both_heads(each.text)), None)
    accountable = BOTH if both else (Role.PRINCIPAL,)
    told = [both.origin("accountable")] if both else []
    school = next((party for party in parties if party.role is PartyRole.EDUCATION and _is_school(party.name)), None)
    if school:
        written = [*(party.name for party in parties), *(passage.text for passage in addressed)]
        named = _SCHOOL_NAME.search(" ; ".join(written))
        name = named[0] if named else school.name
        where = first_of(addressed, name)
        return Reach(Scope(text=name), True, origins=(where.origin("scope.text"),) if where else ())
    offices = tuple(office_name(party.name) for party in parties)
    schools = [each for each in recipients if _BOUND.search(each.lowered)]
    if schools:
        levels = {each: _levels(each)[0] | _attached(each.text, parties) for each in schools}
        ownership = _ownership(joined(schools, " "))[0]
        told += [each.origin("scope.levels") for each in schools if levels[each]]
        told += [each.origin("scope.ownership") for each in schools if ownership and _ownership(each)[0]]
        text = excerpts(each.text for each in schools)
        scope = Scope(levels=frozenset().union(*levels.values()), ownership=ownership, text=text)
        return Reach(scope, False, accountable, origins=tuple(told), offices=offices)
    whole = joined(addressed, "\n")
    found, words = _levels(whole)
    told += [each.origin("scope.levels") for each in words]
    ownership, owned = _ownership(whole)
    told += [each.origin("scope.ownership") for each in owned]
    scope = Scope(levels=found, ownership=ownership, text=excerpts(each.text for each in (*words, *owned)))
    return Reach(scope, False, accountable, found=bool(found or ownership), origins=tuple(told), offices=offices)


def under_heading(reach: Reach, headings: Sequence[Passage]) -> Reach:
    """What the items below headings such as "Đối với trường mầm non", "Trách nhiệm của Sở Y tế" have for a default."""
    if listed_for := next(((role, each) for each in reversed(headings) if (role := headed(each, reach.offices))), None):
        reach = replace(reach, listed_for=listed_for)
    for heading in reversed(headings):
        if not reach.own_school and heading.lowered.startswith(("đối với ", "khối ", "cấp ", "bậc ", "các trường ")):
            levels, words = _levels(heading)
            if levels:
                kept = tuple(origin for origin in reach.origins if origin.field != "scope.levels")
                told = tuple(each.origin("scope.levels") for each in words)
                scope = reach.scope.model_copy(update={"levels": levels, "text": excerpts(each.text for each in words)})
                return replace(reach, scope=scope, origins=(*kept, *told))
    return reach


def _names_both_heads(text: str) -> bool:
    """Whether the words name the school's head beside the chair of its union."""
    return bool(
        re.search(r"(?:thủ trưởng|hiệu trưởng)", text, re.IGNORECASE)
        and re.search(r"CTCĐ|chủ tịch công đoàn", text, re.IGNORECASE)
    )


def _is_school(name: str) -> bool:
    return bool(
        re.search(
            r"(?<!cụm )(?<!các )\btrường\b|chính quyền|(?:hiệu|thủ) trưởng|giám hiệu|\bbgh\b|nhóm trẻ|nhà trẻ"
            r"|cơ sở mầm non",
            name,
            re.IGNORECASE,
        )
    ) and not re.search(r"\b(?:sở|phòng)\b", name, re.IGNORECASE)


def _attached(words: str, parties: Sequence[Party]) -> frozenset[Level]:
    """The levels directly under the office ("trực thuộc"): by law MN, TH, THCS under a Phòng, THPT, GDTX under a Sở."""
    if "trực thuộc" not in words.lower():
        return frozenset()
    offices = f"{words} " + " ".join(party.name for party in parties)
    if re.search(r"\bphòng\b", offices, re.IGNORECASE):
        return frozenset({Level.MN, Level.TH, Level.THCS})
    if re.search(r"\bsở\b", offices, re.IGNORECASE):
        return frozenset({Level.THPT, Level.GDTX})
    return frozenset()


def _levels(passage: Passage) -> tuple[frozenset[Level], list[Passage]]:
    """The levels that the text names as schools', with the words."""
    levels: set[Level] = set()
    words = []
    for match in _LEVELS.finditer(passage):
        one = sum(bool(names.search(match["levels"])) for names in LEVEL_NAMES.values()) == 1
        if (
            one
            and _OWN_NAME.match(passage.text, match.end())
            and not passage.lowered.endswith("các ", 0, match.start())
        ):
            continue
        words.append(passage.part(*match.span()))
        levels.update(level for level, names in LEVEL_NAMES.items() if names.search(match["levels"]))
    if levels and (children := _CHILDREN.search(passage)):
        levels.add(Level.MN)
        words.append(passage.part(*children.span()))
    return frozenset(levels), words


def _grades(passage: Passage) -> tuple[frozenset[int], list[Passage]]:
    grades: set[int] = set()
    words: list[Passage] = []
    if _OTHERS.search(passage):
        return frozenset(), words
    for match in _GRADES.finditer(passage):
        words.append(passage.part(*match.span()))
        span = re.fullmatch(r"(\d+)\s*(?:đến|-|–)\s*(?:(?:khối lớp|khối|lớp)\s+)?(\d+)", match["grades"])
        numbers = [int(number) for number in re.findall(r"\d+", match["grades"])]
        grades.update(range(numbers[0], numbers[1] + 1) if span else numbers)
    return frozenset(grades), words


def _ownership(passage: Passage) -> tuple[Ownership | None, list[Passage]]:
    public, non_public = _words(_PUBLIC, passage), _words(_NON_PUBLIC, passage)
    if bool(public) is bool(non_public):
        return None, []
    return (Ownership.PUBLIC, public) if public else (Ownership.NON_PUBLIC, non_public)


def _union(passage: Passage) -> tuple[bool | None, list[Passage]]:
    """Whether only schools without a union, or only those with one, are meant."""
    if words := _words(_NO_UNION, passage):
        return False, words
    words = _words(_HAS_UNION, passage)
    return (True if words else None), words


def _words(pattern: Cued, passage: Passage) -> list[Passage]:
    found = pattern.search(passage)
    return [passage.part(*found.span())] if found else []


def read_scope(passage: Passage, reach: Reach) -> tuple[Scope, tuple[Role, ...], list[Origin]]:
    """The item's scope, who answers for it in a school, and the words of either: its own, else the document's."""
    roles, acting_words = acting(passage)
    passage, excluded = without_exclusions(passage)
    with_union, union_words = _union(passage)
    accountable: tuple[Role, ...] = (Role.PRINCIPAL,)
    if with_union is False:
        acting_words = union_words
    elif Role.UNION_CHAIR in roles:
        accountable = roles
    else:
        accountable, acting_words = _by_default(reach)
    if reach.own_school:
        return reach.scope, accountable, _told(reach, {"accountable": acting_words, "scope.text": []})
    if words := _parties_alone(passage, reach, roles):
        scope = Scope(audience=Audience.PARTIES, text=words.text)
        return scope, (Role.OFFICER,), _told(reach, {"scope.audience": [words], "accountable": [words]})
    levels, level_words = _levels(passage)
    if excluded.levels:
        levels = (levels or reach.scope.levels or frozenset(Level)) - excluded.levels
    grades, grade_words = _grades(passage)
    if Level.MN in levels and grades:  # which teaches no grade: a scope of both would bind nobody
        levels |= {level for level, taught in GRADES.items() if not grades.isdisjoint(taught)} - {Level.GDTX}
        level_words, grades, grade_words = [*level_words, *grade_words], frozenset(), []
    ownership, ownership_words = _ownership(passage)
    own = excerpts(each.text for each in (*level_words, *grade_words, *ownership_words, *union_words))
    if accountable == (Role.UNION_CHAIR,):
        with_union, union_words = True, acting_words
    default = reach.scope
    scope = Scope(
        levels=levels if levels or grades else default.levels,
        grades=grades,
        ownership=ownership or excluded.others or default.ownership,
        with_union=True if excluded.without_union else with_union,
        text=own or default.text,
    )
    words_of = {"scope.grades": grade_words, "scope.ownership": ownership_words, "scope.with_union": union_words}
    if levels or not grades:
        words_of["scope.levels"] = level_words
    return scope, accountable, _told(reach, {"accountable": acting_words} | words_of)


def _by_default(reach: Reach) -> tuple[tuple[Role, ...], list[Passage]]:
    """Who answers where the item does not say: whose work the heading lists, else the document's own."""
    if reach.listed_for and reach.listed_for[0] is not Role.OFFICER:
        role, heading = reach.listed_for
        return (role,), [heading]
    return reach.accountable, []


def _parties_alone(passage: Passage, reach: Reach, roles: tuple[Role, ...]) -> Passage | None:
    """The words by which the item binds the signing bodies alone; None where it binds schools."""
    if roles or _DIRECTS_BELOW.search(passage):
        return None
    if mutual := _words(_MUTUAL, passage):
        return mutual[0]
    if reach.listed_for and reach.listed_for[0] is Role.OFFICER:
        return reach.listed_for[1]
    alone = working_alone(passage, reach.offices)
    if alone and (_BOUND.search(without_quotes(passage.lowered)) or _levels(passage)[0]):
        return None
    return alone


def _told(reach: Reach, words: Mapping[str, Sequence[Passage]]) -> list[Origin]:
    """What each field was read from: the item's own words, and where it has none the document's."""
    own = [each.origin(field) for field, found in words.items() for each in found]
    return own + [origin for origin in reach.origins if origin.field in words and not words[origin.field]]
