"""`python -m deploy.demo`: the main job end to end, on real Kafka, Postgres and SMTP, with a check at the end."""

import argparse
import asyncio
import signal
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from deploy.demo.guests import guests_of
from deploy.demo.report import print_tables, reconcile, summarise, write_summary
from deploy.demo.visit import invite
from deploy.demo.world import running
from deploy.demo.year import Progress as Tell
from deploy.demo.year import Story
from deploy.local.settings import StackError
from services.planner.files import reader
from services.planner.reading import UnreadableDocument

SEED = 2024
SUFFIXES = (
    *(".txt", ".md", ".docx", ".docm", ".odt", ".pdf"),
    *(".doc", ".rtf", ".png", ".jpg", ".jpeg", ".tif", ".tiff"),  # where LibreOffice and Tesseract are installed
)


def main() -> int:
    """Run the demo. Returns the exit code: 0 if nothing was lost or doubled."""
    arguments = _arguments()
    console = Console()
    documents = sorted(path for path in arguments.plans.iterdir() if _may_be_a_plan(path))
    if not documents:
        print(f"demo: {arguments.plans} holds no document ({', '.join(SUFFIXES)})", file=sys.stderr)  # noqa: T201
        return 2
    if faults := [fault for document in documents if (fault := _fault(document))]:
        print("\n".join(f"demo: {fault}" for fault in faults), file=sys.stderr)  # noqa: T201
        return 2
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    try:
        with running(arguments.directory, arguments.schools) as world, ThreadPoolExecutor(1) as beside:
            guests = guests_of(world.province)
            visitors = sys.stdout.isatty()
            if visitors:  # Keycloak needs some seconds, and nobody signs on before the end
                opening = beside.submit(world.services.keycloak.start, [guest.account for guest in guests])
            started = time.monotonic()
            with _progress(console) as tell:
                plans = Story(world, SEED, tell, arguments.directory / "changes").play(documents)
                books = reconcile(world)
            seconds = time.monotonic() - started
            if visitors:
                opening.result()
            summary = summarise(world, plans, books, seconds)
            summary["sign_on"] = len(guests) if visitors else None
            write_summary(summary, arguments.directory / "summary.json")
            print_tables(console, summary)
            if visitors:
                console.print(invite(world, arguments.directory, guests), markup=False, soft_wrap=True, highlight=False)
                _stay(console)
            return 0 if books.holds else 1
    except (StackError, TimeoutError) as error:
        print(f"demo: {error}", file=sys.stderr)  # noqa: T201
        return 1


def _may_be_a_plan(path: Path) -> bool:
    return path.suffix.lower() in SUFFIXES and path.stem.upper() != "README"


def _fault(document: Path) -> str | None:
    """Why the document cannot be imported."""
    try:
        asyncio.run(reader.read_file(document.read_bytes()))
    except UnreadableDocument as error:
        return f"{document}{f':{error.line}' if error.line else ''}: {error.code}: {error.message}"
    except OSError as error:
        return f"{document}: {error.strerror}"
    return None


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make demo", description=__doc__)
    parser.add_argument("--schools", type=int, default=350, help="how many schools the made province has (from 40)")
    parser.add_argument("--plans", type=Path, default=Path("samples"), help="a folder of plan documents")
    parser.add_argument("--directory", type=Path, default=Path("var/demo"), help="where everything is kept")
    arguments = parser.parse_args()
    if arguments.schools < 40:
        parser.error("--schools: at least 40")
    if not arguments.plans.is_dir():
        parser.error(f"--plans: {arguments.plans} is no folder")
    return arguments


@contextmanager
def _progress(console: Console) -> Iterator[Tell]:
    """A line that moves in a terminal, and a line a step elsewhere."""
    bar = Progress(
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        console=console,
        disable=not console.is_terminal,
    )
    task = bar.add_task("starting", total=None)
    told = ""

    def tell(what: str, done: int, total: int) -> None:
        nonlocal told
        bar.update(task, description=what, completed=done, total=total or None)
        if what != told and not console.is_terminal:
            console.print(what)
        told = what

    with bar:
        yield tell


def _stay(console: Console) -> None:
    """Keep everything up for whoever wants to look, until Ctrl-C."""
    try:
        signal.pause()
    except KeyboardInterrupt:
        console.print("ending")


if __name__ == "__main__":
    sys.exit(main())
