"""The README says what the code does: steps, routes, and log events."""

import re
from pathlib import Path

from fastapi.routing import APIRoute

from services import planner
from services.planner.api import desk, plans, units
from services.planner.rules.lifecycle import TRANSITIONS

FOLDER = Path(planner.__file__).parent
README = (FOLDER / "README.md").read_text(encoding="utf-8")


def test_every_transition_stands_in_the_table() -> None:
    row = r"^\| `([a-z-]+)` \| ([A-Z_]+) \| ([A-Z_]+) \| (desk|party) \| (needed )?\|$"
    found = re.findall(row, README, re.MULTILINE)
    assert {(state, action, to, by, bool(reason)) for action, state, to, by, reason in found} == {
        (state, action, transition.to, transition.by, transition.needs_reason)
        for (state, action), transition in TRANSITIONS.items()
    }


def test_every_route_stands_in_the_table() -> None:
    found = re.findall(r"^\| `(GET|POST|PUT|PATCH|DELETE) (\S+)` \|", README, re.MULTILINE)
    routes = [route for part in (desk, plans, units) for route in part.router.routes if isinstance(route, APIRoute)]
    assert sorted(found) == sorted((method, route.path) for route in routes for method in route.methods or ())


def test_every_log_event_stands_in_the_table() -> None:
    source = "".join(file.read_text(encoding="utf-8") for file in FOLDER.rglob("*.py"))
    logged = set(re.findall(r"log\.\w+\(\s*\"([a-z_.]+)\"", source))
    rows = re.findall(r"^\| ((?:`[a-z]+\.[a-z_]+`(?:, )?)+) \|", README, re.MULTILINE)
    assert {name for row in rows for name in re.findall(r"`([^`]+)`", row)} == logged


def test_every_code_of_a_refusal_is_listed() -> None:
    rooms = ("api", "files", "rules", "store", "use_cases")
    source = "".join(file.read_text("utf-8") for room in rooms for file in (FOLDER / room).glob("*.py"))
    codes = set(re.findall(r"RefusalKind\.\w+, \"([a-z-]+)\"", source)) | set(re.findall(r"code=\"([a-z-]+)\"", source))
    assert {code for code in codes if f"`{code}`" not in README} == set()
