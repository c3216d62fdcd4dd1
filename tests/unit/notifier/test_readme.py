"""The README tells the rules that the code has."""

from services.notifier.readme import README, with_rules


def test_the_table_of_rules_is_fresh() -> None:
    text = README.read_text("utf-8")
    assert text == with_rules(text), "run python -m services.notifier.readme"
    assert "| `due-soon` | `due-soon` (7, 3, 1 days) | accountable |" in text
