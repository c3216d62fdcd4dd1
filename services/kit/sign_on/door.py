"""The door to the pages: who comes in, whose form is taken, and the routes of sign-on and sign-out."""

import secrets
from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter, Depends, FastAPI, Form, Request, Response
from fastapi.responses import RedirectResponse

from services.kit import html
from services.kit.auth import Principal, TokenVerifier
from services.kit.clock import Clock
from services.kit.database import Database
from services.kit.errors import Refusal, RefusalKind
from services.kit.html import Html, render, wants_html
from services.kit.http import problem
from services.kit.logs import get_logger
from services.kit.settings import SignOnSettings
from services.kit.sign_on.provider import GrantRefused, NotEntitled, Provider
from services.kit.sign_on.sessions import Form as KeptForm
from services.kit.sign_on.sessions import Session, Sessions, UnknownSignOn, csrf_of

log = get_logger()

CALLBACK = "/sign-on/callback"


class Door:
    """What the routes need to know: sessions, our own address, the names of our cookies."""

    def __init__(self, service: str, site: str, sessions: Sessions) -> None:
        self.site = site
        self.sessions = sessions
        self._secure = site.startswith("https://")
        # Cookies know no ports: services on one host need names of their own.
        prefix = "__Host-" if self._secure else ""
        self.session_cookie = f"{prefix}phoihop-{service}"
        self.browser_cookie = f"{prefix}phoihop-{service}-sign-on"

    def set_cookie(self, response: Response, name: str, value: str) -> None:
        """For as long as the browser is open, for this host alone, out of reach of scripts."""
        response.set_cookie(name, value, path="/", secure=self._secure, httponly=True, samesite="lax")

    def delete_cookie(self, response: Response, name: str) -> None:
        """Make the browser forget it."""
        response.delete_cookie(name, path="/", secure=self._secure, httponly=True, samesite="lax")

    def leads_to(self, path: str) -> str:
        """An address of ours. With its host before it, no path can lead elsewhere."""
        return f"{self.site}{path}"


class SignOnNeeded(Exception):
    """Nobody has signed on in this browser, or not any more. What was sent is kept for whoever sent it."""

    def __init__(self, person_id: str | None = None, form: KeptForm | None = None) -> None:
        super().__init__()
        self.person_id = person_id
        self.form = form


async def session_of(request: Request) -> Session:
    """The session of this browser; a form must come from a page of ours and of this session.

    Raises SignOnNeeded, Refusal (403).
    """
    door: Door = request.app.state.door
    token = request.cookies.get(door.session_cookie, "")
    form: KeptForm | None = None
    if request.method not in ("GET", "HEAD"):
        form = await _genuine_form(request, door, token)
    session = await door.sessions.find(token) if token else None
    if session is None:
        person_id = await door.sessions.sender(token) if token and form is not None else None
        raise SignOnNeeded(person_id, form if person_id else None)
    request.state.session = session
    return session


async def signed_on(session: Annotated[Session, Depends(session_of)]) -> Principal:
    """The person who has signed on in this browser."""
    return session.principal


SignedOn = Annotated[Principal, Depends(signed_on)]


async def _genuine_form(request: Request, door: Door, token: str) -> KeptForm:
    """The fields of a form that a page of ours has made for this session. Raises Refusal (403)."""
    if request.headers.get("origin", door.site) != door.site:
        raise Refusal(RefusalKind.FORBIDDEN, "foreign-form", "the form comes from another site")
    if not token:
        raise SignOnNeeded
    sent = await request.form()
    # Also for a session that has ended, so that only what its person has sent is given back.
    if not secrets.compare_digest(str(sent.get("csrf", "")).encode(), csrf_of(token).encode()):
        raise Refusal(RefusalKind.FORBIDDEN, "foreign-form", "the form is of another session")
    return [(name, value) for name, value in sent.multi_items() if isinstance(value, str) and name != "csrf"]


