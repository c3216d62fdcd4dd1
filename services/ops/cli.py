"""`phoihop`: the operator's and the office's command line."""

import asyncio
import importlib
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer
from pydantic import ValidationError
from rich.console import Console
from rich.progress import track

from contracts.topics import SERVICES, TOPICS
from services.kit.settings import KafkaSettings
from services.ops.client import Client, ProblemAnswer
from services.ops.errors import CommandError
from services.ops.output import console, show
from services.ops.settings import OpsSettings

app = typer.Typer(no_args_is_help=True, help="Coordination plans: import, sign, sweep, look after.")
topics_app = typer.Typer(no_args_is_help=True, help="Topics, users and access rules on the broker.")
units_app = typer.Typer(no_args_is_help=True, help="The directory of organisation units.")
plans_app = typer.Typer(no_args_is_help=True, help="Plans: read, import, sign, approve.")
letters_app = typer.Typer(no_args_is_help=True, help="Records that no service could use.")
for name, part in (("topics", topics_app), ("units", units_app), ("plans", plans_app), ("dead-letters", letters_app)):
    app.add_typer(part, name=name)

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
PlanId = Annotated[str, typer.Argument(help="The plan's identifier.")]
Reason = Annotated[str | None, typer.Option(help="Why; kept in the history.")]


def main() -> None:
    """Run; an error is one line and exit code 2."""
    try:
        app()
    except CommandError as error:
        Console(stderr=True).print(f"phoihop: {error}", style="red", highlight=False, soft_wrap=True)
        sys.exit(2)


def settings() -> OpsSettings:
    """The settings. Raises CommandError that names what is wrong with them."""
    try:
        return OpsSettings()
    except ValidationError as error:
        fault = error.errors()[0]
        name = "PHOIHOP_" + "__".join(map(str, fault["loc"])).upper()
        raise CommandError(f"{name}: {fault['msg']}") from None


def kafka_settings() -> KafkaSettings:
    """The broker's settings. Raises CommandError when there are none."""
    found = settings().kafka
    if found is None:
        raise CommandError("set PHOIHOP_KAFKA__BOOTSTRAP, PHOIHOP_KAFKA__USERNAME and PHOIHOP_KAFKA__PASSWORD")
    return found


def client(service: str) -> Client:
    """A client of a service, with the token of the person who works."""
    given = settings()

    def token() -> str:
        if given.token_file is None:
            raise CommandError("set PHOIHOP_TOKEN_FILE to a file with your bearer token")
        return _read(given.token_file).decode().strip()

    return Client(getattr(given, f"{service}_url"), token, patience=5)


@app.command()
def serve(service: Annotated[str, typer.Argument(help=f"One of {', '.join(SERVICES)}.")]) -> None:
    """Run a service in the foreground until SIGTERM."""
    if service not in SERVICES:
        raise CommandError(f"{service}: not a service; one of {', '.join(SERVICES)}")
    importlib.import_module(f"services.{service}.app").main()


@app.command()
def migrate(
    create_roles: Annotated[bool, typer.Option(help="Also make the services' login roles.")] = False,
    as_json: AsJson = False,
) -> None:
    """Bring every service's schema to this release, one after the other, under a lock."""
    from services.kit import migrate as migrations

    given = settings()
    if given.owner_dsn is None:
        raise CommandError("set PHOIHOP_OWNER_DSN to the database role that owns the schemas")
    dsn = given.owner_dsn.get_secret_value()
    with _broken_down(dsn.rpartition("@")[2]):
        if create_roles:
            asyncio.run(
                migrations.create_roles(dsn, _passwords(given.role_passwords_dir, "PHOIHOP_ROLE_PASSWORDS_DIR"))
            )
        rows = [{"service": name, "revision": asyncio.run(migrations.migrate(name, dsn=dsn))} for name in SERVICES]
    show(rows, as_json=as_json)


