"""The named queries of the planner."""

from pathlib import Path

from services.kit.sql import load_queries

q = load_queries(Path(__file__).parents[1] / "sql" / "queries.sql")
