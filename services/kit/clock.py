"""The clock is a parameter: services ask it, never the system. UTC inside, Viet Nam for people."""

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Protocol
from zoneinfo import ZoneInfo

VIET_NAM = ZoneInfo("Asia/Ho_Chi_Minh")


class Clock(Protocol):
    """Tells the present moment in UTC."""

    def now(self) -> datetime:
        """The present moment, with its time zone."""
        ...


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        """The present moment in UTC."""
        return datetime.now(UTC)


class FileClock:
    """A moment written in a file (ISO 8601 with an offset), so that a demo can walk through a school year.

    Raises ValueError when the file holds no moment with an offset, OSError when it cannot be read.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self.now()

    def now(self) -> datetime:
        """The moment that the file holds now."""
        moment = datetime.fromisoformat(self._path.read_text(encoding="ascii").strip())
        if moment.tzinfo is None:
            raise ValueError(f"{self._path} holds a moment without an offset")
        return moment.astimezone(UTC)


def day_in_viet_nam(moment: datetime) -> date:
    """The calendar day that it is in Viet Nam at that moment."""
    return moment.astimezone(VIET_NAM).date()
