"""Each service's migrations stand in one row: two that were written at the same time must not both come third."""

import re
from pathlib import Path

import pytest

from contracts.topics import SERVICES

ROOT = Path(__file__).parents[3]


@pytest.mark.parametrize("service", SERVICES)
def test_each_migration_follows_the_one_before(service: str) -> None:
    before: str | None = None
    for file in sorted((ROOT / "services" / service / "sql/migrations").glob("*.py")):
        source = file.read_text(encoding="utf-8")
        [revision] = re.findall(r'^revision = "(\d+)"$', source, re.MULTILINE)
        [follows] = re.findall(r'^down_revision = (?:"(\d+)"|None)$', source, re.MULTILINE)
        assert (file.name[:4], follows or None) == (revision, before), file.name
        before = revision
