"""What every contract model shares: immutability, tolerance of fields added later, and the named texts."""

from datetime import UTC, datetime
from typing import Annotated, ClassVar, TypeVar

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, PlainSerializer, StringConstraints

T = TypeVar("T")

UnitId = Annotated[str, StringConstraints(min_length=1, max_length=35, pattern=r"^[A-Za-z0-9]+(-[A-Za-z0-9]+)*$")]
"""Identifier of an organisation unit: at most 35 letters and digits, with single hyphens within.

Neither `.` nor `_`, which collide in topic names, nor `/`, which separates a path.
"""

PersonId = Annotated[str, StringConstraints(min_length=1, max_length=64)]
"""The subject (`sub`) under which a person signs on. Not a name, and no personal data."""

Text = Annotated[str, StringConstraints(max_length=20_000)]
"""A paragraph of a plan or a remark of a person."""

Name = Annotated[str, StringConstraints(min_length=1, max_length=500)]
"""The name of a unit, a person or a document."""

Code = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]*$", max_length=40)]
"""A stable name for programs: of a rule, a reason, a warning."""

Email = Annotated[str, StringConstraints(min_length=3, max_length=320, pattern=r"^[^@\s]+@[^@\s]+$")]
"""An address as the directory gives it. Whether mail arrives there, only delivery tells."""


def _in_utc(moment: datetime) -> datetime:
    try:
        return moment.astimezone(UTC)
    except OverflowError:  # which Pydantic, unlike ValueError, lets through to the caller
        raise ValueError("the calendar does not reach this moment in UTC") from None


Instant = Annotated[AwareDatetime, AfterValidator(_in_utc)]
"""A moment with its offset; kept in UTC."""


Distinct = Annotated[frozenset[T], PlainSerializer(sorted, when_used="json")]
"""A set, written in order: equal values are equal bytes, whatever the process, and can be hashed and signed."""


class Contract(BaseModel):
    """A value that crosses Kafka or HTTP. Unknown fields are ignored, so that fields can be added."""

    model_config = ConfigDict(frozen=True, extra="ignore", use_attribute_docstrings=True)


class Message(Contract):
    """The data of an event (named in the past tense) or of a command (imperative)."""

    VERSION: ClassVar[int] = 1

    @classmethod
    def type_name(cls) -> str:
        """The CloudEvents `type`: `vn.phoihop.<Name>.v<version>`. Another meaning is another version."""
        return f"vn.phoihop.{cls.__name__}.v{cls.VERSION}"


def utc_now() -> datetime:
    """The present moment in UTC, for envelopes made outside a service (which has a clock of its own)."""
    return datetime.now(UTC)
