"""Layout says nothing: the same words in another layout are the same plan."""

import re
import unicodedata
from typing import Any, Literal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contracts.plans import PlanDocument
from services.planner.reading import UnreadableDocument, read_plan
from services.planner.reading.lines import marker, source_lines
from tests.unit.planner.reading.samples import NAMES, sample

names = st.sampled_from(NAMES)
_forms: st.SearchStrategy[Literal["NFC", "NFD"]] = st.sampled_from(["NFC", "NFD"])


def content(document: PlanDocument) -> Any:
    """The document without where in the source each thing stands."""

    def without_lines(value: Any) -> Any:
        if isinstance(value, dict):
            # A warning's words name source lines too ("repeats line 77").
            return {key: without_lines(each) for key, each in value.items() if key not in {"lines", "message", "about"}}
        return [without_lines(each) for each in value] if isinstance(value, list | tuple) else value

    # Marks that are not closed on a source line are layout themselves.
    warnings = tuple(warning for warning in document.warnings if warning.code != "unbalanced-marks")
    return without_lines(document.model_copy(update={"warnings": warnings}).model_dump())


def words(text: str) -> str:
    """Letters and digits alone."""
    return "".join(filter(str.isalnum, unicodedata.normalize("NFC", text)))


@given(names, st.data())
@settings(max_examples=25, deadline=None)
def test_composed_and_decomposed_letters(name: str, data: st.DataObject) -> None:
    text = sample(name)
    lines = text.split("\n")
    forms = data.draw(st.lists(_forms, min_size=len(lines), max_size=len(lines)))
    mixed = "\n".join(unicodedata.normalize(form, line) for form, line in zip(forms, lines, strict=True))
    assert content(read_plan(mixed)) == content(read_plan(text))


@given(names, st.data())
@settings(max_examples=25, deadline=None)
def test_blank_lines(name: str, data: st.DataObject) -> None:
    text = sample(name)
    lines = text.split("\n")
    blanks = data.draw(st.lists(st.sampled_from(["", "\n", "\n \t\n"]), min_size=len(lines), max_size=len(lines)))
    spread = "\n".join(blank + line for blank, line in zip(blanks, lines, strict=True))
    assert content(read_plan(spread)) == content(read_plan(text))


@given(names, st.data())
@settings(max_examples=25, deadline=None)
def test_tabs_and_spaces(name: str, data: st.DataObject) -> None:
    text = sample(name)
    gaps = data.draw(st.lists(st.sampled_from([" ", "  ", "\u00a0", " \u200b"]), min_size=40, max_size=40))
    indents = data.draw(st.lists(st.sampled_from(["", "\t", "   "]), min_size=40, max_size=40))
    lines = []
    for index, line in enumerate(text.split("\n")):
        # Gaps of a two-column layout are kept: they are what sets the columns apart.
        spaced = line if re.search(r"\S(?:\t| {4,})", line) else line.replace(" ", gaps[index % 40])
        lines.append(spaced if spaced != line.lstrip() else indents[index % 40] + spaced)
    assert content(read_plan("\n".join(lines))) == content(read_plan(text))


@given(names, st.sampled_from(["–", "—", "•", "●", "-"]))
@settings(max_examples=25, deadline=None)
def test_bullet_styles(name: str, bullet: str) -> None:
    text = sample(name)
    changed = re.sub(r"(?m)^(\s*)[-•](?=\s)", rf"\g<1>{bullet}", text)
    assert content(read_plan(changed)) == content(read_plan(text))


@given(names, st.data())
@settings(max_examples=40, deadline=None)
def test_page_breaks_in_mid_sentence(name: str, data: st.DataObject) -> None:
    text = sample(name)
    document = read_plan(text)
    item = data.draw(st.sampled_from(document.items))
    lines = text.split("\n")
    line = lines[item.lines[0] - 1]
    # A page ends between two words of which the second begins small: that shows that the sentence goes on.
    breaks = [gap.start() for gap in re.finditer(r"(?<=[\w,]) (?=\w\w)", line) if line[gap.end()].islower()]
    if breaks:
        at = data.draw(st.sampled_from(breaks))
        page = data.draw(st.sampled_from(["\n\n", "\n\n  3\n\n", "\n\f", "\n\n- 12 -\n"]))
        lines[item.lines[0] - 1] = line[:at] + page + line[at + 1 :]
    assert content(read_plan("\n".join(lines))) == content(document)


@given(names, st.integers(min_value=60, max_value=120))
@settings(max_examples=40, deadline=None)
def test_lines_wrapped_at_a_margin(name: str, width: int) -> None:
    document = read_plan(sample(name))
    wrapped = "\n\n".join(wrap(line, width) for line in sample(name).split("\n"))
    assert [item.text for item in read_plan(wrapped).items] == [item.text for item in document.items]


