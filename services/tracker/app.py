"""The only wiring of the tracker. Run by `python -m services.tracker.app`."""

from functools import partial

from fastapi import FastAPI

from contracts.topics import PLAN_EVENTS, TASK_COMMANDS, UNIT_DIRECTORY
from services.kit.runtime import Runtime, serve
from services.kit.settings import load_settings
from services.tracker import api, decomposition, handlers, succession, sweeps
from services.tracker.settings import TrackerSettings


def create_api(settings: TrackerSettings) -> FastAPI:
    """The tracker's HTTP application, which runs its consumers, workers and relay within its life."""
    runtime = Runtime("tracker", settings)
    database = runtime.database
    runtime.consume(UNIT_DIRECTORY.name, use_case=handlers.take_directory)
    runtime.consume(PLAN_EVENTS.name, use_case=handlers.take_plans)
    runtime.consume(TASK_COMMANDS.name, use_case=handlers.take_commands)
    runtime.work("decomposition", partial(decomposition.step, database, runtime.relay.wake))
    runtime.work("succession", partial(succession.step, database, runtime.relay.wake))
    runtime.work("sweep", partial(sweeps.step, database, runtime.relay.wake, daily=settings.daily_sweep))
    return runtime.api(api.router)


def main() -> None:
    """Run until SIGTERM."""
    settings = load_settings(TrackerSettings)
    serve(create_api(settings), settings)


if __name__ == "__main__":
    main()
