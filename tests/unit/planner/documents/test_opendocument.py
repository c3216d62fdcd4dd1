"""OpenDocument texts become the text that a page shows, in the form that Word's have."""

import io
import zipfile
from pathlib import Path

import pytest

from services.planner.documents import text_of
from services.planner.reading import UnreadableDocument, read_plan

SAMPLES = Path(__file__).parents[4] / "samples"
URN = "urn:oasis:names:tc:opendocument:xmlns"
NAMESPACES = " ".join(
    f'xmlns:{name}="{URN}:{name}:1.0"' for name in ("office", "text", "table", "style", "draw", "script")
)
LISTS = """
<text:list-style style:name="L">
  <text:list-level-style-number text:level="1" style:num-format="I" style:num-suffix="."/>
  <text:list-level-style-number text:level="2" style:num-format="1" style:num-suffix="."/>
  <text:list-level-style-number text:level="3" style:num-format="a" style:num-suffix=")"/>
  <text:list-level-style-bullet text:level="4" text:bullet-char="o"/>
</text:list-style>
<text:list-style style:name="Nested">
  <text:list-level-style-number text:level="1" style:num-format="1" style:num-suffix="." text:start-value="4"/>
  <text:list-level-style-number text:level="2" style:num-format="1" style:num-suffix="." text:display-levels="2"/>
</text:list-style>
<text:list-style style:name="Plain"><text:list-level-style-number text:level="1" style:num-format=""/></text:list-style>
<style:style style:name="Base" style:family="paragraph" style:list-style-name="Nested"/>
<style:style style:name="P" style:family="paragraph" style:parent-style-name="Base"/>
<style:style style:name="Bare" style:family="paragraph" style:list-style-name=""/>
"""
OUTLINE = """
<text:outline-style style:name="Outline">
  <text:outline-level-style text:level="1" style:num-format="I" style:num-suffix="."/>
  <text:outline-level-style text:level="2" style:num-format=""/>
</text:outline-style>
"""
TYPE = "application/vnd.oasis.opendocument.text"


def opendocument(body: str, *, manifest: str = "", doctype: str = "", more: dict[str, bytes] | None = None) -> bytes:
    """An OpenDocument text with that body, as bare as the standard allows."""
    content = (
        f"{doctype}<office:document-content {NAMESPACES}><office:automatic-styles>{LISTS}</office:automatic-styles>"
        f"<office:body><office:text>{body}</office:text></office:body></office:document-content>"
    )
    styles = f"<office:document-styles {NAMESPACES}><office:styles>{OUTLINE}</office:styles></office:document-styles>"
    declared = f'<manifest xmlns="{URN}:manifest:1.0">{manifest}</manifest>'
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in {
            "mimetype": TYPE,
            "META-INF/manifest.xml": declared,
            "content.xml": content,
            "styles.xml": styles,
        }.items():
            archive.writestr(name, text)
        for name, raw in (more or {}).items():
            archive.writestr(name, raw)
    return file.getvalue()


def lines_of(body: str) -> list[str]:
    """The lines of the body's text that are not blank."""
    return [line.rstrip() for line in text_of(opendocument(body)).splitlines() if line.strip()]


def listed(*items: str, how: str = "") -> str:
    """A list, each item a text, or whole XML."""
    inner = (item if item.startswith("<") else f"<text:p>{item}</text:p>" for item in items)
    return f"<text:list {how}>{''.join(f'<text:list-item>{item}</text:list-item>' for item in inner)}</text:list>"


def test_a_plan_says_the_same_as_in_word() -> None:
    """Word's file and what LibreOffice makes of it: the same text to the letter."""
    forms = SAMPLES / "forms"
    word, opened = ((forms / f"ke-hoach-cum-truong.{form}").read_bytes() for form in ("docx", "odt"))
    assert text_of(opened) == text_of(word)


def test_the_numbers_that_the_program_computes_are_written() -> None:
    third = listed("Văn nghệ", "<text:p>Thể thao</text:p>" + listed("Bóng đá"))
    second = listed("Tuyên truyền", "<text:p>Hội thi</text:p>" + third, "Chăm lo")
    first = ["<text:p>Mục đích</text:p>" + listed("Nâng cao"), "<text:p>Nội dung</text:p>" + second]
    assert lines_of(listed(*first, how='text:style-name="L"')) == [
        "I. Mục đích",
        "1. Nâng cao",
        "II. Nội dung",
        "1. Tuyên truyền",
        "2. Hội thi",
        "a) Văn nghệ",
        "b) Thể thao",
        "+ Bóng đá",
        "3. Chăm lo",
    ]


