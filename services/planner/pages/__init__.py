"""The desk's pages: form to use-case, in Vietnamese. They do what the API does, by the same use-cases."""

from services.planner.pages import delegating, documents, items, plans, steps

ROUTERS = (plans.router, documents.router, items.router, steps.router, delegating.router)
