"""Units as people write them in forms."""

import unicodedata
from typing import Literal

import pytest

from services.planner.pages.naming import NotOneUnit, Units

UNITS = Units(
    {
        "PL-PGD": "Phòng Giáo dục Phước Lộc",
        "PL-TH1": "Trường Tiểu học Phước Lộc 1",
        "PL-TH2": "Trường Tiểu học Phước Lộc 2",
        "TK-TH": "Trường Tiểu học Kim Đồng",
        "TB-TH": "Trường Tiểu học Kim Đồng",
        "PL-LC": "Trường liên cấp (cơ sở 2)",
    }
)


@pytest.mark.parametrize("unit_id", [*UNITS.names])
def test_what_a_form_shows_names_the_unit_again(unit_id: str) -> None:
    assert UNITS.id_of(UNITS.written(unit_id)) == unit_id
    assert UNITS.id_of(unit_id) == unit_id


@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_a_whole_name_is_enough_whatever_its_letters(form: Literal["NFC", "NFD"]) -> None:
    words = unicodedata.normalize(form, "  phòng giáo dục  PHƯỚC LỘC ")
    assert UNITS.id_of(words) == "PL-PGD"
    assert UNITS.id_of("Trường liên cấp (cơ sở 2)") == "PL-LC"


def test_an_id_that_is_not_known_here_is_for_the_use_case_to_refuse() -> None:
    assert UNITS.id_of("AH-SGD") == "AH-SGD"
    assert UNITS.id_of("Sở Giáo dục (AH-SGD)") == "AH-SGD"
    assert UNITS.written("AH-SGD") == "AH-SGD"
    assert UNITS.written(None) == ""


@pytest.mark.parametrize(
    ("words", "offered"),
    [
        ("Trường Tiểu học Kim Đồng", ["TK-TH", "TB-TH"]),
        ("Tiểu học Phước Lộc", ["PL-TH1", "PL-TH2"]),
        ("Phòng Giáo dục", ["PL-PGD"]),
    ],
)
def test_a_part_of_a_name_or_one_of_several_is_not_guessed_but_offered(words: str, offered: list[str]) -> None:
    with pytest.raises(NotOneUnit) as refused:
        UNITS.id_of(words)
    assert [unit_id for unit_id in UNITS.names if f"({unit_id})" in str(refused.value)] == offered


def test_no_unit_of_that_name_is_said_to_be_none() -> None:
    with pytest.raises(NotOneUnit, match="Không có đơn vị nào tên “Trường Mầm non”"):
        UNITS.id_of("Trường Mầm non")


def test_of_many_units_some_are_offered_and_the_rest_counted() -> None:
    many = Units({f"T-{number}": f"Trường {number}" for number in range(9)})
    with pytest.raises(NotOneUnit, match="và 4 đơn vị nữa"):
        many.id_of("trường ")
