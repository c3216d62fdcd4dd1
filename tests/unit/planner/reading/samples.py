"""The project's sample plans, for the tests of reading."""

from pathlib import Path

SAMPLES = Path(__file__).parents[4] / "samples"
NAMES = sorted(path.stem for path in SAMPLES.glob("*.txt"))


def sample(name: str) -> str:
    """The text of a sample plan, as stored."""
    return (SAMPLES / f"{name}.txt").read_text(encoding="utf-8")
