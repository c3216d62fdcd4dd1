"""`phoihop topics`."""

import secrets
import shlex
from pathlib import Path
from typing import Annotated

import typer
from pydantic import TypeAdapter, ValidationError

from contracts.base import UnitId
from contracts.topics import TOPICS, Topic, answers_topic, submissions_topic
from services.kit.settings import KafkaSettings
from services.ops.commands.arguments import AsJson
from services.ops.errors import CommandError
from services.ops.output import show
from services.ops.surroundings import kafka_settings, passwords, private_file, settings

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


@app.command("add-unit")
def add_unit(
    unit: Annotated[str, typer.Argument(help="The unit whose system publishes plans.")],
    file: Annotated[Path, typer.Argument(help="A new file for its developers: how they sign on.")],
    as_json: AsJson = False,
) -> None:
    """Give a unit its topics, its user with a new password, and the file that its developers need (mode 0600)."""
    from services.ops.broker import broker_errors
    from services.ops.kafka_admin import KafkaAdmin, unit_user

    try:
        unit_id: str = TypeAdapter(UnitId).validate_python(unit)
    except ValidationError:
        raise CommandError(f"{unit}: not a unit's id: letters and digits, with single hyphens within") from None
    kafka, password = kafka_settings(), secrets.token_urlsafe(24)
    with private_file(file) as credentials, broker_errors("the broker"):
        admin = KafkaAdmin(kafka, replication=settings().replication)
        admin.make_topics([unit_id])
        admin.make_users({unit_user(unit_id): password})
        credentials.write(_credentials(kafka, unit_id, unit_user(unit_id), password))
    made = {
        "unit": unit_id,
        "publishes": submissions_topic(unit_id),
        "reads": answers_topic(unit_id),
        "file": str(file),
    }
    show(made, as_json=as_json)


def _credentials(kafka: KafkaSettings, unit_id: str, user: str, password: str) -> str:
    """The environment of a unit's system, as `contracts/README.md` describes it."""
    variables = {
        "UNIT_ID": unit_id,
        "KAFKA_BOOTSTRAP_SERVERS": kafka.bootstrap,
        "KAFKA_SECURITY_PROTOCOL": "SASL_SSL" if kafka.ca_file else "SASL_PLAINTEXT",
        "KAFKA_SASL_USERNAME": user,
        "KAFKA_SASL_PASSWORD": password,
    }
    if kafka.ca_file:
        variables["KAFKA_SSL_CA_LOCATION"] = str(kafka.ca_file)
    return "".join(f"{name}={shlex.quote(value)}\n" for name, value in variables.items())


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
