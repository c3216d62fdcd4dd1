"""Errors that carry their policy in their type.

`NeverValid` → dead letter. `NotNow` (and what `is_not_now` recognises) → back off and try again, nothing is
set aside. `Refusal` → an answer to the person who asked. Anything else is unknown: bounded retries.
"""

from enum import Enum

import asyncpg
from aiokafka.errors import KafkaConnectionError, KafkaTimeoutError, NodeNotReadyError


class NeverValid(Exception):
    """The record will not become valid by waiting. `detail` must not hold the record's content."""

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(f"{code}: {detail}")
        self.code = code
        self.detail = detail


class NotNow(Exception):
    """Something that the service needs is away; the same attempt may succeed later."""


class RefusalKind(Enum):
    """Why a request is refused, with the HTTP status that says so."""

    INVALID = 422
    UNAUTHENTICATED = 401
    FORBIDDEN = 403
    NOT_FOUND = 404
    CONFLICT = 409
    TOO_LARGE = 413
    UNSUPPORTED = 415


class Refusal(Exception):
    """A request that is answered with a reason: a stable `code` for programs, `detail` for people.

    `more` are further members of the answer, such as the rows of a file that are at fault.
    """

    def __init__(self, kind: RefusalKind, code: str, detail: str, **more: object) -> None:
        super().__init__(f"{code}: {detail}")
        self.kind = kind
        self.code = code
        self.detail = detail
        self.more = more


# The database away, starting, stopping, full of connections, or another transaction in the way.
_NOT_NOW = (
    NotNow,
    OSError,
    TimeoutError,
    asyncpg.PostgresConnectionError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,
    asyncpg.CannotConnectNowError,
    asyncpg.AdminShutdownError,
    asyncpg.CrashShutdownError,
    asyncpg.InsufficientResourcesError,
    asyncpg.TransactionRollbackError,
    asyncpg.QueryCanceledError,
    asyncpg.IdleInTransactionSessionTimeoutError,
    asyncpg.LockNotAvailableError,
    asyncpg.ReadOnlySQLTransactionError,
    KafkaConnectionError,
    KafkaTimeoutError,
    NodeNotReadyError,
)


def is_not_now(error: BaseException) -> bool:
    """Whether the same attempt may succeed once the database or the broker is back."""
    if isinstance(error, asyncpg.InterfaceError) and isinstance(error, ValueError):
        return False  # an argument that cannot be encoded: asyncpg's own DataError
    return isinstance(error, _NOT_NOW)
