"""The sentence in which the parties agree: "A, B và C thống nhất xây dựng … như sau:"."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from services.planner.reading.bodies import BODY
from services.planner.reading.passages import Passage

_AGREE = re.compile(
    r"\b(?:cùng\s+)?(?:họp|thống nhất|ký kết|phối hợp|liên tịch ban hành|xây dựng|ban hành|hướng dẫn|đề nghị|yêu cầu"
    r"|lập|ra)\b",
    re.IGNORECASE,
)
_BEFORE = re.compile(r"(?:nay,?|liên tịch(?: giữa)?|liên ngành|hội nghị|đại diện|chúng tôi gồm)\s+", re.IGNORECASE)
"""What may stand before the first party: "Liên tịch Sở … và Công đoàn … hướng dẫn"."""
_JOINED = re.compile(
    r"\s+(?:chặt chẽ\s+)?(?:cùng\s+)?với\s+(?:các\s+)?(?P<others>[^;:]+?)\s+"
    r"(?:xây dựng|ban hành|tổ chức|lập|ký kết|thống nhất|triển khai|hướng dẫn)\b",
    re.IGNORECASE,
)
"""Who agrees with the first: "Phòng … phối hợp với Trạm Y tế và Công an xã xây dựng …"."""
_AFTER = re.compile(r"(?:\s+(?:đã|sẽ|cùng|cùng nhau|nhất trí|đồng ý|tiến hành))+$", re.IGNORECASE)
_BOTH = re.compile(
    r"(?:(?:hai|ba|bốn|các)\s+(?:bên|ngành|cơ quan|đơn vị|tổ chức)|liên (?:ngành|tịch))\b", re.IGNORECASE
)
LONGEST_NAME = 100
"""Characters of one party's name in that sentence."""


@dataclass(frozen=True)
class Agreement:
    """Where the parties say that they agree."""

    passage: Passage
    begins: int
    """Where in the passage its subject begins: what stands before is a legal basis."""
    subject: str
    """The parties as named there; "" where it only says "hai bên"."""

    @property
    def words(self) -> Passage:
        """The sentence, from its subject on."""
        return self.passage.part(self.begins, len(self.passage.text))


def read_agreement(opening: Sequence[Passage]) -> Agreement | None:
    """The last sentence of the opening in which bodies agree, else that in which "hai bên" do; None without one."""
    both = None
    for passage in reversed(opening):
        for agreed in _AGREE.finditer(passage.text):
            clause = re.split(r"[;.:]\s", passage.text[: agreed.start()])[-1]
            segments = clause.split(", ")
            first = len(segments) - 1
            while first and BODY.match(segments[first - 1]) and len(segments[first - 1]) <= LONGEST_NAME:
                first -= 1
            subject = ", ".join(segments[first:]).lstrip()
            if both is None and _BOTH.match(subject):
                both = Agreement(passage, agreed.start() - len(subject), "")
            if before := _BEFORE.match(subject):
                subject = subject[before.end() :]
            if BODY.match(subject):
                joined = _JOINED.match(passage.text, agreed.end()) if agreed[0].lower() == "phối hợp" else None
                named = [_AFTER.sub("", subject.strip()), joined["others"] if joined else ""]
                return Agreement(passage, agreed.start() - len(subject), " và ".join(filter(None, named)))
    return both
