"""The table of transitions, and who stands on which side of a plan."""

from hypothesis import given
from hypothesis import strategies as st

from contracts.plans import PartyRole, PlanState
from contracts.units import Role, UnitKind
from services.planner.rules.lifecycle import (
    EDITABLE,
    TRANSITIONS,
    UNSIGNED,
    Action,
    Side,
    Standing,
    desk_role,
    signable,
    signing_role,
)

FINAL = {PlanState.AMENDED, PlanState.CLOSED, PlanState.REJECTED, PlanState.REVOKED}
ROLES = st.frozensets(st.sampled_from(Role))
KINDS = st.sampled_from(UnitKind)
IDS = st.sampled_from(["a", "b", "c"])
PATHS = st.lists(IDS, min_size=1, max_size=4).map(lambda ids: "".join(f"{unit_id}/" for unit_id in ids))


@given(st.lists(st.sampled_from(Action), max_size=12))
def test_no_way_leads_out_of_a_final_state_or_round_the_signing(actions: list[Action]) -> None:
    state, been = PlanState.DRAFT, [PlanState.DRAFT]
    for action in actions:
        transition = TRANSITIONS.get((state, action))
        assert transition is None or state not in FINAL
        state = transition.to if transition else state
        been.append(state)
    if PlanState.APPROVED in been:
        before = been[: been.index(PlanState.APPROVED)]
        assert before[-1] is PlanState.CO_SIGNING
        assert PlanState.IN_REVIEW in before


def test_every_state_can_be_reached() -> None:
    by_a_step = {transition.to for transition in TRANSITIONS.values()}
    assert by_a_step | {PlanState.DRAFT, PlanState.AMENDED} == set(PlanState)


def test_only_the_parties_sign_and_refuse() -> None:
    by_party = {action for (_, action), transition in TRANSITIONS.items() if transition.by is Side.PARTY}
    assert by_party == {Action.SIGN, Action.REFUSE}


def test_an_edit_never_leaves_a_plan_where_it_counts_as_signed() -> None:
    assert set(EDITABLE.values()) <= UNSIGNED
    assert not set(EDITABLE) & {PlanState.APPROVED, *FINAL}


def test_whoever_undoes_what_others_rely_on_says_why() -> None:
    with_reason = {action for (_, action), transition in TRANSITIONS.items() if transition.needs_reason}
    assert with_reason == {Action.REFUSE, Action.REJECT, Action.REVOKE}


@given(kind=KINDS, path=PATHS, roles=ROLES, owner_kind=KINDS, owner_path=PATHS)
def test_nobody_works_on_plans_beside_or_above(
    kind: UnitKind, path: str, roles: frozenset[Role], owner_kind: UnitKind, owner_path: str
) -> None:
    person = Standing(path.split("/")[-2], kind, path, roles)
    role = desk_role(person, owner_id=owner_path.split("/")[-2], owner_kind=owner_kind, owner_path=owner_path)
    assert role is None or role in roles
    if role is not None and person.unit_id != owner_path.split("/")[-2]:
        assert kind is UnitKind.OFFICE
        assert role is Role.OFFICER
        assert owner_path.startswith(person.within)


def test_a_school_works_on_its_own_plan() -> None:
    for roles, expected in (
        ({Role.PRINCIPAL}, Role.PRINCIPAL),
        ({Role.UNION_CHAIR}, Role.UNION_CHAIR),
        ({Role.STAFF}, None),
    ):
        person = Standing("s", UnitKind.SCHOOL, "p/s/", frozenset(roles))
        assert desk_role(person, owner_id="s", owner_kind=UnitKind.SCHOOL, owner_path="p/s/") is expected


def test_the_office_above_works_on_a_schools_plan_and_the_union_above_does_not() -> None:
    for kind, expected in ((UnitKind.OFFICE, Role.OFFICER), (UnitKind.UNION, None)):
        person = Standing("x", kind, "p/x/", frozenset({Role.OFFICER}))
        assert desk_role(person, owner_id="s", owner_kind=UnitKind.SCHOOL, owner_path="p/d/s/") is expected


def test_in_a_school_principal_and_union_chair_sign_each_for_their_side() -> None:
    assert signing_role(PartyRole.EDUCATION, UnitKind.SCHOOL) is Role.PRINCIPAL
    assert signing_role(PartyRole.UNION, UnitKind.SCHOOL) is Role.UNION_CHAIR
    assert signing_role(PartyRole.PARTY_CELL, UnitKind.SCHOOL) is Role.SIGNATORY
    assert {signing_role(party, UnitKind.OFFICE) for party in PartyRole} == {Role.SIGNATORY}


@given(
    parties=st.lists(st.tuples(st.one_of(st.none(), IDS), st.sampled_from(PartyRole)), max_size=4),
    signed=st.frozensets(st.integers(1, 4)),
    unit_id=IDS,
    kind=KINDS,
    roles=ROLES,
)
def test_a_person_signs_only_for_their_unit_in_their_role_and_where_nobody_has(
    parties: list[tuple[str | None, PartyRole]],
    signed: frozenset[int],
    unit_id: str,
    kind: UnitKind,
    roles: frozenset[Role],
) -> None:
    numbered = [(position, unit, role) for position, (unit, role) in enumerate(parties, start=1)]
    person = Standing(unit_id, kind, f"{unit_id}/", roles)
    found = signable(numbered, signed, person)
    for position, unit, party in numbered:
        expected = unit == unit_id and position not in signed and signing_role(party, kind) in roles
        assert (position in found) is expected
        assert not expected or found[position] is signing_role(party, kind)
