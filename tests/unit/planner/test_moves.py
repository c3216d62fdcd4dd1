"""What an import moves of a plan in force: told before it is done, and as it then is."""

from datetime import timedelta
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from contracts.scope import Scope
from contracts.units import Level
from services.planner.rules.directory import Known, Unit, paths, stands_since
from services.planner.rules.moves import PlanMove, move
from services.planner.rules.obligations import Directory, obligations
from tests.unit.planner.test_obligations import AFTER, BEFORE, DAYS, TODAY, TOLD_SINCE, directory, item, plan, school

PLAN, DAY = UUID(int=1), TODAY + timedelta(days=1)
TWO = plan(item(1), item(2, BEFORE, AFTER))


def laid_over(known: dict[str, Known], *units: Unit) -> dict[str, Known]:
    """The directory after an import of these rows today."""
    by_id = {**{key: each.unit for key, each in known.items()}, **{unit.unit_id: unit for unit in units}}
    place = paths(by_id)
    return {
        key: Known(unit, place[key], stands_since(unit, known.get(key), TODAY), TOLD_SINCE)
        for key, unit in by_id.items()
    }


def moved(known: dict[str, Known], *units: Unit) -> PlanMove | None:
    return move(PLAN, TWO, DAYS, Directory(known, DAY), Directory(laid_over(known, *units), DAY))


def ends(unit_id: str, *successors: str) -> Unit:
    return school(unit_id, *successors, valid_to=TODAY)


def test_a_merger_leaves_the_successor_as_it_was_and_a_joiner_has_more() -> None:
    known = directory(school("S1"), school("S2"))
    found = moved(known, ends("S1", "S2"), school("S3", valid_from=DAY))
    assert found is not None
    assert [(unit.unit_id, unit.before, unit.after) for unit in found.units] == [("S1", 3, 0), ("S3", 0, 2)]
    assert (found.before, found.after, found.changed, found.undecided) == (6, 5, 2, ())


def test_an_end_without_one_successor_is_for_a_person_to_decide() -> None:
    found = moved(directory(school("S1"), school("S2"), school("S3")), ends("S1", "S2", "S3"))
    assert found is not None
    assert (found.changed, found.undecided) == (0, ("S1", "S2", "S3"))


def test_a_unit_that_changes_keeps_what_it_had_and_gets_what_is_new() -> None:
    primary = Scope(levels=frozenset({Level.TH}))
    document = plan(item(1, scope=primary), item(2, BEFORE, AFTER, scope=primary))
    known = directory(school("S1"), school("S2", levels={Level.MN}))
    after = laid_over(known, school("S1", levels={Level.MN}), school("S2"))
    found = move(PLAN, document, DAYS, Directory(known, DAY), Directory(after, DAY))
    assert found is not None
    assert [(unit.unit_id, unit.before, unit.after) for unit in found.units] == [("S2", 0, 2)]


def test_rows_that_say_nothing_new_move_nothing() -> None:
    assert moved(directory(school("S1")), school("S1", name="Tên mới")) is None


SCHOOLS = ("S1", "S2", "S3", "S4")
HEIRS = st.lists(st.sampled_from([*SCHOOLS, "NEW"]), max_size=2, unique=True)


@given(st.dictionaries(st.sampled_from(SCHOOLS), HEIRS, max_size=3), st.booleans())
def test_what_was_told_is_what_the_books_say_on_that_day(endings: dict[str, list[str]], new: bool) -> None:
    known = directory(*map(school, SCHOOLS))
    rows = [ends(unit_id, *(heir for heir in heirs if heir not in endings)) for unit_id, heirs in endings.items()]
    rows.append(school("NEW", valid_from=DAY if new else DAY + timedelta(days=300)))
    told = moved(known, *rows)
    before = obligations(TWO, Directory(known, DAY), DAYS).units
    after = obligations(TWO, Directory(laid_over(known, *rows), DAY), DAYS)
    differ = {unit: (before.get(unit, 0), after.units.get(unit, 0)) for unit in {*before, *after.units}}
    assert {unit.unit_id: (unit.before, unit.after) for unit in (told.units if told else ())} == {
        unit: counts for unit, counts in differ.items() if counts[0] != counts[1]
    }
    assert (told.undecided if told else ()) == after.undecided
