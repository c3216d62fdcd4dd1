"""What people and systems ask over HTTP: its form, and what no service can grant."""

from datetime import date, datetime

from pydantic import BaseModel, ConfigDict

from services.kit.clock import day_in_viet_nam
from services.kit.errors import Refusal, RefusalKind


class RequestBody(BaseModel):
    """What a request asks for. A field that the API does not have is refused: a slip is not ignored."""

    model_config = ConfigDict(frozen=True, extra="forbid")


def refuse_day_to_come(day: date, now: datetime) -> None:
    """Raise Refusal (422) for a day that has not come in Viet Nam: nothing is told or reached before its day."""
    if day > day_in_viet_nam(now):
        raise Refusal(RefusalKind.INVALID, "day-to-come", "this is for today or an earlier day")
