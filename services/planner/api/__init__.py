"""HTTP to use-case."""

from fastapi import APIRouter

from services.planner.api import desk, plans, units

router = APIRouter()
for part in (units, desk, plans):  # the plans' last route takes any action
    router.include_router(part.router)
