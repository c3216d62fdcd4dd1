"""Pages hold each entry once and in order; a cursor that no page gave is refused."""

import base64
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.kit.errors import Refusal
from services.kit.pages import Page, after, page

Row = tuple[str, int, UUID]
START: Row = ("", -(2**63) + 1, UUID(int=0))
rows = st.tuples(st.text("abcđ/0-", min_size=1, max_size=5), st.integers(-(2**62), 2**62), st.uuids())


def read(table: list[Row], size: int, cursor: str | None) -> Page[Row]:
    """A page as a service reads it: one row more than asked, from after the cursor's place."""
    place = after(cursor, START)
    return page([row for row in table if row > place][: size + 1], size, lambda row: row)


@given(st.sets(rows, max_size=30), st.integers(1, 10))
def test_pages_hold_every_entry_once_in_order(table: set[Row], size: int) -> None:
    found: list[Row] = []
    cursor, pages = None, 0
    while pages == 0 or cursor:
        answer = read(sorted(table), size, cursor)
        found += answer.entries
        cursor, pages = answer.cursor, pages + 1
    assert found == sorted(table)
    assert pages == max(1, -(-len(table) // size))


@pytest.mark.parametrize(
    "cursor",
    [
        "",
        "x",
        "!!",
        "YWJj",
        *(
            base64.urlsafe_b64encode(text).decode()
            for text in (
                b"[]",
                b"{}",
                b"null",
                b'["a", 1]',
                b'["a", 1, "no uuid"]',
                b'["a", 1, 7]',
                b'["a", true, "00000000-0000-0000-0000-000000000000"]',
                b'["a", 9223372036854775808, "00000000-0000-0000-0000-000000000000"]',
                b'["a\\u0000", 1, "00000000-0000-0000-0000-000000000000"]',
                b'["a\\ud800", 1, "00000000-0000-0000-0000-000000000000"]',
                b'["a", 1, "00000000-0000-0000-0000-000000000000", 1]',
                b"[" * 150,
            )
        ),
    ],
)
def test_a_cursor_of_somebodys_own_making_is_refused(cursor: str) -> None:
    with pytest.raises(Refusal) as refused:
        after(cursor, START)
    assert refused.value.code == "cursor-invalid"
