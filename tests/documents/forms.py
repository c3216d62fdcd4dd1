"""Every document in every form: as text, Word document, PDF and scan, and in which fields two forms are read otherwise.

What is not in the repository is made of the sources: text and Word documents here, PDFs by LibreOffice (`make.pdfs`).
`differs_in` in a document's `<name>.toml` names, form by form, the fields that are read otherwise than from the form in
which the document was written: a person has to mend them at the desk.
"""

import unicodedata
from typing import Any

from contracts.plans import PlanDocument
from tests.documents import make
from tests.documents.expectations import FOLDER, SCANNED, expected_of, file_of

MAX_ERRORS = 0.03
"""How many letters of a hundred may be mistaken in a text of a scan that counts as read."""

_TEXTS = {"text", "name", "title", "signer", "signer_title", "heading", "who", "issuer", "parts"}
_LAYOUT = {"lines", "origins"}

Fields = dict[str, Any]
"""What was read, by the place where it stands: `items.3.due`."""


def text_of(name: str) -> str:
    """The document as text: the file, or what is copied out of the Word document."""
    file = file_of(name)
    return file.read_text(encoding="utf-8") if file.suffix in (".txt", ".md") else make.text(make.source(name))


def scan_of(name: str) -> bytes:
    """The document as a scan."""
    return (file_of(name) if name in SCANNED else FOLDER / "scans" / f"{name}.tif").read_bytes()


def listed(name: str, form: str) -> set[str]:
    """The fields that are known to be read otherwise from that form."""
    return set(expected_of(name).get("differs_in", {}).get(form, []))


def fields(read: PlanDocument) -> Fields:
    """Every field but the lines it was read from, texts in NFC; of warnings, what they are and about what."""
    found: Fields = {}
    dumped = read.model_dump(mode="json", exclude=_LAYOUT)
    dumped["warnings"] = sorted(
        f"{each['code']} {each['about']}" for each in dumped["warnings"] if each["code"] not in _OF_SCANS
    )
    for name, value in dumped.items():
        if name in ("parties", "legal_bases", "items", "duties", "recipients"):
            found[name] = len(value)
            for position, each in enumerate(value, start=1):
                found |= {f"{name}.{position}.{key}": part for key, part in each.items() if key not in _LAYOUT}
        else:
            found[name] = value
    return {name: _plain(value) for name, value in found.items()}


_OF_SCANS = {"recognised-text", "unsure-text"}


def _plain(value: Any) -> Any:
    """The value in NFC, sets in order, without the words that a rule or a scope was read from."""
    if isinstance(value, str):
        return unicodedata.normalize("NFC", value)
    if isinstance(value, dict):
        return {key: sorted(each) if key in ("levels", "grades") else _plain(each) for key, each in value.items()}
    return [_plain(each) for each in value] if isinstance(value, list) else value


def different(one: Fields, other: Fields, *, of_scan: bool = False) -> set[str]:
    """The fields in which two readings differ; of a scan, texts differ that have more than `MAX_ERRORS`.

    Of what only one of them has, the count tells.
    """
    return {name for name in one.keys() & other.keys() if not _alike(name, one[name], other[name], of_scan)}


def _alike(name: str, one: Any, other: Any, of_scan: bool) -> bool:
    if one == other:
        return True
    if not of_scan or one is None or other is None:
        return False
    key = name.rsplit(".", 1)[-1]
    if key in ("due", "scope", "period"):  # what they say counts, not the words that said it
        return {**one, "text": ""} == {**other, "text": ""}
    if key in ("lead", "cooperating", "directing"):
        return len(one) == len(other) and all(errors(*pair) <= MAX_ERRORS for pair in zip(one, other, strict=True))
    return key in _TEXTS and errors(str(one), str(other)) <= MAX_ERRORS


def errors(written: str, read: str) -> float:
    """How many letters of one were read wrongly, left out or added: 0 where the texts are the same but for capitals."""
    written, read = written.casefold(), read.casefold()
    costs = list(range(len(read) + 1))
    for row, letter in enumerate(written, start=1):
        before, costs[0] = costs[0], row
        for column, other in enumerate(read, start=1):
            step = min(costs[column] + 1, costs[column - 1] + 1, before + (letter != other))
            before, costs[column] = costs[column], step
    return costs[-1] / max(len(written), 1)