async def send_to_sign_on(request: Request, error: Exception) -> Response:
    """Answer SignOnNeeded: to the issuer, and from there back to the page or the form."""
    assert isinstance(error, SignOnNeeded)
    door: Door = request.app.state.door
    if not wants_html(request):
        return problem(401, "sign-on-needed", "sign on in a browser, or use the API with a bearer token")
    is_page = request.method in ("GET", "HEAD")
    if is_page:
        path = f"{request.url.path}?{request.url.query}" if request.url.query else request.url.path
    else:
        path = request.url.path if error.form is not None else "/"
    browser = request.cookies.get(door.browser_cookie) or secrets.token_urlsafe(48)
    address = await door.sessions.begin(browser, path, person_id=error.person_id, form=error.form)
    answer = RedirectResponse(address, status_code=303, headers={"Cache-Control": "no-store"})
    door.set_cookie(answer, door.browser_cookie, browser)
    return answer


router = APIRouter()
home = APIRouter()


@router.get(CALLBACK)
async def callback(request: Request, state: str = "", code: str | None = None, error: str | None = None) -> Response:
    """Where the issuer sends people back to."""
    door: Door = request.app.state.door
    browser = request.cookies.get(door.browser_cookie, "")
    try:
        done = await door.sessions.complete(browser, state, code, instead_of=request.cookies.get(door.session_cookie))
    except NotEntitled:
        log.warning("sign_on.refused", code="not-entitled")
        sign_out = await door.sessions.provider.sign_out(None, return_to=door.leads_to("/"))
        return render(request, "kit/not-entitled.html.j2", status=403, sign_out=sign_out)
    except (UnknownSignOn, GrantRefused) as refused:
        log.warning("sign_on.refused", code="unknown" if isinstance(refused, UnknownSignOn) else "not-granted")
        return render(request, "kit/sign-on-failed.html.j2", status=400)
    answer = RedirectResponse(door.leads_to("/sign-on/kept" if done.gives_back else done.return_to), status_code=303)
    door.set_cookie(answer, door.session_cookie, done.token)
    return answer


@router.get("/sign-on/kept")
async def give_back(request: Request, session: Annotated[Session, Depends(session_of)]) -> Response:
    """The form that came after the session had ended: its person looks at it and sends it again."""
    if session.kept_action is None:
        raise Refusal(RefusalKind.NOT_FOUND, "nothing-kept", "no form is kept")
    return render(request, "kit/kept-form.html.j2", action=session.kept_action, fields=session.kept_form)


@router.post("/sign-out")
async def sign_out(request: Request, session: Annotated[Session, Depends(session_of)]) -> Response:
    """End the session here and at the issuer."""
    door: Door = request.app.state.door
    id_token = await door.sessions.end(request.cookies[door.session_cookie])
    address = await door.sessions.provider.sign_out(id_token, return_to=door.leads_to("/signed-out"))
    answer = RedirectResponse(address, status_code=303)
    door.delete_cookie(answer, door.session_cookie)
    return answer


@router.get("/signed-out")
async def signed_out(request: Request) -> Response:
    """Where the issuer leads after a sign-out."""
    return render(request, "kit/signed-out.html.j2")


@home.get("/")
async def show_person(request: Request, session: Annotated[Session, Depends(session_of)]) -> Response:
    """The first page of a service that has no other: who one is here."""
    roles = sorted(session.principal.roles)
    return render(request, "kit/home.html.j2", roles=roles)


@router.post("/sign-on/back-channel-logout")
async def end_elsewhere(request: Request, logout_token: Annotated[str, Form()]) -> Response:
    """The issuer says that a session has ended."""
    door: Door = request.app.state.door
    try:
        await door.sessions.end_elsewhere(logout_token)
    except GrantRefused:
        raise Refusal(RefusalKind.INVALID, "logout-token-invalid", "this is no logout token of the issuer") from None
    return Response(headers={"Cache-Control": "no-store"})


def open_pages(
    api: FastAPI,
    service: str,
    settings: SignOnSettings,
    *,
    routers: Sequence[APIRouter],
    tokens: TokenVerifier,
    database: Database,
    clock: Clock,
) -> None:
    """Give the application the pages of the routers, and sign-on before them. `clock` is the real one."""
    site = settings.sites[service]
    provider = Provider(settings, tokens, callback=f"{site}{CALLBACK}")
    api.state.html = Html(service, settings.sites, tokens.issuer)
    api.state.door = Door(service, site, Sessions(database, provider, settings, clock))
    for pages in (html.router, router, *routers, home):
        api.include_router(pages, include_in_schema=False)
    api.add_exception_handler(SignOnNeeded, send_to_sign_on)
