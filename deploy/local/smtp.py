"""An SMTP server on loopback that keeps every mail: `python -m deploy.local.smtp --port 2525 --directory DIR`.

In the directory:

* `mail/`: a maildir, one file a message;
* `accepted.jsonl`: a line for each accepted message with `time` (UTC), `from` and `to` of the envelope,
  `message_id`, `subject` (decoded) and `file` (below `mail/new`);
* `refuse.json`, written by tests at any moment: the recipients to refuse and with which code, such as
  `{"gone@example.vn": 550, "full@example.vn": 450}`.
"""

import argparse
import asyncio
import json
import smtplib
import sys
from datetime import UTC, datetime
from email import message_from_bytes, policy
from mailbox import Maildir
from pathlib import Path
from typing import Any

from aiosmtpd.smtp import SMTP, Envelope, Session

from deploy.local.process import Process
from deploy.local.settings import free_ports, write_private

REASONS = {450: "4.2.1 mailbox is busy, try again later", 550: "5.1.1 no such mailbox"}


class Keeper:
    """What the server does with recipients and messages."""

    def __init__(self, directory: Path) -> None:
        self._mail = Maildir(directory / "mail")
        self._accepted = directory / "accepted.jsonl"
        self._refuse = directory / "refuse.json"

    async def handle_RCPT(  # noqa: N802 - the library's name
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        refused: dict[str, int] = json.loads(self._refuse.read_text()) if self._refuse.exists() else {}
        if address in refused:
            return f"{refused[address]} {REASONS[refused[address]]}"
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 recipient ok"

    async def handle_DATA(  # noqa: N802 - the library's name
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        content = envelope.original_content or b""
        message = message_from_bytes(content, policy=policy.default)
        accepted = {
            "time": datetime.now(UTC).isoformat(timespec="milliseconds"),
            "from": envelope.mail_from,
            "to": envelope.rcpt_tos,
            "message_id": message["Message-ID"],
            "subject": message["Subject"],
            "file": self._mail.add(content),
        }
        with self._accepted.open("a", encoding="utf-8") as lines:
            lines.write(json.dumps(accepted, ensure_ascii=False) + "\n")
        return "250 2.0.0 kept"


class LocalSmtp:
    """The server as a process that ends with us; its mails stay in the directory."""

    host = "127.0.0.1"

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._directory.mkdir(parents=True, exist_ok=True)
        [self.port] = free_ports(1)
        self._process = Process(
            "smtp",
            [sys.executable, "-m", __name__, "--port", str(self.port), "--directory", str(directory)],
            log=directory / "smtp.log",
        )

    def start(self) -> None:
        """Start and return when it greets. Raises StackError."""
        self._process.start(self._greets)

    def stop(self) -> None:
        """End it; the port stays the same for the next start."""
        self._process.stop()

    def accepted(self) -> list[dict[str, Any]]:
        """What was accepted so far, in order: the lines of `accepted.jsonl`."""
        file = self._directory / "accepted.jsonl"
        return [json.loads(line) for line in file.read_text().splitlines()] if file.exists() else []

    def refuse(self, codes: dict[str, int]) -> None:
        """From now on refuse these recipients, and no others, with 450 (try again) or 550 (never)."""
        write_private(self._directory / "refuse.json", json.dumps(codes))

    def _greets(self) -> bool:
        try:
            with smtplib.SMTP(self.host, self.port, timeout=5):
                return True
        except OSError:
            return False


async def serve(port: int, directory: Path) -> None:
    """Serve on 127.0.0.1 until cancelled; the directory exists."""
    keeper = Keeper(directory)
    server = await asyncio.get_running_loop().create_server(
        lambda: SMTP(keeper, hostname="localhost"), "127.0.0.1", port
    )
    async with server:
        await server.serve_forever()


def main() -> None:
    parser = argparse.ArgumentParser(description="An SMTP server on loopback that keeps every mail.")
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--directory", type=Path, required=True, help="where mails are kept")
    arguments = parser.parse_args()
    arguments.directory.mkdir(parents=True, exist_ok=True)
    asyncio.run(serve(arguments.port, arguments.directory))


if __name__ == "__main__":
    main()
