"""Reads a plan document: text in, what it says out. Pure: no file, no clock, no database.

`lines` takes layout away, `structure` finds the outline, the other modules each read one thing out of it:
by the grammar of Vietnamese administrative documents (Decree 30/2020/NĐ-CP), so that documents of other
offices read as well as those known.
"""

from collections.abc import Sequence
from itertools import takewhile

from contracts.plans import PlanDocument, Recipient
from services.planner.reading.agreement import Agreement, read_agreement
from services.planner.reading.bases import read_bases, read_parent, rests
from services.planner.reading.decoding import UnreadableDocument, refuse_null
from services.planner.reading.header import issued_below, read_header
from services.planner.reading.items import read_duties, read_items
from services.planner.reading.lines import FOOTNOTE, paragraphs, source_lines
from services.planner.reading.parties import read_parties
from services.planner.reading.passages import Passage
from services.planner.reading.period import read_period
from services.planner.reading.scope import read_reach
from services.planner.reading.sides import read_sides
from services.planner.reading.structure import Placed, Zone, annex, outline, placed, refers_to_annex
from services.planner.reading.tables import without_tables
from services.planner.reading.tail import appendix_start, read_tail, tail_start
from services.planner.reading.warnings import (
    appendix_warnings,
    basis_warnings,
    body_warnings,
    header_warnings,
    mark_warnings,
    party_warnings,
    time_warnings,
    unread_warnings,
)

__all__ = ["MAX_CHARACTERS", "MAX_PARAGRAPHS", "UnreadableDocument", "read_plan"]

MAX_CHARACTERS = 500_000
"""As many as `contracts.plans.PlanSubmitted.text` takes."""

MAX_PARAGRAPHS = 1000
"""Items, duties or recipients at most; a plan with more items could not be published (`PlanApproved`)."""


def read_plan(text: str) -> PlanDocument:
    """What the document says, verbatim, with what follows from its words.

    Raises UnreadableDocument: `too-large`, `not-text` (lone surrogates), `null-character`,
    `paragraph-too-long`, `too-many-items`, `no-plan` (no kind of document or no coordination item found).
    """
    _refuse(text)
    lines = without_tables(source_lines(text))
    header = read_header(lines)
    sides, first_side, after_sides = read_sides(lines[header.size :])
    end = tail_start(lines, header.size + after_sides)
    appendix = end + appendix_start(lines[end:])
    tail = read_tail(lines[end:appendix])
    below = lines[header.size : end]
    written = paragraphs(below[:first_side] + below[after_sides:])
    body = [each for each in written if not FOOTNOTE.match(each.text)]
    footnotes = [each for each in written if FOOTNOTE.match(each.text)]
    root = outline(body)
    found = placed(root)
    if not any(each.zone is Zone.COORDINATION for each in found):
        found = placed(root, responsibilities_are_items=True)
    annexed = annex(paragraphs(lines[appendix:])) if refers_to_annex(found) else []
    if annexed:
        found = [each for each in found if each.zone is not Zone.COORDINATION] + annexed
    _refuse_size(found, len(tail.recipients))
    opening = [each.node.passage for each in found if each.zone is Zone.OPENING]
    header = issued_below(header, lines[end:appendix], opening)
    agreement = read_agreement(opening)
    period, period_from = read_period(header, _last_words(opening, agreement), body)
    parties, parties_from = read_parties(header, agreement, tail.signatures, sides)
    bases, bases_from = read_bases(opening, agreement)
    parent, parent_from = read_parent(bases, bases_from)
    charged = [each.passage for each in found if each.zone is Zone.IMPLEMENTATION]
    reach = read_reach([header.title, *opening[-2:]], parties, [*tail.recipients, *_addressees(opening)], charged)
    items, duties = read_items(found, period, reach, header.issued), read_duties(found)
    return PlanDocument(
        kind=header.kind,
        number=header.number,
        date=header.issued,
        place=header.place,
        title=header.title.text,
        parties=parties,
        parent=parent,
        period=period,
        legal_bases=bases,
        items=items,
        duties=duties,
        recipients=tuple(Recipient(name=each.text) for each in tail.recipients),
        warnings=(
            *header_warnings(header),
            *party_warnings(parties, tail, reach),
            *time_warnings(period, items),
            *basis_warnings(bases, bases_from, header.issued, period),
            *body_warnings(items, duties),
            *unread_warnings(found, footnotes),
            *appendix_warnings([] if annexed else lines[appendix:]),
            *mark_warnings(text),
        ),
        origins=(*header.origins, *parties_from, *parent_from, *period_from, *bases_from),
    )


def _last_words(opening: Sequence[Passage], agreement: Agreement | None) -> Sequence[Passage]:
    """What the opening leads to: the sentence in which the parties agree, without its bases, and the last one."""
    last = [each for each in opening[-1:] if not rests(each)]
    return [agreement.words, *last] if agreement else last


def _addressees(opening: Sequence[Passage]) -> Sequence[Passage]:
    """Whom an official letter is written to: "Kính gửi" with what is listed below it."""
    first = next((index for index, each in enumerate(opening) if each.lowered.startswith("kính gửi")), len(opening))
    listed = takewhile(lambda each: each.text.endswith((";", ".", ":")) and len(each.text) < 200, opening[first + 1 :])
    return [*opening[first : first + 1], *listed]


def _refuse(text: str) -> None:
    if len(text) > MAX_CHARACTERS:
        raise UnreadableDocument("too-large", f"the text has {len(text)} characters, at most {MAX_CHARACTERS} are read")
    refuse_null(text)
    try:
        text.encode()
    except UnicodeEncodeError as error:
        line = text.count("\n", 0, error.start) + 1
        raise UnreadableDocument("not-text", "the text holds half a surrogate pair", line) from error


def _refuse_size(found: list[Placed], recipients: int) -> None:
    items = sum(each.zone is Zone.COORDINATION for each in found)
    if not items:
        raise UnreadableDocument("no-plan", "no coordination item was found")
    if max(len(found), recipients) > MAX_PARAGRAPHS:
        raise UnreadableDocument(
            "too-many-items", f"the document has {len(found)} paragraphs, at most {MAX_PARAGRAPHS}"
        )
