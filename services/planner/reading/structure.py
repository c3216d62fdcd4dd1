"""The outline of a document: parts, sections, bullets and prose, and which part of the plan each belongs to."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from enum import Enum, auto
from itertools import pairwise

from services.planner.reading.lines import is_capitals, marker
from services.planner.reading.passages import Passage, joined

# Outermost first (Decree 30/2020/NĐ-CP, appendix I: phần, chương, mục, điều, khoản, điểm).
_RANKS = {
    "part": 0,
    "chapter": 1,
    "capital": 2,
    "section": 3,
    "roman": 4,
    "article": 5,
    "task": 6,
    "number": 6,
    "enclosed": 15,
}
_HEADING, _LETTER, _POINT, _BULLET, _SUB_BULLET, _PROSE = 19, 20, 21, 30, 31, 40

LONGEST_HEADING = 80
"""Characters of a heading without a number."""


class Zone(Enum):
    """What a part of the document is for."""

    OPENING = auto()
    """Legal bases and the sentence with which the parties agree."""
    PURPOSE = auto()
    """Aims, principles, the present state, money and time: nothing to be done."""
    COORDINATION = auto()
    """What is to be done: the coordination items."""
    PLEDGE = auto()
    """Outcomes that the parties promise (cam kết)."""
    IMPLEMENTATION = auto()
    """Who sees to it: the duty lines."""
    CLOSING = auto()
    """The sentence after the last part."""


@dataclass
class Node:
    """A paragraph with what stands below it; `rank` orders the kinds of numbering, outermost lowest."""

    passage: Passage
    rank: int
    label: str = ""
    children: list["Node"] = field(default_factory=list)

    @property
    def text(self) -> str:
        """Its words."""
        return self.passage.text

    @property
    def is_prose(self) -> bool:
        """Whether it has neither number nor bullet."""
        return self.rank == _PROSE

    @property
    def is_bullet(self) -> bool:
        """Whether it begins with a bullet."""
        return self.rank in (_BULLET, _SUB_BULLET)

    def walk(self) -> Iterator["Node"]:
        """The node and all below it, in the document's order."""
        pending = [self]
        while pending:
            node = pending.pop()
            yield node
            pending.extend(reversed(node.children))


@dataclass(frozen=True)
class Placed:
    """A paragraph that says something of its own (no heading), with the headings that it stands under."""

    node: Node
    zone: Zone
    section: str
    headings: tuple[Node, ...]
    parts: tuple[Node, ...] = ()

    @property
    def passage(self) -> Passage:
        """Its words and, a line each, those of its parts."""
        return (
            joined([self.node.passage, *(part.passage for part in self.parts)], "\n")
            if self.parts
            else self.node.passage
        )


