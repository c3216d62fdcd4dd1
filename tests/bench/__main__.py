"""`python -m tests.bench [fan_out] [commands]`: the figures that `make bench` promises, side by side."""

import asyncio
import sys
import tempfile
from collections.abc import Collection
from pathlib import Path

from deploy.local.containers import choose_stack
from tests.bench import commands, fan_out
from tests.bench.results import Result, show, write
from tests.bench.stage import stage

RESULTS = Path("var/bench/results.json")
MEASUREMENTS = {"fan_out": fan_out.measure, "commands": commands.measure}
"""In this order: the commands are about tasks that the fan-out made."""


async def measure(names: Collection[str], directory: Path) -> list[Result]:
    """The named measurements, or all, on one stack."""
    results = []
    with choose_stack(directory / "stack") as stack:
        async with stage(stack, directory / "services") as made:
            for name, measurement in MEASUREMENTS.items():
                if name in names or not names:
                    results += await measurement(made)
    return results


def main() -> None:
    """Measure, write and print."""
    with tempfile.TemporaryDirectory(prefix="phoihop-bench-") as directory:
        results = asyncio.run(measure(sys.argv[1:], Path(directory)))
    write(results, RESULTS)
    show(results)


if __name__ == "__main__":
    main()
