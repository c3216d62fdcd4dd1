"""Whom an item binds: never anybody beside or above a party, and never more for a further restriction."""

from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from contracts.scope import GRADES, Audience, Place, Scope, jurisdiction, reaches
from contracts.units import Level, Ownership, UnitKind

DAY = date(2024, 9, 20)
SEGMENTS = ["a", "b", "ab"]  # one a prefix of another, as identifiers are

paths = st.lists(st.sampled_from(SEGMENTS), min_size=1, max_size=4).map(lambda segments: "/".join(segments) + "/")
levels = st.frozensets(st.sampled_from(Level), max_size=3)
grades = st.frozensets(st.integers(1, 12), max_size=3)
BEFORE, AFTER = date(2024, 9, 19), date(2024, 9, 21)


@st.composite
def places(draw: st.DrawFn, *kinds: UnitKind) -> Place:
    """Any unit anywhere in the tree, on every day."""
    path = draw(paths)
    return Place(
        unit_id=path.rstrip("/").rpartition("/")[2],
        kind=draw(st.sampled_from(kinds or tuple(UnitKind))),
        path=path,
        levels=draw(levels),
        ownership=draw(st.none() | st.sampled_from(Ownership)),
        has_union=draw(st.booleans()),
        valid_from=date.min,
        valid_to=None,
    )


scopes = st.builds(
    Scope,
    audience=st.just(Audience.SCHOOLS),
    levels=levels,
    grades=grades,
    ownership=st.none() | st.sampled_from(Ownership),
    with_union=st.none() | st.booleans(),
)
schools = places(UnitKind.SCHOOL)
parties = st.lists(places(), max_size=3)
areas = st.lists(paths, max_size=2)
restrictions = st.fixed_dictionaries(
    {},
    optional={"levels": levels, "grades": grades, "ownership": st.sampled_from(Ownership), "with_union": st.booleans()},
)


def school(path: str = "79/79-760/79-760-001/", **fields: Any) -> Place:
    """A public primary school with a union, unless said otherwise."""
    facts: dict[str, Any] = {
        "unit_id": path.rstrip("/").rpartition("/")[2],
        "kind": UnitKind.SCHOOL,
        "path": path,
        "levels": frozenset({Level.TH}),
        "ownership": Ownership.PUBLIC,
        "has_union": True,
        "valid_from": date(2000, 1, 1),
        "valid_to": None,
    }
    return Place(**{**facts, **fields})


OFFICE = school("79/79-760/79-760-PGD/", kind=UnitKind.OFFICE, levels=frozenset(), ownership=None)


def bound(scope: Scope, place: Place, party: Place = OFFICE, *, area: tuple[str, ...] = ()) -> bool:
    """Whether an item of the one party binds the unit on DAY."""
    return reaches(scope, place, parties=[party], areas=area, day=DAY)


def steps(path: str) -> list[str]:
    """The identifiers on the way from the root to a unit."""
    return path.rstrip("/").split("/")


def area_of(party: Place) -> list[str]:
    """The way to what a party answers for: an office stands in its area, any other unit is its own."""
    way = steps(party.path)
    return way[:-1] if party.kind in (UnitKind.OFFICE, UnitKind.UNION) and len(way) > 1 else way


@settings(max_examples=500)
@given(schools, parties, areas)
def test_nobody_reaches_beside_or_above_itself(place: Place, parties: list[Place], areas: list[str]) -> None:
    if reaches(Scope(), place, parties=parties, areas=areas, day=DAY):
        assert any(steps(place.path)[: len(area)] == area for area in map(area_of, parties))


@settings(max_examples=500)
@given(scopes, restrictions, schools, areas)
def test_a_restriction_never_adds_a_unit(scope: Scope, more: dict[str, Any], place: Place, areas: list[str]) -> None:
    added = {name: value for name, value in more.items() if getattr(scope, name) in (None, frozenset())}
    narrower = scope.model_copy(update=added)
    if reaches(narrower, place, parties=[place], areas=areas, day=DAY):
        assert reaches(scope, place, parties=[place], areas=(), day=DAY)


@pytest.mark.parametrize("audience", Audience)
@pytest.mark.parametrize("valid_from", [BEFORE, DAY, AFTER])
@pytest.mark.parametrize("valid_to", [BEFORE, DAY, AFTER, None])
def test_only_units_that_exist_on_the_day(audience: Audience, valid_from: date, valid_to: date | None) -> None:
    unit = school(valid_from=valid_from, valid_to=valid_to)
    exists = valid_from <= DAY and (valid_to is None or valid_to >= DAY)
    assert bound(Scope(audience=audience), unit, party=unit) is exists


