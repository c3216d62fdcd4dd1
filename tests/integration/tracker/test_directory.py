"""The tracker's copy of the directory."""

from datetime import date
from itertools import permutations

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from contracts.scope import GRADES, Audience, Place, Scope, reaches
from contracts.units import Level, Ownership, Role, UnitChanged, UnitKind
from tests.integration.tracker.world import SCHOOL, World, item, person, province, unit

DAY = date(2025, 9, 1)


async def _paths(world: World) -> dict[str, str]:
    return dict(await world.rows("SELECT id, path FROM units"))


async def test_paths_are_the_same_in_whatever_order_units_arrive(empty: World) -> None:
    units = [unit(*row) for row in (("A", UnitKind.AREA, None, 1), ("A-B", UnitKind.AREA, "A", 2))]
    units.append(unit("A-B-C", UnitKind.SCHOOL, "A-B", 3))
    expected = {"A": "A/", "A-B": "A/A-B/", "A-B-C": "A/A-B/A-B-C/"}
    for order in permutations(units):
        await empty.rows("UPDATE units SET sequence = 0, path = 'nowhere/'")
        for each in order:
            await empty.take_directory(each)
        assert await _paths(empty) == expected, [each.unit_id for each in order]


async def test_a_unit_that_moves_takes_all_below_it_along(world: World) -> None:
    sequence = len(province())
    await world.take_directory(
        unit("P-C", UnitKind.AREA, "P", sequence + 1),
        unit("P-A", UnitKind.AREA, "P-C", sequence + 2),
        unit("P-A-9", UnitKind.SCHOOL, "P-A", sequence + 3),
    )
    paths = await _paths(world)
    assert paths["P-A"] == "P/P-C/P-A/"
    assert paths[SCHOOL] == f"P/P-C/P-A/{SCHOOL}/"
    assert paths["P-A-9"] == "P/P-C/P-A/P-A-9/"


async def test_what_is_older_or_repeated_changes_nothing(world: World) -> None:
    before = await world.rows("SELECT * FROM units ORDER BY id"), await world.rows("SELECT * FROM people")
    await world.take_directory(*province())
    await world.take_directory(unit(SCHOOL, UnitKind.SCHOOL, "P-B", 1))
    assert (await world.rows("SELECT * FROM units ORDER BY id"), await world.rows("SELECT * FROM people")) == before
    assert await world.rows("SELECT sequence FROM directory") == [(len(province()),)]


async def test_of_two_changes_of_a_unit_in_one_batch_the_later_counts(empty: World) -> None:
    first = unit("A", UnitKind.AREA, None, 1, people=(person("old", Role.OFFICER),))
    later = unit("A", UnitKind.AREA, None, 2, people=(person("new", Role.OFFICER),))
    await empty.take_directory(later, first)
    assert await empty.rows("SELECT sequence FROM units") == [(2,)]
    assert await empty.rows("SELECT person_id FROM people") == [("new",)]


async def test_a_loop_in_a_faulty_directory_ends(empty: World) -> None:
    await empty.take_directory(unit("A", UnitKind.AREA, "B", 1), unit("B", UnitKind.AREA, "A", 2))
    assert set(await _paths(empty)) == {"A", "B"}


@st.composite
def _directories(draw: st.DrawFn) -> list[UnitChanged]:
    """Trees of up to a dozen units of every kind."""
    units = []
    for number in range(draw(st.integers(3, 12))):
        parent = None if number == 0 else f"U{draw(st.integers(0, number - 1))}"
        units.append(
            unit(
                f"U{number}",
                draw(st.sampled_from(UnitKind)),
                parent,
                number + 1,
                levels=draw(st.frozensets(st.sampled_from(Level), max_size=3)),
                ownership=draw(st.none() | st.sampled_from(Ownership)),
                has_union=draw(st.booleans()),
                valid_from=draw(st.sampled_from([date(2025, 1, 1), DAY, date(2025, 9, 2)])),
                valid_to=draw(st.sampled_from([None, None, date(2025, 8, 31), DAY])),
            )
        )
    return units


_SCOPES = st.builds(
    Scope,
    audience=st.sampled_from([Audience.SCHOOLS, Audience.SCHOOLS, Audience.PARTIES]),
    levels=st.frozensets(st.sampled_from(Level), max_size=2),
    grades=st.frozensets(
        st.sampled_from(sorted({grade for grades in GRADES.values() for grade in grades})), max_size=2
    ),
    ownership=st.none() | st.sampled_from(Ownership),
    with_union=st.none() | st.booleans(),
    area=st.lists(st.integers(0, 11).map("U{}".format), max_size=2).map(tuple),
)


@given(data=st.data())
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
async def test_the_scope_rule_in_sql_is_the_rule_of_the_contracts(empty: World, data: st.DataObject) -> None:
    units = data.draw(_directories())
    parties = data.draw(
        st.lists(st.sampled_from([each.unit_id for each in units]), min_size=1, max_size=2, unique=True)
    )
    scopes = data.draw(st.lists(_SCOPES, min_size=1, max_size=4))
    # What an earlier example left is closed, stands nowhere, and gives way to any unit of the same id.
    await empty.rows("UPDATE units SET sequence = 0, parent_id = NULL, path = 'gone/', valid_to = '1900-01-01'")
    await empty.take_directory(*units)
    paths = await _paths(empty)
    places = {
        each.unit_id: Place(
            unit_id=each.unit_id,
            kind=each.kind,
            path=paths[each.unit_id],
            levels=each.levels,
            ownership=each.ownership,
            has_union=each.has_union,
            valid_from=each.valid_from,
            valid_to=each.valid_to,
        )
        for each in units
    }
    approved = await empty.approve(
        *(item(position, scope=scope) for position, scope in enumerate(scopes, 1)), parties=parties
    )
    got = await empty.rows(
        "SELECT position, unit_id FROM tasks JOIN items USING (plan_id, item_id) WHERE plan_id = $1", approved.plan_id
    )
    expected = {
        (position, place.unit_id)
        for position, scope in enumerate(scopes, 1)
        for place in places.values()
        if reaches(
            scope,
            place,
            parties=[places[party] for party in parties],
            areas=[paths.get(area, "nowhere/") for area in scope.area],
            day=DAY,
        )
    }
    assert set(got) == expected
    assert len(got) == len(expected)
