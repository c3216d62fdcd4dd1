"""Sessions of people in browsers: begun by a sign-on, kept in the service's schema, ended by time or by logout.

A browser keeps a random token, the database its SHA-256. The token against forged forms is derived from it.
Time is the real one, whatever clock the service goes by: tokens live by it.
"""

import hashlib
import json
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from contracts.units import Role
from services.kit.auth import Principal
from services.kit.clock import Clock
from services.kit.database import Database, Transaction
from services.kit.errors import NotNow
from services.kit.logs import get_logger
from services.kit.settings import SignOnSettings
from services.kit.sign_on.provider import Grant, GrantRefused, NotEntitled, Provider
from services.kit.sql import load_queries

log = get_logger()
q = load_queries(Path(__file__).parents[1] / "sql" / "sessions.sql")

SIGN_ON_LASTS = timedelta(hours=1)
"""So long a person may take at the issuer's page."""
ENDED_KEPT = timedelta(days=7)
"""So long a form can be given back to whoever sent it after the session had ended."""
USE_NOTED = timedelta(minutes=1)
"""Use is written down so often."""

Form = list[tuple[str, str]]


@dataclass(frozen=True)
class Session:
    """A person who has signed on. `csrf` must come with every form that they send."""

    principal: Principal
    name: str
    csrf: str
    kept_action: str | None
    """Where a form goes that came when an earlier session had ended, and is given back."""
    kept_form: Form


@dataclass(frozen=True)
class SignedOnAgain:
    """A sign-on that has come to its end."""

    token: str
    return_to: str
    """A path with its query."""
    gives_back: bool
    """Whether the session keeps a form."""


class UnknownSignOn(Exception):
    """No such sign-on is under way in this browser: it took too long, is done, or was never begun here."""


def csrf_of(token: str) -> str:
    """What a form of the session with this token must hold."""
    return hashlib.sha256(f"csrf {token}".encode()).hexdigest()


