"""A due rule as the fields of a form."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.plans import Period
from services.planner.pages import dues
from services.planner.pages.words import DUE_KINDS
from services.planner.rules.calendar import occurrences

YEAR = Period(school_year="2025-2026")
years = st.sampled_from(["", "2025-"])
days = st.builds("{}{:02}-{:02}".format, years, st.integers(1, 12), st.integers(1, 28))
months = st.builds("{}{:02}".format, years, st.integers(1, 12))
said = st.one_of(
    st.sampled_from(["none", "monthly", "quarterly", "half-yearly", "termly", "yearly", "year:start", "year:end"]),
    st.builds("{}:{}".format, st.sampled_from(["day", "before"]), st.lists(days, min_size=1, max_size=4).map(",".join)),
    st.builds("month:{}".format, st.lists(months, min_size=1, max_size=4).map(",".join)),
    st.builds(
        "{}:{:02}-{:02}".format, st.sampled_from(["lunar", "before-lunar"]), st.integers(1, 12), st.integers(1, 29)
    ),
    st.builds("quarter:{}{}".format, years, st.integers(1, 4)),
    st.builds("term:{}:{}".format, st.integers(1, 2), st.sampled_from(["start", "end"])),
    st.builds("monthly:{:02}".format, st.integers(1, 31)),
)
coded = st.one_of(
    st.just("span:01-05/01-25"),
    st.just("workdays:5:2025-09-12"),
    st.builds("{}+{}".format, said, said),
    st.text(max_size=60),
)


@given(said)
def test_what_fields_can_say_is_shown_in_them_and_gives_days(rule: str) -> None:
    typed = dues.as_typed(rule)
    assert typed["due_kind"] == rule.partition(":")[0]
    assert dues.rule_of(typed) == rule
    assert occurrences(rule, YEAR)


@given(coded)
def test_any_other_rule_stays_as_it_is(rule: str) -> None:
    typed = dues.as_typed(rule)
    assert set(typed) == set(dues.FIELDS)
    assert typed["due_kind"] in DUE_KINDS
    assert dues.rule_of(typed) == (rule or "none")


@pytest.mark.parametrize(
    ("typed", "rule"),
    [
        ({"due_kind": "day", "due_days": "20/11; 8-3-2026"}, "day:11-20,2026-03-08"),
        ({"due_kind": "before", "due_days": " 5 / 9 "}, "before:09-05"),
        ({"due_kind": "month", "due_months": "10, 1/2026"}, "month:10,2026-01"),
        ({"due_kind": "quarter", "due_quarter": "4/2025"}, "quarter:2025-4"),
        ({"due_kind": "lunar", "due_days": "15/8"}, "lunar:08-15"),
        ({"due_kind": "monthly", "due_day": "5"}, "monthly:05"),
        ({"due_kind": "monthly"}, "monthly"),
        ({"due_kind": "termly", "due_days": "left over"}, "termly"),
        ({"due": "day:11-20"}, "day:11-20"),
        ({}, "none"),
    ],
)
def test_words_become_the_rule(typed: dict[str, str], rule: str) -> None:
    assert dues.rule_of(dict.fromkeys(dues.FIELDS, "") | typed) == rule


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"due_kind": "day"}, "due_days"),
        ({"due_kind": "day", "due_days": "32/1"}, "due_days"),
        ({"due_kind": "before", "due_days": "1/13"}, "due_days"),
        ({"due_kind": "day", "due_days": "20/11,"}, "due_days"),
        ({"due_kind": "lunar", "due_days": "15/8/2025"}, "due_days"),
        ({"due_kind": "lunar", "due_days": "31/8"}, "due_days"),
        ({"due_kind": "month", "due_months": "13"}, "due_months"),
        ({"due_kind": "quarter", "due_quarter": "IV"}, "due_quarter"),
        ({"due_kind": "monthly", "due_day": "0"}, "due_day"),
        ({"due_kind": "sometimes"}, "due_kind"),
    ],
)
def test_what_does_not_say_a_rule_is_told_at_its_field(typed: dict[str, str], field: str) -> None:
    with pytest.raises(dues.BadDue) as bad:
        dues.rule_of(dict.fromkeys(dues.FIELDS, "") | typed)
    assert bad.value.field == field
