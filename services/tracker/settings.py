"""Settings of the tracker's own."""

from services.kit.settings import Settings


class TrackerSettings(Settings):
    """What every service needs, and how the tracker's day begins."""

    daily_sweep: bool = True
    """Whether each day is swept by itself; off where somebody else asks for every sweep."""