@topics_app.command("make")
def make_topics(
    unit: Annotated[list[str] | None, typer.Option(help="A unit that publishes plans; may be repeated.")] = None,
    users: Annotated[bool, typer.Option(help="Also make users and access rules.")] = False,
    as_json: AsJson = False,
) -> None:
    """Make what is missing of the topics, by the contracts' table."""
    from services.ops.kafka_admin import KafkaAdmin, KafkaException

    given = settings()
    try:
        admin = KafkaAdmin(kafka_settings(), replication=given.replication)
        made = admin.make_topics(unit or [])
        if users:
            admin.make_users(_passwords(given.user_passwords_dir, "PHOIHOP_USER_PASSWORDS_DIR"))
    except KafkaException as error:
        raise CommandError(f"the broker: {error.args[0].str()}") from None
    show([{"made": topic} for topic in made], as_json=as_json, columns=["made"])


@topics_app.command("list")
def list_topics(as_json: AsJson = False) -> None:
    """The contracts' table of topics."""
    rows = [
        {
            "topic": topic.name,
            "key": topic.key,
            "owner": topic.owner,
            "readers": ", ".join(topic.readers),
            "kept": "compacted"
            if topic.compacted
            else f"{topic.retention.days} days"
            if topic.retention
            else "for ever",
            "partitions": topic.partitions,
            "messages": ", ".join(message.__name__ for message in topic.messages),
        }
        for topic in TOPICS
    ]
    show(rows, as_json=as_json)


@units_app.command("import")
def import_units(
    units: Annotated[Path, typer.Argument(help="CSV of units.")],
    people: Annotated[Path | None, typer.Option(help="CSV of people in roles.")] = None,
    dry_run: Annotated[bool, typer.Option(help="Only check, and say what would change.")] = False,
    as_json: AsJson = False,
) -> None:
    """Import the directory; a faulty row stops all, and each fault is named by file and line."""
    files = {"units": (units.name, _read(units), "text/csv")}
    if people is not None:
        files["people"] = (people.name, _read(people), "text/csv")
    try:
        answer = client("planner").call("POST", "/v1/units/import", params={"dry_run": dry_run}, files=files)
    except ProblemAnswer as error:
        rows = error.problem.get("rows", [])
        if not rows:
            raise
        raise CommandError("\n".join(_fault(row) for row in rows)) from None
    show(answer, as_json=as_json)


@plans_app.command("read")
def read_plan_file(file: Path, as_json: AsJson = False) -> None:
    """Read a document and say what was understood; nothing is stored."""
    from services.planner.reading import UnreadableDocument, decode, read_plan

    try:
        document = read_plan(decode(_read(file)))
    except UnreadableDocument as error:
        raise CommandError(f"{file}:{error.line or 1}: {error}") from None
    if as_json:
        console.print_json(document.model_dump_json())
        return
    show([_heading(document.model_dump(mode="json"))], as_json=False)
    items = [
        {"no": item.position, "section": item.section, "kind": item.kind, "due": item.due.rule, "text": item.text[:100]}
        for item in document.items
    ]
    show(items, as_json=False, title=f"{len(items)} items")
    show([warning.model_dump() for warning in document.warnings], as_json=False, title="warnings")


@plans_app.command("import")
def import_plans(files: list[Path], as_json: AsJson = False) -> None:
    """Bring documents to the desk as drafts."""
    planner = client("planner")
    rows = []
    for file in track(files, description="importing", disable=as_json, console=Console(stderr=True)):
        plan = planner.call("POST", "/v1/plans", files={"file": (file.name, _read(file), "text/plain")})
        rows.append({"file": str(file), "plan": plan["plan_id"], "state": plan["state"]})
    show(rows, as_json=as_json)


@plans_app.command("list")
def list_plans(state: Annotated[str | None, typer.Option()] = None, as_json: AsJson = False) -> None:
    """The plans that you may see."""
    plans = client("planner").pages("/v1/plans", **({"state": state} if state else {}))
    show(list(plans), as_json=as_json, columns=() if as_json else ["plan_id", "state", "number", "title"])


