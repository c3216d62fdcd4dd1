"""What a measurement says."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path

from rich.console import Console
from rich.table import Table


@dataclass(frozen=True)
class Result:
    """Ours beside its reference. The ratio is what counts: absolute figures are the machine's."""

    name: str
    ours: float
    reference: float
    ratio: float
    goal: str

    @property
    def met(self) -> bool:
        """Whether the ratio is where the goal wants it."""
        comparison, bound = self.goal.split()
        return self.ratio <= float(bound) if comparison == "<=" else self.ratio >= float(bound)


def write(results: list[Result], path: Path) -> None:
    """Write them as JSON."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps([asdict(result) for result in results], indent=1) + "\n", encoding="utf-8")


def show(results: list[Result]) -> None:
    """Print them as a table."""
    table = Table("measured", "ours", "reference", "ratio", "goal", "")
    for result in results:
        met = "met" if result.met else "missed"
        table.add_row(
            result.name, f"{result.ours:.3g}", f"{result.reference:.3g}", f"{result.ratio:.2f}", result.goal, met
        )
    Console().print(table)
