"""Whom an item leaves out: "trừ trường tư thục", "ngoài trường mầm non", "học sinh lớp 9 không tham gia"."""

import re
from dataclasses import dataclass, replace

from contracts.units import Level, Ownership
from services.planner.reading.passages import Cued, Passage

LEVEL_WORDS = {
    Level.MN: r"mầm non|mẫu giáo|mn",
    Level.TH: r"tiểu học|th",
    Level.THCS: r"trung học cơ sở|thcs",
    Level.THPT: r"trung học phổ thông|thpt",
    Level.GDTX: r"(?:trung tâm\s+)?(?:giáo dục nghề nghiệp\s*[-–]\s*)?giáo dục thường xuyên"
    r"|(?:(?:tt)?gdnn\s*[-–]\s*)?(?:tt)?gdtx",
}
LEVEL_NAMES = {level: re.compile(rf"\b(?:{words})\b") for level, words in LEVEL_WORDS.items()}

_EXCLUDED = Cued(
    r"\((?:ngoại )?trừ\s+(?P<within>[^()]{1,80})\)|\b(?:ngoại )?trừ\s+(?P<but>[^.;:()]{1,80}?)(?=[.;:()]|,|$)"
    r"|\bngoài\s+(?P<beside>(?:các\s+)?(?:trường|cơ sở|khối|lớp)\s[^,.;:()]{1,40}?)(?=\s+(?:tổ chức|thực hiện"
    r"|báo cáo)\b|[,.;:()]|$)"
    r"|(?:^|(?<=[.;,]\s))(?P<not>[^,.;:()]{1,60}?)\s+không\s+(?:phải\s+|cần\s+)?(?:tham gia|thực hiện|áp dụng"
    r"|báo cáo|nộp)\b",
    "trừ ngoài không",
)
_WHOM = re.compile(r"\b(?:trường|lớp|khối|đơn vị|cơ sở|cấp|học sinh|trẻ|mầm non|tiểu học|thcs|thpt|công đoàn)\b")
_WITHOUT_UNION = re.compile(r"(?:chưa|không) (?:có|thành lập)(?: được)?(?: tổ chức)? công đoàn")


@dataclass(frozen=True)
class Exclusion:
    """What a scope can say of those left out, and the words of which it cannot."""

    levels: frozenset[Level] = frozenset()
    others: Ownership | None = None
    """The ownership that is left."""
    without_union: bool = False
    unsure: str = ""


def without_exclusions(passage: Passage) -> tuple[Passage, Exclusion]:
    """The passage with what it leaves out blanked, and what that is."""
    found = list(_EXCLUDED.finditer(passage))
    if not found:
        return passage, Exclusion()
    text, exclusion = passage.text, Exclusion()
    for match in found:
        words = match["within"] or match["but"] or match["beside"] or match["not"]
        if not _WHOM.search(words):
            continue
        text = text[: match.start()] + " " * len(match[0]) + text[match.end() :]
        levels = frozenset(level for level, names in LEVEL_NAMES.items() if names.search(words))
        private = re.search(r"ngoài công lập|tư thục|dân lập", words)
        others = Ownership.PUBLIC if private else Ownership.NON_PUBLIC if "công lập" in words else None
        union = bool(_WITHOUT_UNION.search(words))
        # Levels of one ownership, or grades, are a limit that a scope cannot say.
        said = (bool(levels) + bool(others) + union) == 1 and not re.search(r"\b(?:lớp|khối)\s+\d", words)
        if said:
            exclusion = replace(
                exclusion,
                levels=exclusion.levels | levels,
                others=others or exclusion.others,
                without_union=union or exclusion.without_union,
            )
        else:
            exclusion = replace(exclusion, unsure=passage.text[slice(*match.span())].strip())
    return replace(passage, text=text), exclusion