_PURPOSE = re.compile(
    r"(?:các\s+|những\s+)?(?:mục đích|mục tiêu|nguyên tắc|quan điểm|quy định chung|phạm vi|đối tượng|căn cứ\b(?! chức)"
    r"|cơ sở pháp lý|đặc điểm|tình hình|khái quát|thực trạng|bối cảnh|đánh giá (?:tình hình|kết quả|chung)|kết quả"
    r"|ưu điểm|tồn tại|hạn chế|thuận lợi|khó khăn|phương châm|giải thích|kinh phí|nguồn kinh phí|thời gian|địa điểm"
    r"|yêu cầu(?: chung)?$|vấn đề chung)",
    re.IGNORECASE,
)
_IMPLEMENTATION = re.compile(
    r"(?:(?:công tác|biện pháp|kế hoạch|phân công) )?tổ chức(?:,| và)? (?:(?:triển khai|chỉ đạo)(?:,| và)? )?thực hiện"
    r"(?: (?:kế hoạch|chương trình|quy chế|nghị quyết|hướng dẫn)(?: (?:này|phối hợp|liên tịch))?| và [^.]*|, [^.]*)?"
    r"|phân công|thi hành|phân công (?:nhiệm vụ|trách nhiệm|thực hiện|tổ chức thực hiện|cụ thể|theo dõi)[^.]*"
    r"|điều khoản (?:thi hành|chung)"
    r"|hiệu lực (?:thi hành|và trách nhiệm thi hành)|điều khoản tổ chức thực hiện",
    re.IGNORECASE,
)
_FUNDS = re.compile(r"(?:nguồn )?kinh phí(?: thực hiện)?:", re.IGNORECASE)
_ANNEXED = re.compile(
    r"\b(?:theo|tại|trong|xem|như|chi tiết)[^.;]{0,30} (?:các )?(?:phụ lục|bảng|biểu)\b|\b(?:phụ lục|bảng"
    r"|biểu)\b[^.;]{0,20} (?:kèm theo|đính kèm)",
    re.IGNORECASE,
)
_SHARES = re.compile(
    r"trách nhiệm\b(?! xã hội)|(?:triển khai|chỉ đạo) thực hiện$|(?:nhiệm vụ|phân công)(?: cụ thể)?(?: của"
    r"| cho)? (?:các|mỗi|từng|hai) (?:bên|ngành|đơn vị|cơ quan|thành viên|bộ phận)",
    re.IGNORECASE,
)
"""Headings of what each party sees to."""
_PLEDGE = re.compile(r"(?:nội dung )?cam kết(?: (?:chung|thực hiện|của (?:hai|các) bên))?", re.IGNORECASE)
_CLOSING = re.compile(
    r"trên đây là|(?:trong )?quá trình (?:triển khai|tổ chức|thực hiện)|nhận được |rất mong|trân trọng"
    r"|yêu cầu các |đề nghị các "
    r"|(?:kế hoạch|chương trình|quy chế|nghị quyết|kết luận|hướng dẫn|chỉ thị)(?: \w+){0,3} này ",
    re.IGNORECASE,
)
_ANNOUNCES = re.compile(r"\bsau(?: đây)?\s*:$|^kính gửi", re.IGNORECASE)
_SCHEDULE = re.compile(r"(?:Tháng|Quý|Tuần|Học kỳ) [\dIVX][\dIVX/ .-]*:")
"""A heading of a calendar of work, though it ends in a colon: "Quý IV:"."""
_LABEL = re.compile(r"(?:về|đối với|trong|với|phía|bên|công tác|lĩnh vực|nhóm)\b[^.;:]{2,80}:?", re.IGNORECASE)
"""What a bullet or a point says that only names what is listed below it: "* Về chuyên môn:"."""
_COLUMN = re.compile(r"[^:.;]{3,40}: \S")
_IN_FORCE = re.compile(
    r"\b(?:này|nghị quyết|quy chế) có hiệu lực|có hiệu lực (?:thi hành )?(?:kể )?từ ngày (?:ký|ban hành)", re.IGNORECASE
)
_AMENDED = re.compile(
    r"(?:trong |quá trình |nếu |mọi |khi |các (?:bên|quy định)|những |quy chế |kế hoạch |thay thế)", re.IGNORECASE
)
_BASIS = re.compile(r"(?:[-–+]\s*)?(?:căn cứ|thực hiệ?ê?n|theo|xét|để|nhằm|sau khi|ngày \d)\b", re.IGNORECASE)


def outline(paragraphs: Sequence[Passage]) -> Node:
    """The paragraphs as a tree under a root without text."""
    root = Node(Passage(""), -1)
    stack = [root]
    nodes = [_node(paragraph) for paragraph in paragraphs]
    _rank_headings(nodes)
    for node in nodes:
        if stack[-1].label and not stack[-1].text and node.is_prose:
            stack[-1].passage = node.passage  # "Chương I" / "QUY ĐỊNH CHUNG"
            continue
        if node.is_bullet and _is_below(node, stack):
            node.rank = _SUB_BULLET
        if node.rank == _POINT and _is_letter(node, stack):
            node.rank = _LETTER
        # A paragraph without a mark stands under the last heading, beside its bullets.
        rank = _LETTER if node.is_prose else node.rank
        while stack[-1].rank >= rank:
            stack.pop()
        stack[-1].children.append(node)
        if not node.is_prose:
            stack.append(node)
    return root