HEADING = '<text:h text:outline-level="{}" {}>{}</text:h>'


@pytest.mark.parametrize(
    ("body", "lines"),
    [
        (listed("<text:p>Một</text:p>" + listed("Hai"), how='text:style-name="Nested"'), "4. Một|4.1. Hai"),
        (listed('<text:p text:style-name="P">Một</text:p>'), "4. Một"),
        (listed("Một", how='text:style-name="Plain"'), "Một"),
        (listed("<text:p>Một</text:p><text:p>nữa</text:p>", "Hai", how='text:style-name="L"'), "I. Một|nữa|II. Hai"),
        (listed("Một", how='text:style-name="L"').replace("list-item", "list-header"), "Một"),
        (
            listed("Bốn", how='text:style-name="L"').replace("list-item>", 'list-item text:start-value="4">', 1),
            "IV. Bốn",
        ),
        (HEADING.format(1, "", "Một") + HEADING.format(2, "", "Hai"), "I. Một|Hai"),
        (HEADING.format(1, 'text:style-name="Bare"', "Một"), "Một"),
    ],
    ids=[
        "several levels",
        "by a paragraph's style",
        "no format",
        "second paragraph",
        "header",
        "given number",
        "headings",
        "bare heading",
    ],
)
def test_what_is_numbered(body: str, lines: str) -> None:
    assert lines_of(body) == lines.split("|")


@pytest.mark.parametrize(
    ("how", "lines"),
    [
        ('text:style-name="L"', ["I. Một", "I. Hai"]),
        ('text:style-name="L" text:continue-numbering="true"', ["I. Một", "II. Hai"]),
        ('text:style-name="L" text:continue-list="first"', ["I. Một", "II. Hai"]),
    ],
)
def test_a_list_begins_anew_or_goes_on(how: str, lines: list[str]) -> None:
    first = listed("Một", how='xml:id="first" text:style-name="L"')
    body = f"{first}<text:p>Xen giữa</text:p>{listed('Hai', how=how)}"
    assert lines_of(body) == [lines[0], "Xen giữa", lines[1]]


@pytest.mark.parametrize(
    ("xml", "text"),
    [
        ("Số:<text:tab/>/KH", "Số:\t/KH"),
        ("một<text:s text:c='3'/>hai", "một   hai"),
        ("một\n     hai", "một hai"),
        ("câu còn <text:soft-page-break/>tiếp", "câu còn tiếp"),
        ("một<text:line-break/>hai", "một\nhai"),
        ("<text:span>Một <text:change-start/>hai<text:change-end/></text:span>", "Một hai"),
        ("Một<office:annotation><text:p>bỏ</text:p></office:annotation> hai", "Một hai"),
        ("<text:a>liên kết</text:a>", "liên kết"),
        ("<!-- bỏ -->Một", "Một"),
    ],
    ids=["tab", "spaces", "white space", "page break", "line break", "inserted", "comment", "link", "XML's comment"],
)
def test_what_counts_in_a_paragraph(xml: str, text: str) -> None:
    assert text_of(opendocument(f"<text:p>{xml}</text:p>")) == text + "\n"


def test_deleted_text_and_contents_are_left_out_and_frames_sections_and_notes_read() -> None:
    deleted = "<text:changed-region><text:deletion><text:p>đã xóa</text:p></text:deletion></text:changed-region>"
    note = "<text:note><text:note-citation>1</text:note-citation><text:note-body><text:p>Luật</text:p></text:note-body>"
    frame = "<draw:frame><draw:text-box><text:p>trong khung</text:p></draw:text-box></draw:frame>"
    contents = "<text:index-body><text:p>I. Mục lục 1</text:p></text:index-body>"
    body = (
        f"<text:tracked-changes>{deleted}</text:tracked-changes>"
        f"<text:table-of-content>{contents}</text:table-of-content>"
        f"<text:section><text:p>Theo luật{note}</text:note> này{frame}</text:p></text:section>"
        f"{frame}<text:p>cuối</text:p>"
    )
    assert lines_of(body) == ["Theo luật này", "trong khung", "trong khung", "cuối", "[Chú thích: Luật]"]


