"""`phoihop topics`."""

from typing import Annotated

import typer

from contracts.topics import TOPICS, Topic
from services.ops.commands.arguments import AsJson
from services.ops.output import show
from services.ops.surroundings import kafka_settings, passwords, settings

app = typer.Typer(no_args_is_help=True, help="Topics, users and access rules on the broker.")


@app.command("make")
def make_topics(
    unit: Annotated[list[str] | None, typer.Option(help="A unit that publishes plans; may be repeated.")] = None,
    users: Annotated[bool, typer.Option(help="Also make users and access rules.")] = False,
    as_json: AsJson = False,
) -> None:
    """Make what is missing of the topics, by the contracts' table."""
    from services.ops.broker import broker_errors
    from services.ops.kafka_admin import KafkaAdmin

    given = settings()
    user_passwords = passwords(given.user_passwords_dir, "PHOIHOP_USER_PASSWORDS_DIR") if users else {}
    kafka = kafka_settings()
    with broker_errors("the broker"):
        admin = KafkaAdmin(kafka, replication=given.replication)
        made = admin.make_topics(unit or [])
        if users:
            admin.make_users(user_passwords)
    show([{"made": topic} for topic in made], as_json=as_json, columns=["made"])


@app.command("list")
def list_topics(as_json: AsJson = False) -> None:
    """The contracts' table of topics."""
    rows = [
        {
            "topic": topic.name,
            "key": topic.key,
            "owner": topic.owner,
            "readers": ", ".join(topic.readers),
            "kept": _kept(topic),
            "partitions": topic.partitions,
            "messages": ", ".join(message.__name__ for message in topic.messages),
        }
        for topic in TOPICS
    ]
    show(rows, as_json=as_json)


def _kept(topic: Topic) -> str:
    if topic.compacted:
        return "compacted"
    return f"{topic.retention.days} days" if topic.retention else "for ever"