def _plan_step(step: str, plan: str, body: dict[str, Any], as_json: bool) -> None:
    answer = client("planner").call("POST", f"/v1/plans/{plan}/{step}", json=body)
    show(answer if as_json else {"plan": plan, "state": answer["state"]}, as_json=as_json)


@plans_app.command()
def sign(plan: PlanId, as_json: AsJson = False) -> None:
    """Sign for the party that you are entitled for."""
    _plan_step("sign", plan, {}, as_json)


@plans_app.command()
def step(
    plan: PlanId,
    to: Annotated[str, typer.Argument(help="review, co-sign, refuse, approve, reject, revoke or close.")],
    reason: Reason = None,
    as_json: AsJson = False,
) -> None:
    """Move a plan one step on its way."""
    _plan_step(to, plan, {"reason": reason} if reason else {}, as_json)


@app.command()
def sweep(day: Annotated[str, typer.Argument(help="YYYY-MM-DD, a day in Viet Nam.")], as_json: AsJson = False) -> None:
    """Ask the tracker to look for deadlines as of a morning."""
    show(client("tracker").call("POST", "/v1/sweeps", json={"day": day}), as_json=as_json)


@letters_app.command("list")
def list_letters(service: Annotated[str | None, typer.Option()] = None, as_json: AsJson = False) -> None:
    """What was set aside, and why."""
    from services.ops.dead_letters import read_letters

    show([letter.summary() for letter in read_letters(kafka_settings(), service)], as_json=as_json)


@letters_app.command("show")
def show_letter(place: str, as_json: AsJson = False) -> None:
    """One dead letter with its record."""
    from services.ops.dead_letters import find_letter

    letter = find_letter(kafka_settings(), place)
    record = (letter.data.record_value or b"").decode(errors="backslashreplace")
    show(letter.summary() | {"record_value": record[:20_000]}, as_json=as_json)


@letters_app.command("replay")
def replay_letter(places: list[str], as_json: AsJson = False) -> None:
    """Publish records again where they came from; what was acted on meanwhile changes nothing."""
    from services.ops.dead_letters import find_letter, replay

    for place in places:
        replay(kafka_settings(), find_letter(kafka_settings(), place))
    show([{"replayed": place} for place in places], as_json=as_json)


@app.command()
def reconcile(as_json: AsJson = False) -> None:
    """Compare planner's scope, tracker's tasks and the topics; exit code 1 when they differ."""
    from services.ops.reconcile import as_rows
    from services.ops.reconcile import reconcile as compare

    counts = compare(client("planner"), client("tracker"), kafka_settings())
    show(as_rows(counts), as_json=as_json)
    if not all(count.holds for count in counts):
        raise typer.Exit(1)


@app.command()
def status(as_json: AsJson = False) -> None:
    """One look: are the services ready, and does anything wait?"""
    from services.ops.status import status as look

    given = settings()
    show(look(given), as_json=as_json)


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise CommandError(f"{path}: {error.strerror}") from None


def _fault(row: dict[str, Any]) -> str:
    return f"{row['file']}:{row['line']}: {row['field'] or 'row'}: {row['message']}"


def _heading(document: dict[str, Any]) -> dict[str, Any]:
    return {key: document[key] for key in ("kind", "number", "date", "title")} | {
        "parties": "; ".join(party["name"] for party in document["parties"]),
        "period": f"{document['period']['start']} – {document['period']['end']}",
    }


def _passwords(folder: Path | None, variable: str) -> dict[str, str]:
    if folder is None or not folder.is_dir():
        raise CommandError(f"set {variable} to a folder with one file per name, its password inside")
    return {path.name: _read(path).decode().strip() for path in sorted(folder.iterdir()) if path.is_file()}


@contextmanager
def _broken_down(address: str) -> Iterator[None]:
    """Turn a database that does not answer into one line."""
    try:
        yield
    except OSError as error:
        raise CommandError(f"{address}: {error.strerror or error}") from None


if __name__ == "__main__":
    main()
