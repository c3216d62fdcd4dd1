"""What each Kafka user may do, by the table of topics."""

from services.ops.kafka_admin import access_rules


def rules(user: str) -> set[tuple[str, str, str]]:
    """Name, kind of pattern and operation of each rule of a user."""
    return {(rule.name, rule.resource_pattern_type.name, rule.operation.name) for rule in access_rules(user)}


def test_a_unit_writes_its_submissions_and_reads_its_answers_alone() -> None:
    assert rules("unit-AH-PL") == {
        ("plan-submissions-AH-PL", "LITERAL", "WRITE"),
        ("plan-submissions-AH-PL", "LITERAL", "DESCRIBE"),
        ("plan-answers-AH-PL", "LITERAL", "READ"),
        ("plan-answers-AH-PL", "LITERAL", "DESCRIBE"),
        ("unit-AH-PL.", "PREFIXED", "READ"),
    }


def test_the_planner_reads_all_submissions_and_writes_all_answers() -> None:
    assert {rule for rule in rules("planner") if rule[1] == "PREFIXED"} == {
        ("plan-submissions-", "PREFIXED", "READ"),
        ("plan-submissions-", "PREFIXED", "DESCRIBE"),
        ("plan-answers-", "PREFIXED", "WRITE"),
        ("plan-answers-", "PREFIXED", "DESCRIBE"),
        ("planner.", "PREFIXED", "READ"),
    }


def test_nobody_else_reads_what_a_unit_is_told() -> None:
    for user in ("tracker", "notifier", "portal"):
        assert not any(name.startswith(("plan-submissions", "plan-answers")) for name, _, _ in rules(user))
