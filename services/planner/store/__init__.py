"""Typed functions around the named queries, by what they are about: `store.plans.lock(tx, …)`."""

from services.planner.store import delegations, plans, submissions, units, versions

__all__ = ["delegations", "plans", "submissions", "units", "versions"]
