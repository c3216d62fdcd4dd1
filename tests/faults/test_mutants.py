"""Tests that cannot fail prove nothing: each fault put into a copy of the code turns a named test red."""

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
COPIED = ("contracts", "services", "deploy", "tests", "samples", "pyproject.toml", "requirements")


@dataclass(frozen=True)
class Mutant:
    """A fault: `old` becomes `new` in `file`, and then `test` fails."""

    name: str
    file: str
    old: str
    new: str
    test: str


CONSUMER = "tests/integration/kit/test_consumer.py::"
ROWS = "tests/integration/tracker/test_rows.py::"
RELAY = "tests/integration/kit/test_relay.py::"

MUTANTS = [
    Mutant(
        "the inbox off",
        "services/kit/inbox.py",
        "        if record.identity in unknown:\n            unknown.remove(record.identity)\n"
        "            fresh.append(record)\n        else:\n            known.append(record)",
        "        fresh.append(record)",
        CONSUMER + "test_a_replay_of_the_topic_from_its_start_changes_nothing",
    ),
    Mutant(
        "the outbox outside the transaction",
        "services/kit/database.py",
        "            yield transaction\n            await transaction.flush()",
        "            try:\n                yield transaction\n            finally:\n"
        "                async with self.connection() as other:\n"
        "                    await Transaction(other, transaction.now, transaction.outgoing).flush()",
        RELAY + "test_a_transaction_that_fails_publishes_nothing",
    ),
    Mutant(
        "commits before the work",
        "services/kit/consumer.py",
        "            async with self.working:\n                await self._process(records)",
        "            async with self.working:\n                await self._commit(kafka, records)\n"
        "                await self._process(records)",
        CONSUMER + "test_offsets_are_committed_only_after_the_work",
    ),
    Mutant(
        "a failing batch is not split",
        "services/kit/consumer.py",
        "            if len(records) == 1:",
        "            if len(records) >= 1:",
        CONSUMER + "test_the_poisonous_record_of_a_batch_stands_alone",
    ),
    Mutant(
        "no seeking back",
        "services/kit/consumer.py",
        "            self._seek_back(kafka, records)",
        "            pass",
        CONSUMER + "test_while_the_database_is_away_nothing_is_set_aside_or_lost",
    ),
    Mutant(
        "the unit filter removed",
        "services/tracker/sql/queries.sql",
        "WHERE (units.path ^@ :within OR units.heir_id IN (SELECT id FROM units AS heir WHERE heir.path ^@ :within))\n"
        "  AND (unit_id, tasks.id)",
        "WHERE true\n  AND (unit_id, tasks.id)",
        ROWS + "test_without_row_level_security_the_queries_filter_all_the_same",
    ),
    Mutant(
        "row-level security removed",
        "services/tracker/sql/migrations/0001_initial.py",
        'visible = f"{SERVICE} OR {BELOW}" if table in BY_UNIT else SERVICE',
        'visible = "true"',
        ROWS + "test_without_any_where_a_caller_gets_the_rows_below_alone",
    ),
]


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.name.replace(" ", "-"))
def test_a_fault_turns_its_test_red(mutant: Mutant, tmp_path: Path) -> None:
    for name in COPIED:
        copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy
        copy(ROOT / name, tmp_path / name)
    (tmp_path / "var").mkdir()
    (tmp_path / "var/local").symlink_to(ROOT / "var/local")
    file = tmp_path / mutant.file
    code = file.read_text(encoding="utf-8")
    assert code.count(mutant.old) == 1, "the fault no longer fits the code"
    file.write_text(code.replace(mutant.old, mutant.new), encoding="utf-8")
    run = subprocess.run(
        [sys.executable, "-m", "pytest", mutant.test, "-q", "-p", "no:cacheprovider"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )
    assert run.returncode == 1, run.stdout[-3000:]
    assert f"FAILED {mutant.test}" in run.stdout