def _rank_headings(nodes: Sequence[Node]) -> None:
    """Headings without a number: a short line above bullets; where nothing is numbered, also one above prose."""
    unnumbered = all(node.is_prose or node.is_bullet for node in nodes)
    for node, below in pairwise(nodes):
        if not node.is_prose or len(node.text) > LONGEST_HEADING:
            continue
        if re.search(r"[.,:;!?/]$", node.text) and not _SCHEDULE.fullmatch(node.text):
            continue
        if unnumbered and is_capitals(node.text):
            node.rank = _RANKS["roman"]
        elif below.is_bullet or (unnumbered and below.is_prose and re.search(r"[.;]$", below.text)):
            node.rank = _HEADING


def _node(paragraph: Passage) -> Node:
    found = marker(paragraph.text)
    if not found:
        return Node(paragraph, _PROSE)
    name = found.lastgroup or ""
    label, words = found[name].replace("/", "."), paragraph.part(found.end(), len(paragraph.text))
    if name == "bullet":
        return Node(words, _BULLET, label)
    if name in ("letter", "point"):
        return Node(words, _LETTER if name == "letter" else _POINT, label)
    depth = label.count(".") if name == "number" else 0
    return Node(words, _RANKS[name] + depth, label)


def _is_letter(point: Node, stack: Sequence[Node]) -> bool:
    """Whether `i)` follows `h)` rather than being the first of i, ii, iii; likewise `v)` and `x)`."""
    beside = next((node.label for node in reversed(stack) if node.rank in (_LETTER, _POINT)), "")
    return beside == {"i": "h", "v": "u", "x": "v"}.get(point.label)


def _is_below(bullet: Node, stack: Sequence[Node]) -> bool:
    """Whether the bullet is a part of the bullet above: `+` under `-`, or another mark after a colon."""
    above = next((node for node in reversed(stack) if node.rank == _BULLET), None)
    if above is None or _family(above.label) == _family(bullet.label):
        return False
    return bullet.label == "+" or above.text.endswith(":")


def _family(mark: str) -> str:
    return "-" if mark in "-–—−‐‑" else "+" if mark == "+" else "•"


def placed(root: Node, *, responsibilities_are_items: bool = False) -> list[Placed]:
    """Every paragraph that is no heading, with its zone and section, in the document's order."""
    found: list[Placed] = []
    opening = _opening_size(root.children)
    for node in root.children[:opening]:
        found.append(Placed(node, Zone.OPENING, "", ()))
        found.extend(Placed(child, Zone.OPENING, "", (node,)) for child in node.children)
    for node in root.children[opening:]:
        _place(node, Zone.COORDINATION, (), responsibilities_are_items, found)
    return _without_closing(found)


def refers_to_annex(found: Sequence[Placed]) -> bool:
    """Whether the document leaves what is to be done to its appendix: no item says more than where to find it."""
    return all(_ANNEXED.search(each.node.text) for each in found if each.zone is Zone.COORDINATION)


def annex(paragraphs: Sequence[Passage]) -> list[Placed]:
    """The coordination items of an appendix, whose titles and notes are set in capitals and brackets."""
    listed = [each for each in paragraphs if not (is_capitals(each.text) or each.text.startswith("("))]
    first = next((index for index, each in enumerate(listed) if marker(each.text)), 0)
    found: list[Placed] = []
    for node in outline(listed[max(first - 1, 0) :]).children:
        _place(node, Zone.COORDINATION, (), False, found)
    return [each for each in found if each.zone is Zone.COORDINATION]


def _opening_size(nodes: Sequence[Node]) -> int:
    """How many top-level nodes are the opening: all before the first numbered one, else the bases and the agreement."""
    numbered = next((index for index, node in enumerate(nodes) if not (node.is_prose or node.is_bullet)), None)
    if numbered is not None:
        return numbered
    size = 0
    while size < len(nodes) and (_BASIS.match(nodes[size].text) or _ANNOUNCES.search(nodes[size].text)):
        size += 1
    return size


