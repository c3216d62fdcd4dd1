"""Tables that a PDF rules become rows as in Word; columns without rules do not become tables."""

import io
import subprocess
from pathlib import Path

import docx
import pytest
from docx.enum.section import WD_ORIENT

from services.planner.documents import text_of
from services.planner.documents.layout import Glyph
from services.planner.documents.ruled import Rule, tables_of
from services.planner.reading import read_plan

HEADING = ["TT", "Nội dung", "Chủ trì", "Phối hợp", "Thời gian"]
ABOVE = ("KẾ HOẠCH", "Phối hợp năm học 2025-2026", "II. NỘI DUNG PHỐI HỢP")
BELOW = ("III. TỔ CHỨC THỰC HIỆN", "1. Phòng GDĐT: Chỉ đạo các trường.")
LONG = "Tổ chức hội thi lần {} cho đoàn viên công đoàn ngành Giáo dục trên địa bàn huyện với nội dung thiết thực"


def work(count: int) -> list[list[str]]:
    """So many rows of work, a heading over the whole width before the last."""
    rows = [[str(i), LONG.format(i), "Phòng GDĐT", "LĐLĐ huyện", "Trước 20/01/2026"] for i in range(1, count)]
    return [*rows, ["1. Các hoạt động khác"], [str(count), "Khám sức khỏe", "Sở", "", "Quý I năm 2026"]]


def in_word(rows: list[list[str]], *, style: str = "Table Grid") -> bytes:
    """A Word document with the table between a plan's title and its end."""
    document = docx.Document()
    section = document.sections[0]
    section.orientation = WD_ORIENT.LANDSCAPE
    section.page_width, section.page_height = section.page_height, section.page_width
    for line in ABOVE:
        document.add_paragraph(line)
    table = document.add_table(rows=0, cols=len(rows[0]))
    table.style = style
    for texts in rows:
        cells = table.add_row().cells
        if len(texts) == 1:
            cells[0].merge(cells[-1])
        for cell, text in zip(cells, texts, strict=False):
            cell.text = text
    for line in BELOW:
        document.add_paragraph(line)
    file = io.BytesIO()
    document.save(file)
    return file.getvalue()


def printed(word: bytes, folder: Path) -> bytes:
    """The PDF that LibreOffice prints of a Word document."""
    (folder / "plan.docx").write_bytes(word)
    profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
    command = ["soffice", profile, "--headless", "--convert-to", "pdf", "plan.docx"]
    subprocess.run(command, cwd=folder, check=True, capture_output=True)
    return (folder / "plan.pdf").read_bytes()


@pytest.mark.parametrize("count", [2, 25], ids=["one page", "several pages"])
def test_a_ruled_table_gives_what_it_gives_in_word(tmp_path: Path, count: int) -> None:
    word = in_word([HEADING, *work(count)])
    written, read = read_plan(text_of(word)), read_plan(text_of(printed(word, tmp_path)))
    for name in ("text", "heading", "kind", "due", "lead", "cooperating"):
        assert [getattr(item, name) for item in read.items] == [getattr(item, name) for item in written.items]
    assert len(read.items) == count
    assert [duty.text for duty in read.duties] == [duty.text for duty in written.duties]


def test_columns_without_rules_are_no_table(tmp_path: Path) -> None:
    text = text_of(printed(in_word([HEADING, *work(2)], style="Normal Table"), tmp_path))
    assert "- Tổ chức" not in text
    heading = next(line for line in text.split("\n") if line.strip().startswith("TT"))
    assert heading.split() == " ".join(HEADING).split()


def glyphs(text: str, left: float, middle: float) -> list[Glyph]:
    """Characters of ten points, from a place on the page."""
    return [
        Glyph(left + 5 * index, middle - 5, left + 5 * index + 5, middle + 5, character)
        for index, character in enumerate(text)
        if character != " "
    ]


def level(left: float, right: float, height: float) -> Rule:
    """A rule that lies."""
    return Rule(left, height, right, height)


def standing(place: float, bottom: float, top: float) -> Rule:
    """A rule that stands."""
    return Rule(place, bottom, place, top)


NET = [*(level(0, 200, height) for height in (0, 30, 60)), *(standing(place, 0, 60) for place in (0, 100, 200))]


def cells(rules: list[Rule], *texts: list[Glyph]) -> list[list[tuple[str, int]]]:
    """Text and span of the cells of the only table."""
    [table] = tables_of(rules, [glyph for text in texts for glyph in text])
    return [[(cell.text, cell.span) for cell in row.cells] for row in table.rows]


def test_a_cell_over_two_rows_belongs_to_the_first() -> None:
    rules = [level(100, 200, 30), *(rule for rule in NET if not (rule.is_level and rule.top == 30))]
    found = cells(rules, glyphs("Chung", 10, 25), glyphs("một", 110, 45), glyphs("hai", 110, 15))
    assert found == [[("Chung", 1), ("một", 1)], [("", 1), ("hai", 1)]]


def test_a_cell_over_two_columns_spans_them() -> None:
    rules = [standing(100, 0, 30), *(rule for rule in NET if rule.is_level or rule.left != 100)]
    assert cells(rules, glyphs("Chung", 80, 45), glyphs("một", 10, 15)) == [[("Chung", 2)], [("một", 1), ("", 1)]]


def test_double_rules_are_one_and_what_is_wrapped_is_one_line() -> None:
    doubled = [Rule(rule.left + 1, rule.bottom + 1, rule.right + 1, rule.top + 1) for rule in NET]
    found = cells([*NET, *doubled], glyphs("Hội thi", 10, 52), glyphs("văn nghệ", 10, 40))
    assert found[0] == [("Hội thi văn nghệ", 1), ("", 1)]


@pytest.mark.parametrize(
    "rules",
    [
        [level(0, 200, height) for height in (0, 30, 60)],
        [level(0, 200, 0), level(0, 200, 60), standing(0, 0, 60), standing(200, 0, 60)],
        [Rule(rule.left * 0.03, rule.bottom * 0.1, rule.right * 0.03, rule.top * 0.1) for rule in NET],
        NET * 400,
    ],
    ids=["lines under text", "a frame", "ornament", "a drawing"],
)
def test_what_is_no_table(rules: list[Rule]) -> None:
    assert tables_of(rules, glyphs("Hội thi", 10, 50)) == []
