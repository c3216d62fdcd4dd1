"""Who may sign on to the demo's pages: some people of every role, with one password that each run makes anew."""

import secrets
from dataclasses import dataclass

from contracts.units import Role, UnitKind
from deploy.demo.province import MadeProvince
from deploy.demo.world import OPERATOR
from deploy.local.keycloak import Account


@dataclass(frozen=True)
class Guest:
    """An account, and the name of its person's unit."""

    account: Account
    unit_name: str


def guests_of(province: MadeProvince) -> list[Guest]:
    """The operator, and everybody of: the province's office and union, the first district's, and two of its schools."""
    password = secrets.token_urlsafe(6)
    root = province.root
    district = province.below(root.unit_id, UnitKind.AREA)[0]
    units = [
        *(unit for area in (root, district) for unit in province.below(area.unit_id, UnitKind.OFFICE)),
        *(unit for area in (root, district) for unit in province.below(area.unit_id, UnitKind.UNION)),
        *[
            unit
            for unit in province.below(district.unit_id, UnitKind.SCHOOL)
            if unit.has_union == "yes" and not unit.valid_to
        ][-2:],
    ]
    operator = Account(OPERATOR, password, "Người vận hành", OPERATOR, root.unit_id, (Role.OPERATOR, Role.OFFICER))
    return [
        Guest(operator, root.name),
        *(
            Guest(Account(row.person_id, password, row.name, row.person_id, row.unit_id, (row.role,)), unit.name)
            for unit in units
            for row in province.people
            if row.unit_id == unit.unit_id
        ),
    ]