def row(*cells: str, **attributes: str) -> str:
    """A table's row of cells, each a text, or whole XML."""
    cell = "<table:table-cell><text:p>{}</text:p></table:table-cell>"
    inner = "".join(text if text.startswith("<") else cell.format(text) for text in cells)
    given = "".join(f' table:{name.replace("_", "-")}="{value}"' for name, value in attributes.items())
    return f"<table:table-row{given}>{inner}</table:table-row>"


def test_a_table_of_work_becomes_items() -> None:
    heading = row("TT", "Nội dung", "Chủ trì", "Phối hợp", "Thời gian")
    rows = [
        row("1", "Tổ chức hội thi", "Phòng GDĐT", "LĐLĐ huyện", "Tháng 11/2025"),
        row("2", "Trao học bổng", "LĐLĐ huyện", "", "Trước 20/01/2026"),
    ]
    table = f"<table:table><table:table-header-rows>{heading}</table:table-header-rows>{''.join(rows)}</table:table>"
    above = "".join(
        f"<text:p>{text}</text:p>" for text in ("KẾ HOẠCH", "Phối hợp năm học 2025-2026", "II. NỘI DUNG PHỐI HỢP")
    )
    first, second = read_plan(text_of(opendocument(above + table))).items
    assert first.text == "Tổ chức hội thi\nChủ trì: Phòng GDĐT\nPhối hợp: LĐLĐ huyện\nThời gian: Tháng 11/2025"
    assert [str(item.due.date) for item in (first, second)] == ["2025-11-30", "2026-01-19"]


def test_cells_over_several_columns_and_rows() -> None:
    wide = '<table:table-cell table:number-columns-spanned="3"><text:p>Chung</text:p></table:table-cell>'
    covered = "<table:covered-table-cell/>"
    heading = row("Nội dung", "Chủ trì", "Thời gian")
    below = row("Việc hai", covered, "Quý I")  # by the cell of the row above
    table = f"<table:table>{heading}{row(wide, covered, covered)}{row('Việc một', 'Sở', 'Quý I')}{below}</table:table>"
    assert lines_of(table) == [
        "Chung",
        "- Việc một",
        "+ Chủ trì: Sở",
        "+ Thời gian: Quý I",
        "- Việc hai",
        "+ Thời gian: Quý I",
    ]


ENTITIES = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>'
FETCHED = '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/hostname">]>'


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        (opendocument("<text:p>&b;</text:p>", doctype=ENTITIES), "broken"),
        (opendocument("<text:p>&a;</text:p>", doctype=FETCHED), "broken"),
        (opendocument("<text:p>", doctype=""), "broken"),
        (opendocument("", manifest="<file-entry><encryption-data/></file-entry>"), "encrypted"),
        (opendocument("", more={"bomb": bytes(60_000_000)}), "too-large"),
        (opendocument("<text:s text:c='9'/>" * 10)[:-60], "broken"),
        (opendocument("<text:p><text:s text:c='x'/></text:p>"), "broken"),
    ],
    ids=["entities", "a file as an entity", "no XML", "encrypted", "bomb", "cut off", "no number"],
)
def test_a_file_that_cannot_be_read_says_why(raw: bytes, code: str) -> None:
    with pytest.raises(UnreadableDocument) as refused:
        text_of(raw)
    assert refused.value.code == code


def test_what_is_repeated_a_milliard_times_is_not() -> None:
    cell = '<table:table-cell table:number-columns-repeated="999999999"><text:p>a</text:p></table:table-cell>'
    text = text_of(opendocument(f"<table:table>{row(cell, number_rows_repeated='999999999')}</table:table>"))
    assert text.count("a") == 100 * 100


def test_a_macro_is_not_read_as_text() -> None:
    basic = {"Basic/Standard/Module1.xml": b"<script:module>Sub Main: Shell(&quot;x&quot;): End Sub</script:module>"}
    listener = "<office:scripts><office:event-listeners/></office:scripts>"
    assert text_of(opendocument(f"{listener}<text:p>Kế hoạch</text:p>", more=basic)).strip() == "Kế hoạch"
