"""The notifier's process: the only place that wires."""

from fastapi import FastAPI

from contracts.topics import PLAN_EVENTS, TASK_EVENTS, UNIT_DIRECTORY
from services.kit.runtime import Runtime, serve
from services.kit.settings import load_settings
from services.notifier import handlers, mornings
from services.notifier.api import make_router
from services.notifier.sending import Sending
from services.notifier.settings import NotifierSettings


def create_api(settings: NotifierSettings) -> FastAPI:
    """The application, which consumes, plans and sends for as long as it runs."""
    runtime = Runtime("notifier", settings)
    runtime.consume(UNIT_DIRECTORY.name, use_case=handlers.take_units)
    runtime.consume(PLAN_EVENTS.name, use_case=handlers.take_plans)
    runtime.consume(TASK_EVENTS.name, use_case=handlers.take_tasks)

    async def plan_mornings() -> bool:
        async with runtime.database.transaction() as tx:
            if settings.daily_digest:
                await mornings.request_today(tx)
            return await mornings.plan_next(tx)

    runtime.work("plan-mornings", plan_mornings)
    runtime.work("send-digests", Sending(runtime.database, settings.smtp).step)
    return runtime.api(make_router(runtime.database))


def main() -> None:
    """Run the notifier until SIGTERM."""
    settings = load_settings(NotifierSettings)
    serve(create_api(settings), settings)


if __name__ == "__main__":
    main()
