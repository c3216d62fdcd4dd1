"""What an import tells of each row: the compact form of the API's answer, and a table as a file."""

import csv
import io
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import groupby

from services.planner.rules.directory import Outcome, RowOutcome
from services.planner.views import Rows, Tally

_WORDS = {Outcome.NEW: "mới", Outcome.CHANGED: "thay đổi", Outcome.UNCHANGED: "không đổi"}
_FILES = {"units": "đơn vị", "people": "nhân sự"}


def tally(rows: Sequence[RowOutcome]) -> Tally:
    """Count the rows by what they do."""
    return Tally(**Counter(row.outcome.value for row in rows))


def runs(file: str, rows: Sequence[RowOutcome]) -> Iterator[Rows]:
    """The rows that stand below each other and do the same, as one entry each. Lines between them are empty."""
    for (outcome, fields), members in groupby(rows, key=lambda row: (row.outcome, row.fields)):
        run = list(members)
        yield Rows(file=file, first=run[0].line, last=run[-1].line, outcome=outcome, fields=fields)


def as_csv(rows: dict[str, Sequence[RowOutcome]]) -> str:
    """A line for each row of each file, in Vietnamese; begins with the mark by which Excel knows UTF-8."""
    text = io.StringIO()
    table = csv.writer(text)
    table.writerow(["Tệp", "Dòng", "Mã", "Kết quả", "Cột thay đổi"])
    for file, outcomes in rows.items():
        for row in outcomes:
            table.writerow([_FILES[file], row.line, _plain(row.key), _WORDS[row.outcome], ", ".join(row.fields)])
    return "\ufeff" + text.getvalue()


def _plain(key: str) -> str:
    """The key so that a spreadsheet takes it for text, not for a formula."""
    return f"'{key}" if key.startswith(("=", "+", "-", "@")) else key
