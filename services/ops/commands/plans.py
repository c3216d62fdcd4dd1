"""`phoihop plans`. What stands in a path of the API is a UUID or a word of a list: nothing in it needs quoting."""

import asyncio
from pathlib import Path
from typing import Annotated, Any, Literal
from uuid import UUID

import typer

from contracts.plans import Due, Lines, PlanDocument, PlanState
from contracts.scope import Audience, Scope
from services.ops.client import Client, ProblemAnswer
from services.ops.commands.arguments import AsJson
from services.ops.errors import CommandError
from services.ops.output import for_each, show
from services.ops.surroundings import client, read_bytes

app = typer.Typer(no_args_is_help=True, help="Plans: read, import, name the parties, sign, approve, amend, close.")

PlanId = Annotated[UUID, typer.Argument(help="The plan's identifier.")]
Party = Annotated[int | None, typer.Option(min=1, help="The party's number, where you may sign for several.")]
Step = Literal["review", "co-sign", "refuse", "approve", "reject", "revoke"]
STANDING = (
    *("plan_id", "lasting_id", "state", "version", "revision", "owner_id", "source_name"),
    *("amends_id", "parent_id", "follows_id"),
)
"""What `plans show` tells of a plan beside its document."""
TEXT_SHOWN = 100
"""Characters of an item in a table."""


@app.command("read")
def read_plan_file(file: Path, as_json: AsJson = False) -> None:
    """Read a document and say what was understood; nothing is stored.

    Text, Markdown, Word (.docx, .docm), OpenDocument (.odt), PDF; old Word documents (.doc, .rtf) where LibreOffice is
    installed, scans (PDF, PNG, JPEG, TIFF) where Tesseract is with its Vietnamese.
    """
    from services.planner.files import reader
    from services.planner.reading import UnreadableDocument

    raw = read_bytes(file)
    try:
        _, document = asyncio.run(reader.read_file(raw))
    except UnreadableDocument as error:
        raise CommandError(f"{_place(file, error.line)}: {error.code}: {error.message}") from None
    if as_json:
        show(document.model_dump(mode="json"), as_json=True)
    else:
        _show_document(document)


@app.command("import")
def import_plans(files: list[Path], as_json: AsJson = False) -> None:
    """Bring documents to the desk as drafts. A file that cannot be read is named, the others are imported."""
    planner = client("planner")

    def one(file: Path) -> dict[str, Any]:
        plan = hand_in(planner, "/v1/plans", file)
        return {"plan": plan["plan_id"], "state": plan["state"], "file": str(file)}

    for_each(files, one, as_json=as_json)


@app.command("list")
def list_plans(state: Annotated[PlanState | None, typer.Option()] = None, as_json: AsJson = False) -> None:
    """The plans that you may see."""
    plans = client("planner").pages("/v1/plans", **({"state": state} if state else {}))
    show(list(plans), as_json=as_json, columns=["plan_id", "state", "number", "title"])


@app.command("show")
def show_plan(plan_id: PlanId, as_json: AsJson = False) -> None:
    """A plan: parties with their units and signatures, items, warnings, state, and whom it reaches."""
    planner = client("planner")
    plan = planner.get(f"/v1/plans/{plan_id}")
    # Until the approval fixes it, whom the plan would reach today.
    reach = plan["reach"] or planner.get(f"/v1/plans/{plan_id}/reach")
    if as_json:
        show(plan | {"reach_now": reach}, as_json=True)
        return
    standing = {name: plan[name] for name in STANDING}
    show(standing | {"reach": f"{reach['units']} units, {reach['tasks']} tasks"}, as_json=False)
    _show_document(PlanDocument.model_validate(plan["document"]), plan["warnings"])
    columns = ["party", "unit_id", "person_id", "role", "signed_at"]
    show(plan["signatures"], as_json=False, columns=columns, title=f"{len(plan['signatures'])} signatures")


@app.command()
def party(
    plan_id: PlanId,
    number: Annotated[int, typer.Argument(min=1, help="The party's number, as `plans show` has it.")],
    unit_id: Annotated[str, typer.Argument(help="The unit of the directory that the party is.")],
    as_json: AsJson = False,
) -> None:
    """Say which unit of the directory a party is. Signatures that were given fall."""
    planner = client("planner")
    plan = planner.get(f"/v1/plans/{plan_id}")
    parties = plan["document"]["parties"]
    if number > len(parties):
        raise CommandError(f"the plan has {len(parties)} parties, and no number {number}")
    parties[number - 1]["unit_id"] = unit_id
    show(edit(planner, plan, "PATCH", "", {"parties": parties}), as_json=as_json)


