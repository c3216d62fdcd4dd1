"""The table of rights in the README."""

import pytest

from services.tracker.rights import README, written


def test_the_readme_says_what_the_code_enforces() -> None:
    text = README.read_text(encoding="utf-8")
    assert text == written(text), "run: python -m services.tracker.rights"


def test_a_readme_without_a_place_for_the_table_is_an_error() -> None:
    with pytest.raises(ValueError, match="no place"):
        written("# Tracker\n")
