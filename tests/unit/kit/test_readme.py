"""The README tells what the code logs."""

import re
from pathlib import Path

from services import kit

FOLDER = Path(next(iter(kit.__path__)))


def test_every_log_event_stands_in_the_table() -> None:
    source = "".join(file.read_text(encoding="utf-8") for file in FOLDER.rglob("*.py"))
    logged = set(re.findall(r"log\.\w+\(\s*\"([a-z_]+\.[a-z_]+)\"", source)) | {"library.message"}
    table = (FOLDER / "README.md").read_text(encoding="utf-8").partition("## Log events")[2].partition("\n## ")[0]
    rows = re.findall(r"^\| (`.*?) \| ", table, re.MULTILINE)
    assert {name for row in rows for name in re.findall(r"`([a-z_]+\.[a-z_]+)`", row)} == logged
