"""Reading plans of ten pages, text and Word: CPU time of one plan, in this very process, against bare references.

The goals are absolute times by themselves; the ratio to them is what the table shows, like any other.
"""

import io
import random
import time
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from statistics import median

import docx

from services.planner.documents import text_of
from services.planner.reading import read_plan
from tests.bench.results import Result

SAMPLES = Path("samples")
PAGES, PAGE = 10, 2_500
"""Characters of a page (A4, 14 point, one and a half lines) as offices write it."""
PLANS = 1_000


def measure() -> list[Result]:
    """Every plan is read once, beside its reference; the medians count."""
    return [*_measured("text", _texts(), 30, _split, 50), *_measured("Word", map(_as_word, _texts()), 150, _open, 20)]


def _measured(
    form: str, files: Iterable[bytes], goal: int, reference: Callable[[bytes], object], bound: int
) -> list[Result]:
    """`goal` is the milliseconds of CPU that a plan may take, `bound` how many times its reference."""
    ours, bare = [], []
    for raw in files:
        ours.append(_milliseconds(lambda raw=raw: read_plan(text_of(raw))))  # type: ignore[misc]
        bare.append(_milliseconds(lambda raw=raw: reference(raw)))  # type: ignore[misc]
    spent, least = median(ours), median(bare)
    return [
        Result(f"reading a plan of 10 pages, {form} (ms of CPU) / {goal} ms", spent, goal, spent / goal, "<= 1"),
        Result(f"the same / {reference.__doc__}", spent, least, spent / least, f"<= {bound}"),
    ]


def _milliseconds(work: Callable[[], object]) -> float:
    start = time.process_time()
    work()
    return (time.process_time() - start) * 1000


def _split(raw: bytes) -> object:
    """composing and splitting the text"""
    return unicodedata.normalize("NFC", raw.decode()).split()


def _open(raw: bytes) -> object:
    """python-docx opening the file"""
    return docx.Document(io.BytesIO(raw))


def _texts() -> Iterator[bytes]:
    """Different plans out of the samples' own sentences, as many as it takes to fill ten pages.

    One item in four carries a date, as in the plans of offices.
    """
    shuffled = random.Random(4)  # the same plans each time
    frame = (SAMPLES / "ke-hoach-lien-tich-huyen.txt").read_text(encoding="utf-8")
    begin, end = frame.index("II. NỘI DUNG"), frame.index("III. TỔ CHỨC")
    documents = [read_plan(path.read_text(encoding="utf-8")) for path in sorted(SAMPLES.glob("*.txt"))]
    items = [item for document in documents for item in document.items if not item.parts]
    dated, undated = ([item.text for item in items if (item.due.rule != "none") is having] for having in (True, False))
    for _ in range(PLANS):
        body: list[str] = []
        section = 0
        while sum(map(len, body)) < PAGES * PAGE - (len(frame) - (end - begin)):
            section += 1
            body.append(f"{section}. Phối hợp chỉ đạo thực hiện các nội dung trọng tâm thứ {section}")
            for place in range(4):
                first = shuffled.choice(undated if place else dated)
                body.append(f"- {first} {shuffled.choice(undated)}")
        yield "\n\n".join([frame[:begin] + "II. NỘI DUNG PHỐI HỢP", *body, frame[end:]]).encode()


def _as_word(raw: bytes) -> bytes:
    document = docx.Document()
    for line in raw.decode().split("\n"):
        document.add_paragraph(line)
    file = io.BytesIO()
    document.save(file)
    return file.getvalue()
