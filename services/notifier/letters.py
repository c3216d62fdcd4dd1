"""The mail of a digest: Vietnamese subject, text and HTML, from the templates in `templates/`."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from itertools import groupby
from pathlib import Path
from textwrap import shorten
from typing import Any
from uuid import UUID

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from contracts.alerts import AlertRule
from services.kit.clock import VIET_NAM
from services.notifier.rules import RULES, Rule

LINES_PER_RULE = 50
"""A mail tells so many lines of a rule, and how many more there are."""

SENDER_NAME = "Phối hợp"

_RULES: dict[str, Rule] = {rule.name: rule for rule in RULES}


class InvalidAddress(ValueError):
    """The directory's address is none that mail can be sent to."""


@dataclass(frozen=True)
class PlanLines:
    """The lines of one rule about one plan; none where it is about the plan as a whole."""

    title: str
    number: str | None
    lines: list[Any]


@dataclass(frozen=True)
class Group:
    """The lines of one rule."""

    rule: Rule
    total: int
    more: int
    """How many lines the mail leaves out."""
    plans: list[PlanLines]

    @property
    def heading(self) -> str:
        """With its number: `3 nhiệm vụ quá hạn`."""
        return f"{self.total} {self.rule.heading}"


def compose(
    digest_id: UUID, morning: date, lines: Sequence[Any], *, address: str, sender: Address, at: datetime
) -> EmailMessage:
    """The mail of a digest from its lines (rows of `digest_lines`). Raises InvalidAddress.

    The Message-ID is the digest's: whoever gets the mail twice can tell.
    """
    groups = grouped(lines)
    message = EmailMessage()
    message["From"] = sender
    message["To"] = _address(address)
    message["Subject"] = f"[Phối hợp] {_day(morning)}: {', '.join(group.heading for group in groups)}"
    message["Date"] = at.astimezone(VIET_NAM)
    message["Message-ID"] = f"<{digest_id}@{sender.domain}>"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(_TEXT.render(morning=morning, groups=groups))
    message.add_alternative(_HTML.render(morning=morning, groups=groups), subtype="html")
    return message


def grouped(lines: Iterable[Any]) -> list[Group]:
    """The lines, which come in their order, by rule and plan."""
    return [_group(name, list(rows)) for name, rows in groupby(lines, lambda line: line["rule"])]


def _group(name: str, lines: list[Any]) -> Group:
    total = lines[0]["total"]
    return Group(_RULES[name], total, total - len(lines), _by_plan(lines))


def _by_plan(lines: Iterable[Any]) -> list[PlanLines]:
    plans = groupby(lines, lambda line: (line["plan_title"], line["plan_number"]))
    return [
        PlanLines(_short(title), number, [row for row in rows if row["position"] is not None])
        for (title, number), rows in plans
    ]


def _address(address: str) -> Address:
    try:
        return Address(addr_spec=address)
    except (MessageError, ValueError, IndexError) as error:  # as the parser fails, by what is wrong
        raise InvalidAddress from error


def _day(day: date) -> str:
    return f"{day:%d/%m/%Y}"


def _short(text: str) -> str:
    return shorten(text, width=200, placeholder=" …")


def _about(line: Any) -> str:
    """One line about a task: `Trường X: Nội dung 3: … (hạn 19/11/2025, quá 3 ngày)`."""
    unit = f"{line['unit_name']}: " if line["unit_name"] else ""
    return f"{unit}Nội dung {line['position']}: {_short(line['item_text'])}{_deadline(line)}"


def _deadline(line: Any) -> str:
    if line["due_on"] is None:
        return ""
    distance = {AlertRule.OVERDUE: f", quá {line['days']} ngày", AlertRule.DUE_SOON: f", còn {line['days']} ngày"}
    return f" (hạn {_day(line['due_on'])}{distance.get(line['rule'], '')})"


_environment = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "templates"),
    autoescape=select_autoescape(enabled_extensions=("html.j2",), default=False),
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_environment.filters |= {"day": _day, "about": _about}
_TEXT = _environment.get_template("digest.txt.j2")
_HTML = _environment.get_template("digest.html.j2")
