"""Who may do what, as a table in Markdown: `python -m services.tracker.rights` writes it into the README."""

from pathlib import Path

from contracts.units import Role
from services.tracker.transitions import RULES, Relation, Rule

README = Path(__file__).parent / "README.md"
BEGIN, END = "<!-- rights: begin -->\n", "<!-- rights: end -->\n"


def table() -> str:
    """One row per action; a cell names the roles that may do it from a unit in that relation to the task."""
    head = ["action", "from", "to", "reason", *(f"{relation}" for relation in Relation)]
    rows = [head, ["---"] * len(head), *(_row(action, rule) for action, rule in RULES.items())]
    return "".join(f"| {' | '.join(row)} |\n" for row in rows)


def _row(action: str, rule: Rule) -> list[str]:
    states = ", ".join(sorted(rule.states))
    cells = [", ".join(role for role in Role if role in rule.rights.get(relation, ())) for relation in Relation]
    return [f"`{action}`", states, rule.to or "as before", "yes" if rule.needs_reason else "", *cells]


def written(text: str) -> str:
    """The README with the table as it is now. Raises ValueError when it has no place for it."""
    before, begin, rest = text.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise ValueError(f"{README.name} has no place for the table")
    return before + begin + table() + end + after


if __name__ == "__main__":
    README.write_text(written(README.read_text(encoding="utf-8")), encoding="utf-8")
