"""What a plan rests on: its legal bases (căn cứ), and among them the plan above."""

import re
from collections.abc import Iterator, Sequence

from contracts.plans import LegalBasis, Origin, ParentPlan
from services.planner.reading.agreement import Agreement
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
_BETWEEN_BASES = re.compile(
    r";\s*|(?:,\s*|\s+và\s+)(?=(?:nghị định|nghị quyết|quyết định|thông tư|chỉ thị|kế hoạch|chương trình|công văn"
    r"|hướng dẫn|quy chế|quy định|kết luận)(?: (?:liên tịch|phối hợp|liên ngành))? số\s*:?\s*\d)",
    re.IGNORECASE,
)
"""Where one basis ends and the next begins."""
_PARENT = re.compile(
    r"(?:kế hoạch|chương trình|quy chế)\b(?=.*(?:phối hợp|liên t[iị]ch|KHLT))"
    r"|(?:nghị quyết|hướng dẫn) liên (?:tịch|ngành)\b",
    re.IGNORECASE,
)


def read_bases(
    opening: Sequence[Passage], agreement: Agreement | None = None
) -> tuple[tuple[LegalBasis, ...], list[Origin]]:
    """The documents that the opening rests on, one a clause; the sentence in which the parties agree is none."""
    bases: list[LegalBasis] = []
    origins: list[Origin] = []
    for passage in opening:
        agrees = agreement is not None and agreement.passage is passage
        for clause in _clauses(passage.part(0, agreement.begins) if agreement and agrees else passage):
            basis, told = _basis(clause, f"legal_bases.{len(bases) + 1}")
            bases.append(basis)
            origins.extend(told)
    return tuple(bases), origins


def rests(passage: Passage) -> bool:
    """Whether the paragraph begins with what the document rests on."""
    return bool(_BASIS_WORD.match(passage.text))


def _clauses(passage: Passage) -> Iterator[Passage]:
    """The bases that a paragraph names, parted by semicolons, and by commas or "và" where each has its number.

    "số; 13 /QC-…; ngày 22" is a slip and no new one.
    """
    if not rests(passage):
        return
    begun = 0
    for found in _BETWEEN_BASES.finditer(passage.text):
        rest = passage.text[found.end() :]
        if found[0][0] != ";" or _BASIS_WORD.match(rest) or rest[:1].isupper():
            yield _bare(passage, begun, found.start())
            begun = found.end()
    if (last := _bare(passage, begun, len(passage.text))).text:
        yield last


def _bare(passage: Passage, start: int, end: int) -> Passage:
    """The words without the marks around them."""
    return passage.part(start, len(passage.text[:end].rstrip(" .;,")))


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