class Sessions:
    """The sessions of one service."""

    def __init__(self, database: Database, provider: Provider, settings: SignOnSettings, clock: Clock) -> None:
        self.provider = provider
        self._database = database
        self._idle = timedelta(seconds=settings.idle_seconds)
        self._longest = timedelta(seconds=settings.longest_seconds)
        self._clock = clock

    async def begin(
        self, browser: str, return_to: str, *, person_id: str | None = None, form: Form | None = None
    ) -> str:
        """The issuer's address for a sign-on in this browser, which leads back to `return_to`, a path of ours.

        `form` is given back afterwards, to `person_id` alone. Raises NotNow while the issuer is away.
        """
        state, nonce, verifier = (secrets.token_urlsafe(48) for _ in range(3))
        address = await self.provider.authorization(state=state, nonce=nonce, verifier=verifier)
        async with self._database.transaction() as tx:
            await q.begin_sign_on(
                tx.connection,
                state_sha256=_hash(state),
                browser_sha256=_hash(browser),
                nonce=nonce,
                verifier=verifier,
                return_to=return_to,
                person_id=person_id,
                form=None if form is None else json.dumps(form).encode(),
                ends_at=self._clock.now() + SIGN_ON_LASTS,
            )
        return address

    async def complete(self, browser: str, state: str, code: str | None, *, instead_of: str | None) -> SignedOnAgain:
        """Redeem the code that came back, and begin a session under a new token; that of `instead_of` ends.

        Raises UnknownSignOn, GrantRefused, NotEntitled, and NotNow while the issuer is away.
        """
        now = self._clock.now()
        async with self._database.transaction() as tx:
            found = await q.take_sign_on(tx.connection, state_sha256=_hash(state), browser_sha256=_hash(browser))
        if found is None or found["ends_at"] < now:
            raise UnknownSignOn
        if not code:
            raise GrantRefused("the issuer sent no code")
        try:
            grant = await self.provider.redeem(code, nonce=found["nonce"], verifier=found["verifier"])
        except NotNow:
            await self._put_back(browser, state, found)  # with the form; the same address will do when tried again
            raise
        same_person = found["person_id"] == grant.principal.person_id
        form = found["form"] if same_person else None
        async with self._database.transaction() as tx:
            if instead_of:
                await q.end_session(tx.connection, token_sha256=_hash(instead_of), now=now)
            token = await start(
                tx,
                grant,
                now=now,
                ends_at=now + self._longest,
                kept_action=found["return_to"] if form else None,
                kept_form=form,
            )
            await q.forget_sessions(tx.connection, before=now - ENDED_KEPT)
            await q.forget_sign_ons(tx.connection, before=now)
        log.info("session.started")
        # What a form was sent to need not be a page; and another person's way leads to the first page.
        return SignedOnAgain(token, found["return_to"] if found["person_id"] is None else "/", form is not None)

    async def find(self, token: str) -> Session | None:
        """The session under the token unless it has ended; the roles are as fresh as the issuer wants them.

        Raises NotNow while the issuer is away and they are not.
        """
        now = self._clock.now()
        row = await self._row(token)
        if self._has_ended(row, now):
            return None
        if row["fresh_until"] <= now:
            if not await self._renew(token, row, now):
                return None
            row = await self._row(token)
            if self._has_ended(row, now):  # by a logout meanwhile
                return None
        if row["used_at"] + USE_NOTED <= now:
            async with self._database.connection() as connection:
                await q.use_session(connection, token_sha256=_hash(token), now=now)
        principal = Principal(row["person_id"], row["unit_id"], frozenset(map(Role, row["roles"])))
        form = [(name, value) for name, value in json.loads(row["kept_form"] or b"[]")]
        return Session(principal, row["name"], csrf_of(token), row["kept_action"], form)

    async def sender(self, token: str) -> str | None:
        """Whose session this is or was; none when it was never one, or ended long ago."""
        row = await self._row(token)
        return None if row is None else str(row["person_id"])

    async def end(self, token: str) -> str | None:
        """End the session. Returns its id token, for the issuer."""
        row = await self._row(token)
        async with self._database.transaction() as tx:
            await q.end_session(tx.connection, token_sha256=_hash(token), now=self._clock.now())
        log.info("session.ended", reason="sign-out")
        return None if row is None else row["id_token"] or None

    async def end_elsewhere(self, logout_token: str) -> None:
        """End what the issuer says has ended. Raises GrantRefused."""
        sid = await self.provider.ended(logout_token)
        async with self._database.transaction() as tx:
            await q.end_sessions_of(tx.connection, sid=sid, now=self._clock.now())
        log.info("session.ended", reason="back-channel")

    async def _put_back(self, browser: str, state: str, found: Any) -> None:
        hashes = {"state_sha256": _hash(state), "browser_sha256": _hash(browser)}
        async with self._database.transaction() as tx:
            await q.begin_sign_on(tx.connection, **hashes, **dict(found))

    async def _row(self, token: str) -> Any:
        async with self._database.connection() as connection:
            return await q.session(connection, token_sha256=_hash(token))

    def _has_ended(self, row: Any, now: datetime) -> bool:
        return row is None or row["ends_at"] <= now or row["used_at"] + self._idle <= now

    async def _renew(self, token: str, row: Any, now: datetime) -> bool:
        """Ask the issuer anew. Returns false when the person has to sign on again."""
        try:
            grant = await self.provider.refresh(row["refresh_token"], row["person_id"])
        except (GrantRefused, NotEntitled) as error:
            log.info("session.ended", reason="not renewed", error_type=type(error).__name__)
            return False
        async with self._database.connection() as connection:
            await q.renew_session(connection, token_sha256=_hash(token), **_columns(grant, now), now=now)
        return True


async def start(
    tx: Transaction,
    grant: Grant,
    *,
    now: datetime,
    ends_at: datetime,
    kept_action: str | None = None,
    kept_form: bytes | None = None,
) -> str:
    """Begin a session. Returns its token, which nobody has seen before."""
    token = secrets.token_urlsafe(48)
    await q.start_session(
        tx.connection,
        token_sha256=_hash(token),
        sid=grant.sid,
        person_id=grant.principal.person_id,
        **_columns(grant, now),
        now=now,
        ends_at=ends_at,
        kept_action=kept_action,
        kept_form=kept_form,
    )
    return token


def _columns(grant: Grant, now: datetime) -> dict[str, Any]:
    return {
        "unit_id": grant.principal.unit_id,
        "roles": sorted(grant.principal.roles),
        "name": grant.name,
        "id_token": grant.id_token,
        "refresh_token": grant.refresh_token,
        "fresh_until": now + timedelta(seconds=grant.expires_in),
    }


def _hash(secret: str) -> bytes:
    """Of random texts of 384 bits, which nobody finds by trying."""
    return hashlib.sha256(secret.encode()).digest()
