"""What every route of the planner asks a request for: the database, who asks, and the revision that they saw."""

from typing import Annotated
from uuid import UUID

from fastapi import Depends, Header, Request, Response

from services.kit.database import Database
from services.kit.errors import Refusal, RefusalKind
from services.kit.http import Authenticated
from services.planner.use_cases import caller, plans
from services.planner.use_cases.caller import Caller
from services.planner.views import PlanStanding

LATEST = UUID(int=2**128 - 1)
"""Where a list that begins with the latest begins."""


def _database(request: Request) -> Database:
    database: Database = request.app.state.database
    return database


Db = Annotated[Database, Depends(_database)]


async def _identified(database: Db, principal: Authenticated) -> Caller:
    return await caller.identify(database, principal)


async def _revision(if_match: Annotated[str | None, Header()] = None) -> int | None:
    if if_match is None:
        return None
    text = if_match.strip().removeprefix("W/").strip('"')
    if not text.isascii() or not text.isdecimal():
        raise Refusal(RefusalKind.INVALID, "if-match-invalid", 'If-Match is the revision in quotes: "3"')
    return int(text)


Asking = Annotated[Caller, Depends(_identified)]
Revision = Annotated[int | None, Depends(_revision)]


async def _seen(revision: Revision) -> int:
    if revision is None:
        raise Refusal(RefusalKind.INVALID, "if-match-missing", 'send the revision that you saw: If-Match: "3"')
    return revision


Seen = Annotated[int, Depends(_seen)]
"""The revision that an edit must name."""


def tagged(response: Response, standing: PlanStanding) -> PlanStanding:
    """The standing, with its revision as the answer's ETag."""
    response.headers["ETag"] = f'"{standing.revision}"'
    return standing


async def edited(database: Database, asking: Caller, plan_id: UUID, edit: plans.Edit, revision: int) -> PlanStanding:
    """Edit a plan's content in a transaction of its own."""
    async with database.transaction(within=asking.within) as tx:
        return await plans.edit(tx, asking, plan_id, edit, revision)
