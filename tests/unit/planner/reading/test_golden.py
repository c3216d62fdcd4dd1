"""What is read of the sample plans and of documents of other forms, whole, against files that a person has checked.

After a change that is meant: `python -m tests.unit.planner.reading.test_golden` writes the files anew, and
`git diff` shows what to check.
"""

import json
from pathlib import Path
from typing import Any

import pytest

from contracts.plans import PlanDocument
from services.planner.documents import text_of
from services.planner.reading import read_plan
from tests.documents import expectations, make
from tests.unit.planner.reading.samples import NAMES, sample

GOLDEN = Path(__file__).parents[3] / "golden"

COUNTS = {
    "chuong-trinh-huyen": (20, 3, 7),
    "chuong-trinh-tinh": (14, 2, 6),
    "ke-hoach-lien-tich-huyen": (19, 5, 6),
    "ke-hoach-truong-mam-non": (17, 4, 4),
    "quy-che-truong-tieu-hoc": (12, 3, 0),
}


def read(name: str) -> PlanDocument:
    """What is read of the sample or of the document of that name; of one that is a scan, of what was scanned."""
    if name in NAMES:
        return read_plan(sample(name))
    is_scan = name in expectations.SCANNED
    return read_plan(text_of(make.word(make.source(name)) if is_scan else expectations.file_of(name).read_bytes()))


@pytest.mark.parametrize("name", [*NAMES, *expectations.NAMES])
def test_reads_what_a_person_has_checked(name: str) -> None:
    expected = PlanDocument.model_validate_json((GOLDEN / f"{name}.json").read_bytes())
    assert read(name) == expected


@pytest.mark.parametrize("name", expectations.NAMES)
def test_reads_what_was_expected_before_it_read(name: str) -> None:
    expected = expectations.expected_of(name)
    differences = expectations.differences(expected, read(name))
    # What still differs is named; what no longer does is taken off the list.
    assert {field for field, _, _ in differences} == set(expected.get("differs", [])), differences


@pytest.mark.parametrize("name", NAMES)
def test_counts_are_those_of_the_samples_readme(name: str) -> None:
    document = read_plan(sample(name))
    assert (len(document.items), len(document.duties), len(document.recipients)) == COUNTS[name]


def _as_json(document: PlanDocument) -> str:
    """The document as JSON in which sets have an order."""

    def ordered(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: sorted(each) if key in {"levels", "grades"} else ordered(each) for key, each in value.items()}
        return [ordered(each) for each in value] if isinstance(value, list) else value

    return json.dumps(ordered(document.model_dump(mode="json")), ensure_ascii=False, indent=1) + "\n"


if __name__ == "__main__":
    for each in [*NAMES, *expectations.NAMES]:
        (GOLDEN / f"{each}.json").write_text(_as_json(read(each)), encoding="utf-8")