@app.command()
def accept(
    plan_id: PlanId,
    reason: Annotated[str, typer.Option(help="Why the document is right as it is; kept in the history.")],
    warning: Annotated[list[str] | None, typer.Option(help="One of the warnings; without it, all open ones.")] = None,
    as_json: AsJson = False,
) -> None:
    """Accept warnings of a plan as they are: what is neither settled nor accepted keeps it from `co-sign`."""
    planner = client("planner")
    plan = planner.get(f"/v1/plans/{plan_id}")
    names = warning or [one["warning_id"] for one in plan["warnings"] if not one["note"] and one["accepted"] is None]
    if not names:
        raise CommandError("the plan has no warning to accept")
    accepting = {"warnings": names, "reason": reason}
    show(edit(planner, plan, "POST", "/warnings/accept", accepting), as_json=as_json)


@app.command()
def sign(plan_id: PlanId, party: Party = None, as_json: AsJson = False) -> None:
    """Sign for the party that you are entitled for."""
    act(client("planner"), plan_id, "sign", {"party": party}, as_json)


@app.command()
def step(
    plan_id: PlanId,
    to: Annotated[Step, typer.Argument(help="The step to take.")],
    reason: Annotated[str | None, typer.Option(help="Why; kept in the history.")] = None,
    as_json: AsJson = False,
) -> None:
    """Move a plan one step on its way."""
    act(client("planner"), plan_id, to, {"reason": reason}, as_json)


def hand_in(planner: Client, path: str, file: Path | None, **said: Any) -> Any:
    """Send a document, or none, with what is said of it. A refusal names the file, and the line at fault."""
    # Its content says what it is.
    files = {"file": (file.name, read_bytes(file), "application/octet-stream")} if file else None
    try:
        return planner.call("POST", path, files=files, data=said)
    except ProblemAnswer as error:
        if file is None:
            raise
        raise CommandError(f"{_place(file, error.problem.get('line'))}: {error}") from None


def edit(planner: Client, plan: dict[str, Any], method: str, path: str, what: dict[str, Any]) -> Any:
    """Change something of a plan, only if nobody has changed it since it was seen."""
    headers = {"If-Match": f'"{plan["revision"]}"'}
    return planner.call(method, f"/v1/plans/{plan['plan_id']}{path}", json=what, headers=headers)


def act(planner: Client, plan_id: UUID, action: str, doing: dict[str, Any], as_json: bool) -> None:
    """Take a plan's next step."""
    given = {name: value for name, value in doing.items() if value is not None}
    show(planner.call("POST", f"/v1/plans/{plan_id}/{action}", json=given), as_json=as_json)


def _show_document(document: PlanDocument, standing: list[dict[str, Any]] | None = None) -> None:
    heading = document.model_dump(include={"kind", "number", "date", "place", "title"})
    period, parent = document.period, document.parent
    doubt = "" if period.certain else " (unclear)"
    stated = {"period": f"{period.start} – {period.end}{doubt}", "parent": parent.number if parent else None}
    show(heading | stated, as_json=False)
    parties = [
        {"no": number, "role": party.role, "unit_id": party.unit_id, "name": party.name, "signer": party.signer}
        for number, party in enumerate(document.parties, start=1)
    ]
    show(parties, as_json=False, title=f"{len(parties)} parties")
    items = [
        {"no": i.position, "section": i.section, "lines": _lines(i.lines), "kind": i.kind, "due": _due(i.due)}
        | {"for": _scope(i.scope), "text": i.text[:TEXT_SHOWN]}
        for i in document.items
    ]
    show(items, as_json=False, title=f"{len(items)} items")
    duties = [{"lines": _lines(d.lines), "who": d.who, "text": d.text[:TEXT_SHOWN]} for d in document.duties]
    show(duties, as_json=False, title=f"{len(duties)} duties")
    recipients = [{"name": recipient.name} for recipient in document.recipients]
    show(recipients, as_json=False, title=f"{len(recipients)} recipients")
    warnings = [{"lines": _lines(w.lines), "code": w.code, "message": w.message} for w in document.warnings]
    columns = () if standing is None else ("warning_id", "code", "message", "lines", "note", "accepted")
    show(warnings if standing is None else standing, as_json=False, columns=columns, title=f"{len(warnings)} warnings")


def _lines(lines: Lines | None) -> str:
    """`12`, or `12-14`; nothing where a warning is of the whole document."""
    return "-".join(dict.fromkeys(map(str, lines or ())))


def _due(due: Due) -> str:
    """The first day and how many there are, with the rule: a rule alone has no day where the period is unknown."""
    if due.rule == "none":
        return ""
    more = f" +{len(due.occurrences) - 1}" if len(due.occurrences) > 1 else ""
    return f"{due.date or '?'}{more} ({due.rule})"


def _scope(scope: Scope) -> str:
    """Whom the item binds, in words."""
    if scope.audience is Audience.PARTIES:
        return "the parties"
    union = {True: "with a union", False: "without a union", None: ""}[scope.with_union]
    grades = f"grades {','.join(map(str, sorted(scope.grades)))}" if scope.grades else ""
    restrictions = [*sorted(scope.levels), grades, scope.ownership or "", union, *scope.area]
    return " ".join(filter(None, restrictions)) or "all schools"


def _place(file: Path, line: int | None) -> str:
    return f"{file}:{line}" if line else str(file)
