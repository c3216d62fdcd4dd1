"""`python -m tests.bench`: the figures that `make bench` promises, side by side."""

import asyncio
import tempfile
from pathlib import Path

from deploy.local.containers import choose_stack
from tests.bench import amendment, commands, directory_import, fan_out, reach, reading
from tests.bench.results import Result, show, write
from tests.bench.stage import stage

RESULTS = Path("var/bench/results.json")


async def measure(directory: Path) -> list[Result]:
    """All measurements on one stack. The commands are about tasks that the fan-out made."""
    with choose_stack(directory / "stack") as stack:
        async with stage(stack, directory / "services") as made:
            return [
                *await fan_out.measure(made),
                *await amendment.measure(made),
                *await commands.measure(made),
                *await reach.measure(made),
                *await directory_import.measure(made),
            ]


def main() -> None:
    """Measure, write and print."""
    with tempfile.TemporaryDirectory(prefix="phoihop-bench-") as directory:
        results = [*reading.measure(), *asyncio.run(measure(Path(directory)))]
    write(results, RESULTS)
    show(results)


if __name__ == "__main__":
    main()