def _place(node: Node, zone: Zone, above: tuple[Node, ...], as_items: bool, found: list[Placed]) -> None:
    """Adds what stands at and below `node`; recursion ends with the kinds of numbering, of which there are few."""
    labels = _labels(node)
    if node.is_prose or (node.is_bullet and not labels):
        parts = tuple(child for part in node.children for child in part.walk())
        zone = Zone.CLOSING if node.is_prose and _closes(node.text) else zone
        found.append(Placed(node, zone, _section(above), above, parts))
        return
    if not labels and _lists_points(node, above):
        found.append(Placed(node, zone, _section((*above, node)), above, tuple(node.children)))
        return
    heads = bool(node.children) and any(not child.is_prose for child in node.children)
    prose_heading = bool(node.children) and not re.search(r"[.;]$", node.text)
    if not (heads or prose_heading):
        own = _zone(node, zone, above, as_items)
        found.append(Placed(node, Zone.CLOSING if _closes(node.text) else own, _section((*above, node)), above))
        found.extend(Placed(child, zone, _section((*above, node)), (*above, node)) for child in node.children)
        return
    inner = _zone(node, zone, above, as_items)
    for index, child in enumerate(node.children):
        following = node.children[index + 1 : index + 2]
        if child.is_prose and child.text.endswith(":") and following and not following[0].is_prose:
            node.passage = joined([node.passage, child.passage], " ")  # "… tập trung vào:"
            continue
        _place(child, inner, (*above, node), as_items, found)


def _closes(text: str) -> bool:
    """Whether the paragraph says since when the document is in force, and asks for nothing besides."""
    found = _IN_FORCE.search(text)
    rest = text[found.end() :].partition(". ")[2] if found else ""
    return bool(found) and (not rest or bool(_AMENDED.match(rest)))


def _labels(node: Node) -> bool:
    """Whether the bullet or point only names what is listed below it, and what is listed are no columns of a table."""
    listed = [child.text for child in node.children]
    return bool(listed and _LABEL.fullmatch(node.text)) and not all(map(_COLUMN.match, listed))


def _lists_points(node: Node, above: Sequence[Node]) -> bool:
    """Whether what stands below only completes the node's sentence: points of a clause (khoản), bullets of a point."""
    if not (node.text.endswith(":") and node.children) or any(child.children for child in node.children):
        return False
    of_clause = bool(above) and above[-1].rank == _RANKS["article"]
    return (of_clause and all(child.rank == _LETTER for child in node.children)) or (
        node.rank == _LETTER and all(child.is_bullet or child.rank == _POINT for child in node.children)
    )


def _zone(node: Node, zone: Zone, above: tuple[Node, ...], as_items: bool) -> Zone:
    """The zone of a heading: its own by its words, else that of the heading above."""
    if zone is not Zone.COORDINATION:
        return zone
    text = node.text.strip(" .:;")
    if _IMPLEMENTATION.fullmatch(text):
        return Zone.IMPLEMENTATION
    if _PLEDGE.fullmatch(text):
        return Zone.PLEDGE
    headed = bool(node.children) or is_capitals(text)
    top = not any(parent.children and not _is_container(parent) for parent in above)
    titled = headed and top and len(text) <= 150
    if (titled and _PURPOSE.match(text)) or (not above and _FUNDS.match(text)):
        return Zone.PURPOSE
    if titled and _SHARES.match(text) and not as_items:
        return Zone.IMPLEMENTATION
    return zone


def _is_container(node: Node) -> bool:
    """Whether the heading only holds others (phần, chương): those below it are judged by their own words."""
    return node.rank <= _RANKS["section"]


def _section(headings: Sequence[Node]) -> str:
    """The labels from the outside in, `II.1`; a label that repeats the one above (2, 2.1) is not said twice."""
    path: list[str] = []
    for heading in headings:
        if heading.is_bullet or not heading.label:
            continue
        if path and heading.label.startswith(f"{path[-1]}."):
            path.pop()
        path.append(heading.label)
    return ".".join(path)


def _without_closing(found: list[Placed]) -> list[Placed]:
    """The same, with the last paragraphs in prose that only close the document told apart."""
    index = len(found)
    if index > 1 and found[-1].node.is_prose and not found[-2].node.is_prose and found[-1].node.text.endswith("./."):
        index -= 1  # the document's last sentence
    while index and found[index - 1].node.is_prose and _CLOSING.match(found[index - 1].node.text):
        index -= 1
    return found[:index] + [Placed(item.node, Zone.CLOSING, "", ()) for item in found[index:]]


def bare(text: str) -> str:
    """The text without its bullet or number."""
    found = marker(text)
    return text[found.end() :].strip() if found else text
