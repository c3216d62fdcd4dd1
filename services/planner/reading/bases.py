"""What a plan rests on: its legal bases (căn cứ), and among them the plan above."""

import re
from collections.abc import Iterator, Sequence

from contracts.plans import LegalBasis, Origin, ParentPlan
from services.planner.reading.header import DAY, date_of
from services.planner.reading.passages import UPPER, Passage

_BASIS_WORD = re.compile(
    r"(?:căn cứ|thực hiệ?ê?n|theo|thi hành|triển khai)\s+(?=\S)|(?=(?:luật|bộ luật|điều lệ|nghị quyết|nghị định"
    r"|quyết định|chỉ thị|thông tư|kế hoạch|chương trình|công văn|hướng dẫn|quy chế|quy định|kết luận|các )\b)",
    re.IGNORECASE,
)
_REFERENCE = re.compile(r"\d+(?:\s*/\s*\d{4})?\s*[/-]\s*[A-ZĐ][\wĐ&]*(?:\s*[-–/]\s*[A-ZĐ&][\wĐ&]*)*")
_ISSUER = re.compile(
    rf"\bcủa\s+(?P<issuer>{UPPER}[^,;.()]{{2,120}}?)"
    r"(?=\s+(?:về|ban hành|quy định|hướng dẫn|năm học|và của)\b|[,;.(]|$)"
)
_BETWEEN = re.compile(
    rf"\bgiữa\s+(?P<issuer>{UPPER}[^;.]{{2,200}}?)(?=\s+(?:về|trong|giai đoạn|năm học|nhiệm kỳ)\b|[,;.]|$)"
)
_PARENT = re.compile(r"(?:kế hoạch|chương trình|quy chế)\b(?=.*(?:phối hợp|liên t[iị]ch|KHLT))", re.IGNORECASE)


def read_bases(opening: Sequence[Passage]) -> tuple[tuple[LegalBasis, ...], list[Origin]]:
    """The documents that the opening rests on, one a clause; the parties' own sentence is none."""
    bases: list[LegalBasis] = []
    origins: list[Origin] = []
    for clause in (kept for passage in opening for each in _clauses(passage) if (kept := _without_agreement(each))):
        basis, told = _basis(clause, f"legal_bases.{len(bases) + 1}")
        bases.append(basis)
        origins.extend(told)
    return tuple(bases), origins


def _clauses(passage: Passage) -> Iterator[Passage]:
    """The bases that a paragraph names, parted by semicolons; "số; 13 /QC-…; ngày 22" is a slip and no new one."""
    if not _BASIS_WORD.match(passage.text):
        return
    begun = 0
    for found in re.finditer(r";\s*", passage.text):
        rest = passage.text[found.end() :]
        if rest and (_BASIS_WORD.match(rest) or rest[0].isupper()):
            yield passage.part(begun, found.start())
            begun = found.end()
    yield passage.part(begun, len(passage.text))


def _without_agreement(clause: Passage) -> Passage | None:
    """The clause without ", … thống nhất xây dựng … như sau:"; None where nothing else is left."""
    text = clause.text.rstrip(" .;")
    agreed = text.find("thống nhất")
    if agreed < 0 or not re.search(r"(?:như sau|sau đây)\s*:?$", text):
        return clause.part(0, len(text)) if text else None
    at = text.rfind(", ", 0, agreed)
    return clause.part(0, at) if at > 0 else None


def _basis(clause: Passage, field: str) -> tuple[LegalBasis, list[Origin]]:
    number, day = _REFERENCE.search(clause.text), DAY.search(clause.text)
    issuer = _ISSUER.search(clause.text) or _BETWEEN.search(clause.text)
    basis = LegalBasis(
        number=re.sub(r"\s+", "", number[0]) if number else None,
        date=date_of(day) if day else None,
        issuer=issuer["issuer"].strip() if issuer else None,
        text=clause.text,
    )
    told = (("number", number, 0), ("date", day if basis.date else None, 0), ("issuer", issuer, "issuer"))
    parts = (clause.part(*match.span(group)).origin(f"{field}.{name}") for name, match, group in told if match)
    return basis, [clause.origin(field), *parts]


def read_parent(bases: Sequence[LegalBasis], told: Sequence[Origin]) -> tuple[ParentPlan | None, list[Origin]]:
    """The plan above, the last basis that is a numbered joint or co-operation plan; `told` is where bases come from."""
    for place in range(len(bases), 0, -1):
        basis = bases[place - 1]
        if basis.number and _PARENT.search(basis.text):
            field = f"legal_bases.{place}."
            origins = [
                origin.model_copy(update={"field": f"parent.{origin.field.removeprefix(field)}"})
                for origin in told
                if origin.field.startswith(field)
            ]
            return ParentPlan(number=basis.number, date=basis.date, issuer=basis.issuer), origins
    return None, []