def wrap(line: str, width: int) -> str:
    """The line broken at the margin, but never before a mark: a line that begins with one is a bullet to everyone."""
    if len(line) <= width or re.search(r"\S(?:\t| {4,})", line):
        return line
    pieces: list[str] = []
    for word in line.split():
        begins_mark = bool(marker(f"{word} x")) or not word[0].isalnum()
        if pieces and (len(pieces[-1]) + 1 + len(word) <= width or begins_mark):
            pieces[-1] += f" {word}"
        else:
            pieces.append(word)
    return "\n".join(pieces)


@pytest.mark.parametrize("name", NAMES)
def test_items_are_the_coordination_part_less_layout(name: str) -> None:
    document = read_plan(sample(name))
    lines = source_lines(sample(name))
    covered: set[int] = set()
    for item in document.items:
        span = range(item.lines[0], item.lines[1] + 1)
        source = " ".join(lines[number - 1].text for number in span)
        found = marker(source)
        assert words(source[found.end() :] if found else source) == words(item.text)
        covered.update(span)
    sections = {item.section for item in document.items}
    headings = {words(item.heading) for item in document.items}
    for number in range(document.items[0].lines[0], document.items[-1].lines[1] + 1):
        text = lines[number - 1].text
        found = marker(text)
        if text and number not in covered:
            outer = found is not None and any(
                section.startswith(f"{found[found.lastgroup or 0]}.") for section in sections
            )
            assert outer or words(text[found.end() :] if found else text) in headings


SENTENCES = sorted({item.text for name in NAMES for item in read_plan(sample(name)).items if not item.parts})
FRAME = """\
KẾ HOẠCH
Phối hợp công tác năm học 2025 - 2026
I. MỤC ĐÍCH
Tăng cường phối hợp.
II. NỘI DUNG PHỐI HỢP
{items}
III. TỔ CHỨC THỰC HIỆN
- Phòng Giáo dục và Đào tạo theo dõi.
"""


@given(
    st.lists(st.sampled_from(SENTENCES), min_size=1, max_size=15),
    st.sampled_from(
        ["- {}", "+ {}", "• {}", "\t– {}", "{number}. {}", "{number}) {}", "{number}/ {}", "2.{number}. {}"]
    ),
    st.sampled_from(["\n", "\n\n", "\n\f\n"]),
    st.sampled_from([60, 90, 120, 10_000]),
    _forms,
)
@settings(max_examples=60, deadline=None)
def test_items_of_a_generated_document_are_its_sentences(
    sentences: list[str], mark: str, between: str, width: int, form: Literal["NFC", "NFD"]
) -> None:
    marked = (mark.format(sentence, number=number) for number, sentence in enumerate(sentences, start=1))
    text = FRAME.format(items=between.join(wrap(item, width) for item in marked))
    document = read_plan(unicodedata.normalize(form, text))
    assert [item.text for item in document.items] == sentences
    assert [duty.text for duty in document.duties] == ["Phòng Giáo dục và Đào tạo theo dõi."]


FRAGMENTS = """\
KẾ HOẠCH|QUY CHẾ|Số:   /KH-|I. |II. NỘI DUNG|1. |2.1 |a) |- |+ |Điều 1. |Chương I|TỔ CHỨC THỰC HIỆN|Nơi nhận:|TM.|
CHỦ TỊCH|Căn cứ |năm học 2025 - 2026|như sau:|giữa | và |ngày 31/2/2025|ngày 30 tháng 2|quý IV|tháng 13|99% |
0 giáo viên|lớp 99|20/11|“|(|\t|Phòng Giáo dục|Công đoàn |chủ trì|hằng tháng|ngày 0 hằng tháng|năm 2000-2099|/|\n\n"""
fragments = st.sampled_from([*FRAGMENTS.split("|"), "\n"])
shuffled = names.flatmap(lambda name: st.permutations(sample(name).split("\n"))).map("\n".join)
documents = st.one_of(
    st.text(), st.lists(st.one_of(fragments, st.text(max_size=5)), max_size=60).map("".join), shuffled
)


@given(documents)
@settings(max_examples=300, deadline=None)
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        document = read_plan(text)
    except UnreadableDocument:
        return
    count = len(re.split(r"\r\n|\r|\n", text))
    spans = [item.lines for item in document.items] + [duty.lines for duty in document.duties]
    spans += [warning.lines for warning in document.warnings if warning.lines]
    assert all(1 <= first <= last <= count for first, last in spans)
    assert [item.position for item in document.items] == list(range(1, len(document.items) + 1))
