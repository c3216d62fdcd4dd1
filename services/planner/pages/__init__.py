"""The desk's pages: form to use-case, in Vietnamese. They do what the API does, by the same use-cases."""

from services.planner.pages import delegating, documents, history, items, lineage, plans, steps, waiting

ROUTERS = tuple(part.router for part in (plans, documents, lineage, items, steps, history, delegating, waiting))
