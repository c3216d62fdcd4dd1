"""`phoihop plans` for what becomes of a plan in force: new versions, the plan above, its end.

Items are named by their numbers, as `plans show` has them.
"""

from pathlib import Path
from typing import Annotated, Any
from uuid import UUID

import typer

from services.ops.client import Client, ProblemAnswer
from services.ops.commands.arguments import AsJson
from services.ops.commands.plans import TEXT_SHOWN, PlanId, act, edit, hand_in
from services.ops.errors import CommandError
from services.ops.output import show
from services.ops.surroundings import client

app = typer.Typer()

NEW, NONE = "new", "none"


def _plan_or_none(value: str) -> str:
    try:
        return value if value == NONE else str(UUID(value))
    except ValueError:
        raise typer.BadParameter(f"{value!r} is neither a plan's identifier nor {NONE!r}") from None


def _number_or_new(value: str) -> str:
    if value != NEW and not (value.isascii() and value.isdecimal()):
        raise typer.BadParameter(f"{value!r} is neither an item's number nor {NEW!r}")
    return value


@app.command()
def amend(
    plan_id: PlanId,
    file: Annotated[Path | None, typer.Argument(help="The new document; without it, the plan as it stands.")] = None,
    reason: Annotated[str | None, typer.Option(help="Why; every unit is told.")] = None,
    as_json: AsJson = False,
) -> None:
    """Draft the next version of a plan in force, which stays in force until that is approved."""
    said = {} if reason is None else {"reason": reason}
    show(hand_in(client("planner"), f"/v1/plans/{plan_id}/amendment", file, **said), as_json=as_json)


@app.command()
def difference(plan_id: PlanId, as_json: AsJson = False) -> None:
    """What a version does to each item of the version that it amends."""
    planner = client("planner")
    items = planner.get(f"/v1/plans/{plan_id}/difference")
    if as_json:
        show(items, as_json=True)
        return
    after = planner.get(f"/v1/plans/{plan_id}")
    texts = {"after": _texts(after), "before": _texts_before(planner, after)}
    rows = [each | {"text": _text(texts, each), "fields": ", ".join(each["fields"])} for each in items]
    show(rows, as_json=False, columns=["change", "before", "after", "fields", "text"])


@app.command()
def relink(
    plan_id: PlanId,
    number: Annotated[int, typer.Argument(min=1, help="The item's number in this version.")],
    continues: Annotated[
        str, typer.Argument(callback=_number_or_new, help="Its number in the version before, or `new`.")
    ],
    as_json: AsJson = False,
) -> None:
    """Say which item of the version before an item continues. Signatures that were given fall."""
    planner = client("planner")
    plan = planner.get(f"/v1/plans/{plan_id}")
    item_id = _item_id(plan, number)
    link = None if continues == NEW else _item_id(_version_before(planner, plan), int(continues))
    answer = edit(planner, plan, "PUT", f"/items/{item_id}/continues", {"continues": link})
    show(answer, as_json=as_json)


@app.command()
def parent(
    plan_id: PlanId,
    parent_id: Annotated[
        str, typer.Argument(callback=_plan_or_none, help="The plan above, by its `lasting_id`, or `none`.")
    ],
    as_json: AsJson = False,
) -> None:
    """Say which plan in force stands above. Signatures that were given fall."""
    planner = client("planner")
    plan = planner.get(f"/v1/plans/{plan_id}")
    link = {"parent_id": None if parent_id == NONE else parent_id}
    show(edit(planner, plan, "PUT", "/parent", link), as_json=as_json)


@app.command()
def close(
    plan_id: PlanId,
    carry_over: Annotated[list[int] | None, typer.Option(min=1, help="An item that goes on; may be repeated.")] = None,
    as_json: AsJson = False,
) -> None:
    """Close a plan whose time is over. What goes on stands in a draft of the next school year: `plans list`."""
    planner = client("planner")
    doing = {}
    if carry_over:
        plan = planner.get(f"/v1/plans/{plan_id}")
        doing["carry_over"] = [_item_id(plan, number) for number in carry_over]
    act(planner, plan_id, "close", doing, as_json)


@app.command()
def obligations(plan_id: PlanId, as_json: AsJson = False) -> None:
    """What a plan that is or was in force asks of each unit by now."""
    found = client("planner").get(f"/v1/plans/{plan_id}/obligations")
    if as_json:
        show(found, as_json=True)
        return
    units = found.pop("units")
    show(found, as_json=False)
    show([{"unit_id": unit_id, "tasks": tasks} for unit_id, tasks in units.items()], as_json=False)


def _item_id(plan: dict[str, Any], number: int) -> str:
    """The lasting id of an item that a person names by its number."""
    item_ids: list[str] = plan["item_ids"]
    if not 1 <= number <= len(item_ids):
        raise CommandError(f"version {plan['version']} has {len(item_ids)} items, and no number {number}")
    return item_ids[number - 1]


def _version_before(planner: Client, plan: dict[str, Any]) -> dict[str, Any]:
    if plan["amends_id"] is None:
        raise CommandError("this is the plan's first version")
    before: dict[str, Any] = planner.get(f"/v1/plans/{plan['amends_id']}")
    return before


def _texts(plan: dict[str, Any]) -> dict[int, str]:
    return {item["position"]: item["text"] for item in plan["document"]["items"]}


def _texts_before(planner: Client, plan: dict[str, Any]) -> dict[int, str]:
    """The words of the version before; none for whom only the new version concerns."""
    try:
        return _texts(_version_before(planner, plan))
    except ProblemAnswer:
        return {}


def _text(texts: dict[str, dict[int, str]], item: dict[str, Any]) -> str:
    version = "before" if item["after"] is None else "after"
    return texts[version].get(item[version], "")[:TEXT_SHOWN]
