"""What every HTTP API shares: problem+json, size limits, who asks, health and metrics."""

import time
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager
from http import HTTPStatus
from typing import Annotated, Any

from fastapi import APIRouter, Depends, FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from contracts.wire import InvalidRecord, refuse_forbidden_characters
from services.kit import metrics
from services.kit.auth import Principal, TokenVerifier
from services.kit.errors import Refusal, RefusalKind, is_not_now
from services.kit.health import Health
from services.kit.html import problem_page, wants_html
from services.kit.logs import get_logger

log = get_logger()

MAX_BODY_BYTES = 20 * 1024 * 1024
PROBLEM = "application/problem+json"
Lifespan = Callable[[FastAPI], AbstractAsyncContextManager[None]]


def problem(status: int, code: str, detail: str, **more: Any) -> JSONResponse:
    """An RFC 9457 answer; `code` is stable, the words are not."""
    body = {"type": "about:blank", "title": HTTPStatus(status).phrase, "status": status, "code": code, "detail": detail}
    headers = {"WWW-Authenticate": "Bearer"} if status == 401 else {"Retry-After": "5"} if status == 503 else None
    return JSONResponse({**body, **more}, status_code=status, media_type=PROBLEM, headers=headers)


def make_api(
    title: str, version: str, *, routers: Sequence[APIRouter], tokens: TokenVerifier, health: Health, lifespan: Lifespan
) -> FastAPI:
    """The FastAPI application of a service, with its routers below `/v1`."""
    api = FastAPI(title=title, version=version, lifespan=lifespan, docs_url=None, redoc_url=None)
    api.state.tokens = tokens
    for router in routers:
        api.include_router(router, prefix="/v1", responses=_PROBLEMS)
    api.include_router(_operations(health))
    api.add_middleware(_Guard)
    api.middleware("http")(_measured)
    api.add_exception_handler(Refusal, _refused)
    api.add_exception_handler(RequestValidationError, _invalid)
    api.add_exception_handler(HTTPException, _http_error)
    api.add_exception_handler(Exception, _failed)
    return api


async def authenticated(request: Request) -> Principal:
    """The person behind the request's bearer token. Raises Refusal (401)."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise Refusal(RefusalKind.UNAUTHENTICATED, "token-missing", "send a bearer token")
    verifier: TokenVerifier = request.app.state.tokens
    return await verifier.verify(token.strip())


Authenticated = Annotated[Principal, Depends(authenticated)]

_PROBLEMS: dict[int | str, dict[str, Any]] = {
    status: {"description": HTTPStatus(status).phrase, "content": {PROBLEM: {"schema": {"type": "object"}}}}
    for status in (401, 403, 404, 409, 413, 422, 503)
}


def _operations(health: Health) -> APIRouter:
    router = APIRouter(include_in_schema=False)

    @router.get("/livez")
    async def live() -> Response:
        faults = health.faults
        return problem(503, "not-alive", "; ".join(faults)) if faults else JSONResponse({"status": "alive"})

    @router.get("/readyz")
    async def ready() -> Response:
        reasons = health.unready
        return problem(503, "not-ready", "; ".join(reasons)) if reasons else JSONResponse({"status": "ready"})

    @router.get("/metrics")
    async def prometheus() -> Response:
        return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)

    return router


def _answer(request: Request, status: int, code: str, detail: str, **more: Any) -> Response:
    """The problem in the form that the caller reads: a page for a browser, problem+json for programs."""
    return problem_page(request, status, code, **more) if wants_html(request) else problem(status, code, detail, **more)


async def _refused(request: Request, error: Exception) -> Response:
    assert isinstance(error, Refusal)
    return _answer(request, error.kind.value, error.code, error.detail, **error.more)


async def _invalid(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    fields = [{"field": ".".join(map(str, fault["loc"][1:])), "message": fault["msg"]} for fault in error.errors()]
    detail = "the request does not have the form that the API describes"
    return _answer(request, 422, "invalid-request", detail, fields=fields)


async def _http_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    if isinstance(error.__cause__, Refusal):  # while the body was being read, which FastAPI makes a 400
        return await _refused(request, error.__cause__)
    code = HTTPStatus(error.status_code).phrase.lower().replace(" ", "-")
    return _answer(request, error.status_code, code, str(error.detail))


async def _failed(request: Request, error: Exception) -> Response:
    if is_not_now(error):
        log.warning("http.unavailable", path=_route(request), error_type=type(error).__name__)
        return _answer(request, 503, "unavailable", "a part that this needs is away; try again")
    log.error("http.failed", path=_route(request), exc_info=error)
    return _answer(request, 500, "failed", "this failed for a reason of ours, which is in the log")


async def _measured(request: Request, call_next: Callable[[Request], Awaitable[Response]]) -> Response:
    started = time.monotonic()
    try:
        response = await call_next(request)
    except Exception as error:
        response = await _failed(request, error)
    seconds = time.monotonic() - started
    path = _route(request)
    metrics.REQUESTS.labels(request.method, path, response.status_code).observe(seconds)
    if request.url.path not in ("/livez", "/readyz", "/metrics"):
        log.info(
            "http.answered",
            method=request.method,
            path=path,
            status=response.status_code,
            duration_ms=round(seconds * 1000, 1),
        )
    return response


def _route(request: Request) -> str:
    """The route's template, not the path: that holds identifiers."""
    return getattr(request.scope.get("route"), "path", "unmatched")


class _BodyRefused(Exception):
    def __init__(self, status: int, code: str, detail: str) -> None:
        self.answer = problem(status, code, detail)


class _Guard:
    """Refuses bodies that are too large, and JSON that holds what no database can."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = dict(scope["headers"])
        if int(headers.get(b"content-length", b"0") or 0) > MAX_BODY_BYTES:
            await _too_large().answer(scope, receive, send)
            return
        if "\x00" in scope["path"] or b"%00" in scope["query_string"]:
            await problem(400, "forbidden-character", "the address holds U+0000")(scope, receive, send)
            return
        is_json = b"json" in headers.get(b"content-type", b"").lower()
        try:
            body = await _whole_body(receive) if is_json else None
            if body:
                refuse_forbidden_characters(body)
        except _BodyRefused as refused:
            await refused.answer(scope, receive, send)
        except InvalidRecord as error:
            await problem(400, error.code, error.detail)(scope, receive, send)
        else:
            await self._app(scope, _limited(receive) if body is None else _replay(body, receive), send)


def _too_large() -> _BodyRefused:
    return _BodyRefused(413, "too-large", f"at most {MAX_BODY_BYTES} bytes are taken")


async def _whole_body(receive: Receive) -> bytes:
    body = bytearray()
    while True:
        message = await receive()
        body += message.get("body", b"")
        if len(body) > MAX_BODY_BYTES:
            raise _too_large()
        if message["type"] == "http.disconnect" or not message.get("more_body", False):
            return bytes(body)


def _replay(body: bytes, receive: Receive) -> Receive:
    pending = [body]

    async def replay() -> Message:
        if pending:
            return {"type": "http.request", "body": pending.pop(), "more_body": False}
        return await receive()

    return replay


def _limited(receive: Receive) -> Receive:
    taken = 0

    async def limited() -> Message:
        nonlocal taken
        message = await receive()
        taken += len(message.get("body", b""))
        if taken > MAX_BODY_BYTES:
            raise Refusal(RefusalKind.TOO_LARGE, "too-large", f"at most {MAX_BODY_BYTES} bytes are taken")
        return message

    return limited
