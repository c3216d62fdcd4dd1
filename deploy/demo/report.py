"""What the demo tells at its end: tables for people, `summary.json` for programs, and the reconciliation."""

import json
from collections import Counter
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Column, Table

from deploy.demo.desk import DeskPlan
from deploy.demo.world import World
from services.ops.reconcile import PlanCount


@dataclass(frozen=True)
class Books:
    """Where the books differ: what is missing, and what is there more than once."""

    lost: dict[str, int]
    doubled: dict[str, int]

    @property
    def holds(self) -> bool:
        """Nothing lost, nothing doubled."""
        return not any(self.lost.values()) and not any(self.doubled.values())


def reconcile(world: World) -> Books:
    """Hold the planner's obligations, the tracker's tasks, the topics and the mail server against each other.

    A mail that the server took just before the notifier was killed comes again under the same Message-ID: that
    is one mail, told apart as `mails_repeated`.
    """
    book, counts = world.ledger.book, world.count()
    mails = {mail["message_id"] for mail in world.smtp.accepted()}
    mornings = Counter((digest.recipient, digest.morning) for digest in book.digests.values())
    told = {f"<{digest_id}@" for digest_id in book.digests}
    mailed = {message_id.partition("@")[0] + "@" for message_id in mails}
    return Books(
        lost={
            "tasks": sum(count.lost for count in counts),
            "units astray": sum(count.astray for count in counts),
            "command outcomes": world.commands.lost,
            "mails": len(told - mailed),
        },
        doubled={
            "tasks announced": sum(count.doubled for count in counts),
            "tasks held": sum(max(0, count.held - count.expected - count.earlier) for count in counts),
            "announcements per task": sum(count - 1 for count in book.announced.values()),
            "command outcomes": world.commands.doubled,
            "digests per person and morning": sum(count - 1 for count in mornings.values()),
            "mails": len(mailed - told),
        },
    )


def summarise(world: World, plans: list[DeskPlan], books: Books, seconds: float) -> dict[str, Any]:
    """Everything that the demo counted."""
    book, commands = world.ledger.book, world.commands
    counts = {count.plan_id: count for count in world.count()}
    mails = Counter(mail["message_id"] for mail in world.smtp.accepted())
    return {
        "plans": [_plan(plan, counts[plan.plan_id], world) for plan in plans],
        "changes": {"plans submitted": sum(plan.submitted for plan in plans), **dict(sorted(book.changes.items()))},
        "tasks_by_state": dict(sorted(Counter(task.state for task in book.tasks.values()).items())),
        "timeliness": _timeliness(world),
        "records_by_topic": world.lag.topic_sizes(),
        "commands": {
            **{name: getattr(commands, name) for name in ("sent", "accepted", "refused", "refused_on_purpose")},
            "refused_by_code": dict(sorted(commands.refused_by_code.items())),
        },
        "alerts": {
            "raised": sum(len(digest.entries) for digest in book.digests.values()),
            "by_rule": dict(
                sorted(Counter(entry.rule for digest in book.digests.values() for entry in digest.entries).items())
            ),
            "mails": len(mails),
            "mails_repeated": sum(mails.values()) - len(mails),
        },
        "lost": sum(books.lost.values()),
        "doubled": sum(books.doubled.values()),
        "reconciliation": asdict(books),
        "seconds": round(seconds, 1),
    }


def write_summary(summary: dict[str, Any], path: Path) -> None:
    """Write the summary as JSON."""
    path.write_text(json.dumps(summary, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")


def print_tables(console: Console, summary: dict[str, Any]) -> None:
    """The tables at the end."""
    plans = Table(
        Column("plan", overflow="fold"),
        "items",
        "duties",
        "recipients",
        "state",
        "version",
        "units",
        "tasks",
        "expected",
        title="Plans",
    )
    for plan in summary["plans"]:
        plans.add_row(*(str(plan[name]) for name in _PLAN_COLUMNS))
    console.print(plans)
    for title, counts in (
        ("Changes", summary["changes"]),
        ("Tasks by state", summary["tasks_by_state"]),
        ("Timeliness on the last day", summary["timeliness"]),
        ("Alerts by rule", summary["alerts"]["by_rule"]),
        ("Records by topic", summary["records_by_topic"]),
    ):
        table = Table(title, "count")
        for name, count in counts.items():
            table.add_row(name, f"{count:,}")
        console.print(table)
    commands, alerts = summary["commands"], summary["alerts"]
    signing_on = summary["sign_on"]
    console.print(f"sign-on: {f'{signing_on} accounts' if signing_on else 'not started, because this is no terminal'}")
    console.print(
        f"commands: {commands['sent']:,} sent, {commands['accepted']:,} accepted, {commands['refused']:,} refused "
        f"({commands['refused_on_purpose']:,} wrong on purpose); "
        f"alerts: {alerts['raised']:,} in {alerts['mails']:,} mails"
    )
    verdict = "bold green" if not summary["lost"] and not summary["doubled"] else "bold red"
    console.print(f"[{verdict}]lost {summary['lost']}, doubled {summary['doubled']}[/] in {summary['seconds']} s")


_PLAN_COLUMNS = ("source", "items", "duties", "recipients", "state", "version", "units", "tasks", "tasks_expected")


def _plan(plan: DeskPlan, books: PlanCount, world: World) -> dict[str, Any]:
    count = world.operator("tracker").get(f"/v1/plans/{plan.plan_id}/tasks-count")
    return {
        "source": plan.source,
        "items": len(plan.document["items"]),
        "duties": len(plan.document["duties"]),
        "recipients": len(plan.document["recipients"]),
        "state": plan.state,
        "version": books.version,
        "units": count["units"],
        "tasks": count["tasks"],
        "tasks_expected": books.expected + books.earlier,
    }


def _timeliness(world: World) -> dict[str, int]:
    counts = Counter[str]()
    for group in world.operator("tracker").get("/v1/progress", by="plan")["groups"]:
        for count in group["counts"]:
            counts[count["timeliness"]] += count["tasks"]
    return dict(sorted(counts.items()))
