"""Writes the table of rules into the README: `python -m services.notifier.readme`."""

from pathlib import Path

from services.notifier.rules import RULES, Against, Rule

README = Path(__file__).with_name("README.md")
BEGIN, END = "<!-- rules: written by `python -m services.notifier.readme` -->\n", "<!-- end of rules -->\n"

_HEAD = ("Rule", "Raised when", "Told to", "Told while the task is", "On a morning", "Called", "May be switched off")
_MORNINGS = {
    None: "the next",
    Against.BEFORE: "before the due date",
    Against.ON_THE_DAY: "of the due date",
    Against.AFTER: "after the due date",
}


def with_rules(readme: str) -> str:
    """The README's text with its table of rules as the code has it now."""
    before, _, rest = readme.partition(BEGIN)
    _, _, after = rest.partition(END)
    lines = [_HEAD, ["---"] * len(_HEAD), *map(_row, RULES)]
    table = "".join(f"| {' | '.join(line)} |\n" for line in lines)
    return f"{before}{BEGIN}{table}{END}{after}"


def _row(rule: Rule) -> list[str]:
    days = f" ({', '.join(map(str, rule.days))} days{', then weekly' if rule.then_weekly else ''})" if rule.days else ""
    return [
        f"`{rule.name}`",
        f"`{rule.trigger}`{days}",
        rule.audience,
        ", ".join(sorted(rule.while_in)) or "—",
        _MORNINGS[rule.against],
        rule.heading,
        "yes" if rule.optional else "no",
    ]


if __name__ == "__main__":
    README.write_text(with_rules(README.read_text("utf-8")), "utf-8")
