"""Wires the planner. `python -m services.planner.app` runs it."""

from fastapi import FastAPI

from services.kit.runtime import Runtime, serve
from services.kit.settings import load_settings
from services.planner import pages
from services.planner.api import router
from services.planner.handlers import SUBMISSION_TOPICS, answer_set_aside, take_submissions
from services.planner.settings import Settings


def create_api(settings: Settings) -> FastAPI:
    """The service's application: its API, with the consumer of submissions within its life."""
    runtime = Runtime("planner", settings)
    runtime.consume(pattern=SUBMISSION_TOPICS, use_case=take_submissions, set_aside=answer_set_aside)
    return runtime.api(router, pages=pages.ROUTERS)


def main() -> None:
    """Run the planner with settings from its environment until SIGTERM."""
    settings = load_settings(Settings)
    serve(create_api(settings), settings)


if __name__ == "__main__":
    main()
