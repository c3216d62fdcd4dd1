"""What a careful officer reads in each document, written down before the reader saw it, and how the two are compared.

`<name>.toml` beside a document holds what is expected. Short forms: a document's number is followed by its date
(`85/QĐ-TTg 2022-01-17`), a target is `100 %`, a duty `who: first words`, an item's text `first words … last words`,
a scope its levels, `lớp` with grades, `public`, `non-public`, `union`, `no-union`, `parties`; `by` is who answers:
`principal` (where nothing is said), `union-chair`, `both` or `officer`. The document's own `scope` holds for the
items that name none, `on` lists the days that a due rule gives. `differs` names the fields that the reader still reads
otherwise: a person has to mend them at the desk.
"""

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from contracts.plans import Duty, Item, PlanDocument
from contracts.scope import Audience, Scope
from contracts.units import Level, Ownership, Role

FOLDER = Path(__file__).parent
SCANNED = ("chi-thi-an-toan", "ke-hoach-he", "nghi-quyet-tieu-hoc")
FORMS = (".txt", ".md", ".docx", ".pdf", ".tif", ".png")
NAMES = sorted(path.stem for path in FOLDER.glob("*.toml"))

_ACCOUNTABLE = {
    "principal": {Role.PRINCIPAL},
    "union-chair": {Role.UNION_CHAIR},
    "both": {Role.PRINCIPAL, Role.UNION_CHAIR},
    "officer": {Role.OFFICER},
}

Field = tuple[str, Any, Any]
"""A field's name, what is expected of it and what was read."""


def file_of(name: str) -> Path:
    """The document of that name, in whatever form it is."""
    (path,) = (path for path in FOLDER.glob(f"{name}.*") if path.suffix in FORMS)
    return path


def expected_of(name: str) -> dict[str, Any]:
    """What is expected of the document of that name."""
    return tomllib.loads((FOLDER / f"{name}.toml").read_text(encoding="utf-8"))


def fields(expected: dict[str, Any], read: PlanDocument) -> Iterator[Field]:
    """Every field of the document, of its parties and of its items, as expected and as read."""
    for name in ("number", "date", "place", "title"):
        yield name, expected.get(name), getattr(read, name)
    yield "kind", expected["kind"], read.kind.value
    yield "period", expected["period"], _period(read)
    yield "parent", expected.get("parent"), read.parent and _numbered(read.parent.number, read.parent.date)
    yield "bases", expected["bases"], [_numbered(base.number, base.date) for base in read.legal_bases]
    yield "recipients", expected["recipients"], [recipient.name for recipient in read.recipients]
    yield "warnings", sorted(expected["warnings"]), sorted(warning.code for warning in read.warnings)
    yield from _duties(expected["duties"], [_said(duty) for duty in read.duties])
    yield from _parties(expected["parties"], read)
    yield from _items(expected, read)


def differences(expected: dict[str, Any], read: PlanDocument) -> list[Field]:
    """The fields that were read otherwise than expected."""
    return [field for field in fields(expected, read) if field[1] != field[2]]


def _duties(expected: list[str], read: list[str]) -> Iterator[Field]:
    for position in range(max(len(expected), len(read))):
        wanted = expected[position] if position < len(expected) else None
        found = read[position] if position < len(read) else None
        begins = wanted and found and found.startswith(wanted)
        yield f"duty {position + 1}", wanted, wanted if begins else found


def _said(duty: Duty) -> str:
    return f"{duty.who}: {duty.text.removeprefix(f'{duty.who}: ')}"


def _parties(expected: list[dict[str, str]], read: PlanDocument) -> Iterator[Field]:
    found = {party.role.value: party for party in read.parties}
    yield "parties", len(expected), len(read.parties)
    for party in expected:
        of = f"party {party['role']}"
        same = found.get(party["role"])
        yield f"{of}: name", party["name"], same and same.name
        yield f"{of}: signer", party.get("signer"), same and same.signer
        yield f"{of}: title", party.get("title"), same and same.signer_title


def _items(expected: dict[str, Any], read: PlanDocument) -> Iterator[Field]:
    left = list(read.items)
    for position, item in enumerate(expected["items"], start=1):
        of = f"item {position}"
        first, _, last = item["text"].partition(" … ")
        same = next((each for each in left if each.text.startswith(first)), None)
        if same:
            left.remove(same)
        whole = same and same.text.endswith(last)
        yield f"{of}: text", item["text"], item["text"] if whole else same and same.text
        for name, wanted, found in _item_fields(item, expected.get("scope", ""), same):
            yield f"{of}: {name}", wanted, found
    yield from (("item", None, each.text) for each in left)


def _item_fields(item: dict[str, Any], usual_scope: str, read: Item | None) -> Iterator[Field]:
    yield "section", item.get("section", ""), read and read.section
    yield "kind", item.get("kind", "standing"), read and read.kind.value
    yield "due", item.get("due", "none"), read and read.due.rule
    yield "targets", item.get("targets", []), read and [f"{each.value:g} {each.unit}" for each in read.targets]
    yield "lead", item.get("lead", []), read and list(read.lead)
    yield "cooperating", item.get("with", []), read and list(read.cooperating)
    yield "directing", item.get("directing", []), read and list(read.directing)
    yield "accountable", _ACCOUNTABLE[item.get("by", "principal")], read and set(read.accountable)
    yield "scope", _scope(item.get("scope", usual_scope)), read and read.scope.model_copy(update={"text": ""})
    if "heading" in item:
        yield "heading", item["heading"], read and read.heading
    if "parts" in item:
        yield "parts", item["parts"], read and len(read.parts)
    if "on" in item:
        yield "dates", item["on"], read and [each.due_on for each in read.due.occurrences]


def _period(read: PlanDocument) -> str:
    period = read.period
    if not period.certain:
        return ""
    span = f"{period.start} {period.end}" if period.start else ""
    return period.school_year or str(period.calendar_year or span)


def _numbered(number: str | None, date: object) -> str:
    return (number or "") + (f" {date}" if date else "")


def _scope(words: str) -> Scope:
    found = set(words.split())
    return Scope(
        audience=Audience.PARTIES if "parties" in found else Audience.SCHOOLS,
        levels=frozenset(level for level in Level if level.value in found),
        grades=frozenset(int(word) for word in found if re.fullmatch(r"\d+", word)),
        ownership=next((kind for kind in Ownership if kind.value in found), None),
        with_union={"union": True, "no-union": False}.get(next(iter(found & {"union", "no-union"}), "")),
    )
