"""A clock that a test sets."""

from datetime import UTC, datetime


class FixedClock:
    """Stands at a moment until a test moves it."""

    def __init__(self, moment: datetime = datetime(2025, 9, 5, 1, 0, tzinfo=UTC)) -> None:
        self.moment = moment

    def now(self) -> datetime:
        """The moment that the test has set."""
        return self.moment
