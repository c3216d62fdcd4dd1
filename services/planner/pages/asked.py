"""What every page asks a request for, and what pages share."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any
from uuid import UUID

from fastapi import Depends, Request, Response
from fastapi.responses import RedirectResponse
from starlette.datastructures import FormData, UploadFile

from services.kit import html
from services.kit.database import Transaction
from services.kit.errors import Refusal, RefusalKind
from services.kit.sign_on import SignedOn
from services.planner import store
from services.planner.api.asking import Db
from services.planner.pages import words
from services.planner.rules.content import party_ids, unit_ids_named
from services.planner.rules.lifecycle import EDITABLE, TRANSITIONS, Action, Side
from services.planner.store.plans import Author
from services.planner.use_cases import caller, plans, signing
from services.planner.use_cases.caller import Caller
from services.planner.views import PlanView


async def _identified(request: Request, database: Db, principal: SignedOn) -> Caller:
    asking = await caller.identify(database, principal)
    request.state.unit_name = asking.unit_name
    return asking


Asked = Annotated[Caller, Depends(_identified)]
"""Who asks for a page."""


async def _form(request: Request, _: SignedOn) -> FormData:
    return await request.form()


Sent = Annotated[FormData, Depends(_form)]
"""The fields of a form of this session."""


def text_of(form: FormData, name: str) -> str:
    """A field, with line ends as the database has them."""
    value = form.get(name, "")
    return "" if isinstance(value, UploadFile) else value.replace("\r\n", "\n").strip()


def seen(form: FormData) -> int:
    """The revision that the form was made from. Raises Refusal (422)."""
    text = text_of(form, "revision")
    if not (text.isascii() and text.isdecimal() and len(text) < 10):
        raise Refusal(RefusalKind.INVALID, "invalid-request", "the form names no revision")
    return int(text)


def to(address: str) -> Response:
    """On to a page, after a form was taken."""
    return RedirectResponse(address, status_code=303)


def render(request: Request, template: str, *, status: int = 200, **values: Any) -> Response:
    """A page of the desk, with the words that its templates use."""
    return html.render(request, template, status=status, words=words, **values)


@dataclass(frozen=True)
class Shown:
    """A plan as a person sees it, with what they may do now."""

    plan: PlanView
    author: Author | None
    """The person as one who works on the plan at the desk."""
    signers: Mapping[int, Author]
    """The parties for which the person may still sign."""
    refuses: bool
    names: Mapping[str, str]
    """What units are called."""
    people: Mapping[str, str]
    """What the people of these units are called."""

    @property
    def editable(self) -> bool:
        """Whether the person may change the content now."""
        return self.author is not None and self.plan.state in EDITABLE

    def who(self, person_id: str) -> str:
        """A person's name, where the directory knows it."""
        return self.people.get(person_id, person_id)

    @property
    def address(self) -> str:
        """Where the plan's pages are."""
        return f"/plans/{self.plan.plan_id}"

    @property
    def actions(self) -> list[str]:
        """The steps that the person may take now."""
        side = {Side.DESK: self.author is not None, Side.PARTY: self.refuses}
        found = [action for (state, action), step in TRANSITIONS.items() if state is self.plan.state and side[step.by]]
        return [action for action in found if action is not Action.SIGN or self.signers]


async def shown(tx: Transaction, asking: Caller, plan_id: UUID) -> Shown:
    """The plan, after which the transaction sees the whole directory. Raises Refusal (404)."""
    plan = await plans.show(tx, asking, plan_id)
    try:
        author = await plans.at_desk(tx, asking, plan)
    except Refusal:
        author = None
    refuses = bool(await signing.authors(tx, asking, plan))
    signers = await signing.authors(tx, asking, plan, [signature.party for signature in plan.signatures])
    acting = {plan.owner_id, *(step.unit_id for step in plan.history), *party_ids(plan.document)}
    people = {person.person_id: person.name for person in await store.units.people_of(tx, acting)}
    named = acting | unit_ids_named(plan.document)
    named |= {recipient.unit for recipient in plan.document.recipients if recipient.unit}
    return Shown(plan, author, signers, refuses, await store.units.unit_names(tx, named), people)