@given(places(), parties)
def test_what_is_for_the_parties_binds_the_parties_alone(place: Place, parties: list[Place]) -> None:
    reached = reaches(Scope(audience=Audience.PARTIES), place, parties=parties, areas=(), day=DAY)
    assert reached == (place.unit_id in {party.unit_id for party in parties})


@given(levels, st.frozensets(st.integers(1, 12), min_size=1))
def test_grades_imply_levels(given_levels: frozenset[Level], asked: frozenset[int]) -> None:
    left = Scope(levels=given_levels, grades=asked).levels_bound()
    assert left <= (given_levels or frozenset(Level))
    assert all(GRADES[level] and asked & set(GRADES[level]) for level in left)
    assert Level.MN not in left


def test_every_grade_is_taught_somewhere() -> None:
    assert {grade for taught in GRADES.values() for grade in taught} == set(range(1, 13))
    assert Scope(grades=frozenset({3, 7, 10})).levels_bound() == {Level.TH, Level.THCS, Level.THPT, Level.GDTX}
    assert Scope().levels_bound() == frozenset(Level)


@pytest.mark.parametrize("grade", [0, 13, -1])
def test_there_is_no_such_grade(grade: int) -> None:
    with pytest.raises(ValidationError):
        Scope(grades=frozenset({grade}))


@pytest.mark.parametrize(
    ("kind", "path", "answers_for"),
    [
        (UnitKind.OFFICE, "79/79-760/79-760-PGD/", "79/79-760/"),
        (UnitKind.UNION, "79/79-CDN/", "79/"),
        (UnitKind.SCHOOL, "79/79-760/79-760-001/", "79/79-760/79-760-001/"),
        (UnitKind.AREA, "79/", "79/"),
        (UnitKind.TEAM, "79/79-760/79-760-001/to-1/", "79/79-760/79-760-001/to-1/"),
        (UnitKind.OFFICE, "79-SGD/", "79-SGD/"),
        (UnitKind.UNION, "79-CDN/", "79-CDN/"),
    ],
)
def test_jurisdiction(kind: UnitKind, path: str, answers_for: str) -> None:
    assert jurisdiction(kind, path) == answers_for


@pytest.mark.parametrize(
    ("scope", "place", "expected"),
    [
        pytest.param(Scope(), school(), True, id="below the party"),
        pytest.param(Scope(), school("79/79-7600/79-7600-001/"), False, id="area with a longer name"),
        pytest.param(Scope(), school("79/79-761/79-761-001/"), False, id="beside"),
        pytest.param(Scope(), school("79/79-001/"), False, id="above"),
        pytest.param(Scope(), school(kind=UnitKind.TEAM), False, id="no school"),
        pytest.param(Scope(levels=frozenset({Level.THCS})), school(), False, id="other level"),
        pytest.param(
            Scope(levels=frozenset({Level.THCS})),
            school(levels=frozenset({Level.TH, Level.THCS})),
            True,
            id="one level of several",
        ),
        pytest.param(Scope(grades=frozenset({3})), school(), True, id="grade that it teaches"),
        pytest.param(Scope(grades=frozenset({7})), school(), False, id="grade that it does not"),
        pytest.param(
            Scope(levels=frozenset({Level.MN}), grades=frozenset({3})),
            school(levels=frozenset({Level.MN, Level.TH})),
            False,
            id="level and grade that exclude each other",
        ),
        pytest.param(Scope(ownership=Ownership.NON_PUBLIC), school(), False, id="other ownership"),
        pytest.param(Scope(ownership=Ownership.PUBLIC), school(ownership=None), False, id="ownership unknown"),
        pytest.param(Scope(with_union=False), school(), False, id="those without a union"),
        pytest.param(Scope(with_union=True), school(has_union=False), False, id="those with a union"),
        pytest.param(Scope(), school(levels=frozenset()), True, id="level unknown, not restricted"),
        pytest.param(Scope(levels=frozenset(Level)), school(levels=frozenset()), False, id="level unknown, restricted"),
    ],
)
def test_single_cases(scope: Scope, place: Place, expected: bool) -> None:
    assert bound(scope, place) is expected


def test_areas_narrow_and_a_school_itself_is_one() -> None:
    assert bound(Scope(), school(), area=("79/79-760/79-760-001/",))
    assert not bound(Scope(), school(), area=("79/79-760/79-760-00/",))
    assert not bound(Scope(), school(), area=("79/79-761/",))
    assert bound(Scope(), school(), area=("79/79-761/", "79/"))


def test_equal_scopes_are_equal_bytes() -> None:
    written = Scope(levels=frozenset(Level), grades=frozenset({12, 1, 8})).model_dump(mode="json")
    assert written["grades"] == [1, 8, 12]
    assert written["levels"] == sorted(Level)


def test_a_school_reaches_itself() -> None:
    assert bound(Scope(), school(), party=school())
    assert not bound(Scope(), school("79/79-760/79-760-002/"), party=school())
