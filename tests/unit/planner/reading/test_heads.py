"""Heads and feet that offices write in many forms: whatever the form, the same number, day, place and signers are read.

The forms are those of Decree 30/2020/NĐ-CP, appendix I, and the usual ways beside it.
"""

from dataclasses import dataclass
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contracts.plans import DocumentKind, PartyRole
from services.planner.reading import read_plan

NATION, MOTTO = "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "Độc lập - Tự do - Hạnh phúc"
BODY = """\
I. NỘI DUNG PHỐI HỢP
1. Tổ chức hội nghị viên chức, người lao động đầu năm học.
2. Thăm hỏi nhà giáo có hoàn cảnh khó khăn.
II. TỔ CHỨC THỰC HIỆN
1. Các đơn vị báo cáo kết quả.
"""
RECIPIENTS = "Nơi nhận:\n- Ủy ban nhân dân huyện (b/c);\n- Các trường học;\n- Lưu: VT."


@dataclass(frozen=True)
class Signatory:
    """A party, how its signature block names it, and its head's function."""

    name: str
    role: PartyRole
    body: str
    function: str


SIGNATORIES = (
    Signatory("Phòng Giáo dục và Đào tạo", PartyRole.EDUCATION, "PHÒNG GIÁO DỤC VÀ ĐÀO TẠO", "TRƯỞNG PHÒNG"),
    Signatory("Liên đoàn Lao động huyện", PartyRole.UNION, "BAN THƯỜNG VỤ LĐLĐ HUYỆN", "CHỦ TỊCH"),
    Signatory("Trung tâm Y tế huyện", PartyRole.HEALTH, "TRUNG TÂM Y TẾ", "GIÁM ĐỐC"),
    Signatory("Huyện đoàn", PartyRole.YOUTH, "BAN THƯỜNG VỤ HUYỆN ĐOÀN", "BÍ THƯ"),
    Signatory("Công an huyện", PartyRole.OTHER, "CÔNG AN HUYỆN", "TRƯỞNG CÔNG AN"),
)
NAMES = ("Nguyễn Thị Thu Hà", "Y Bhing Niê", "H'Phương Siu", "Lê Ý", "Trần Đặng Minh Khuê", "Kơ Să Ha Thương")
KINDS = (
    ("KẾ HOẠCH", DocumentKind.PLAN),
    ("KẾ HOẠCH LIÊN TỊCH", DocumentKind.JOINT_PLAN),
    ("KẾ HOẠCH LIÊN NGÀNH", DocumentKind.JOINT_PLAN),
    ("CHƯƠNG TRÌNH PHỐI HỢP", DocumentKind.PROGRAMME),
    ("QUY CHẾ PHỐI HỢP", DocumentKind.REGULATION),
    ("NGHỊ QUYẾT LIÊN TỊCH", DocumentKind.RESOLUTION),
    ("HƯỚNG DẪN LIÊN NGÀNH", DocumentKind.GUIDANCE),
    ("BẢN THỎA THUẬN", DocumentKind.OTHER),
)
NUMBERS = (
    ("Số: 12/KH-PGDĐT-LĐLĐ", "12/KH-PGDĐT-LĐLĐ"),
    ("Số: 12 /KH-GDĐT&LĐLĐ", "12/KH-GDĐT&LĐLĐ"),
    ("Số 12-CTr/GDĐT", "12-CTr/GDĐT"),
    ("Số: 12/2025/CTPH-PGDĐT", "12/2025/CTPH-PGDĐT"),
    ("Số: 12 - KH/TĐTN-SGDĐT", "12-KH/TĐTN-SGDĐT"),
    ("Số: 12/KHPH/HKH-PGDĐT – LĐLĐ", "12/KHPH/HKH-PGDĐT–LĐLĐ"),
    ("Số:      /KHPH-PGDĐT", None),
    ("Số: ……/CTr-LT", None),
    ("Số: ...../CTr-LT", None),
)
PLACES = ("Đắk Song", "TP. Tây Đô", "Bà Rịa - Vũng Tàu", "A Lưới", "Ea H'leo", "Quận 5")
DAYS = (
    ("ngày 05 tháng 9 năm 2025", date(2025, 9, 5)),
    ("ngày 5/9/2025", date(2025, 9, 5)),
    ("ngày 05-09-2025", date(2025, 9, 5)),
    ("ngày năm tháng chín năm 2025", date(2025, 9, 5)),
    ("ngày      tháng 9 năm 2025", None),
    ("ngày … tháng … năm 2025", None),
)
SIGNED = ("", "(Đã ký)", "(Ký tên, đóng dấu)", "[Chữ ký số]")
RANKS = ("", "ThS. ", "TS. ", "BSCKII. ", "Thượng tá ", "NGƯT. ")


@st.composite
def blocks(draw: st.DrawFn, signatory: Signatory, name: str) -> list[str]:
    """A signature block's lines, blank ones for the space of the signature."""
    form = draw(st.sampled_from(["on behalf", "head", "deputy", "by order"]))
    heading = {
        "on behalf": [f"TM. {signatory.body}", signatory.function],
        "head": [signatory.body, signatory.function],
        "deputy": [f"T/M {signatory.body}", f"KT. {signatory.function}", f"PHÓ {signatory.function}"],
        "by order": [signatory.body, f"TL. {signatory.function}", "CHÁNH VĂN PHÒNG"],
    }[form]
    space = draw(st.sampled_from([[""], ["", "", ""], *([note, ""] for note in SIGNED if note)]))
    person = draw(st.sampled_from(RANKS)) + draw(st.sampled_from([name, name.upper()]))
    return [*heading, *space, person]


def beside(columns: list[list[str]]) -> list[str]:
    """The columns side by side."""
    height = max(map(len, columns))
    rows = ([column[row] if row < len(column) else "" for column in columns] for row in range(height))
    return ["".join(cell.ljust(45) for cell in row).rstrip() for row in rows]


@st.composite
def documents(draw: st.DrawFn) -> tuple[str, dict[str, object]]:
    """A document, and what is to be read of it."""
    parties = draw(st.permutations(SIGNATORIES))[: draw(st.integers(2, 4))]
    signers = draw(st.permutations(NAMES))
    kind, number, day = draw(st.sampled_from(KINDS)), draw(st.sampled_from(NUMBERS)), draw(st.sampled_from(DAYS))
    place = draw(st.sampled_from(PLACES))
    issuers = [party.body for party in parties]
    layout = draw(st.sampled_from(["beside", "below", "one line"]))
    if layout == "one line":
        head = [*issuers, NATION, f"{number[0]} {place}, {day[0]}"]
    elif layout == "beside":
        head = beside([[*issuers, number[0]], [NATION, MOTTO, *[""] * (len(issuers) - 2), f"{place}, {day[0]}"]])
    else:
        head = [*issuers, number[0], "", NATION, MOTTO, f"{place}, {day[0]}"]
    names = ", ".join(party.name for party in parties[:-1]) + f" và {parties[-1].name}"
    title = draw(st.sampled_from([f"Phối hợp công tác giữa {names} năm học 2025 - 2026", "Năm học 2025 - 2026"]))
    agreed = f"Căn cứ Luật Giáo dục số 43/2019/QH14;\n{names} thống nhất những nội dung như sau:"
    signed = [draw(blocks(party, signer)) for party, signer in zip(parties, signers, strict=False)]
    order = draw(st.permutations(signed))
    foot = beside(order) if draw(st.booleans()) else [line for block in order for line in [*block, ""]]
    tail = draw(st.permutations(["\n".join(foot), RECIPIENTS]))
    text = "\n".join([*head, "", kind[0], title, "", agreed, "", BODY, "\n\n".join(tail), ""])
    expected: dict[str, object] = {
        "kind": kind[1],
        "number": number[1],
        "date": day[1],
        "place": place,
        "parties": {(party.name, party.role, signer) for party, signer in zip(parties, signers, strict=False)},
    }
    return text, expected


@given(documents())
@settings(max_examples=150, deadline=None)
def test_the_same_is_read_of_every_form(document: tuple[str, dict[str, object]]) -> None:
    text, expected = document
    read = read_plan(text)
    assert read.kind is expected["kind"]
    assert (read.number, read.date, read.place) == (expected["number"], expected["date"], expected["place"])
    # A name set in capitals is kept so: which of its letters are small, nobody knows.
    signers = {(party.name, party.role, (party.signer or "").upper()) for party in read.parties}
    assert signers == {(name, role, signer.upper()) for name, role, signer in expected["parties"]}  # type: ignore[attr-defined]
    assert [recipient.name for recipient in read.recipients] == [
        "Ủy ban nhân dân huyện (b/c)",
        "Các trường học",
        "Lưu: VT",
    ]
    assert len(read.items) == 2


BETWEEN = """\
CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM
THỎA THUẬN PHỐI HỢP
Về việc chăm lo cho học sinh năm học 2025 - 2026

Hôm nay, ngày 15 tháng 10 năm 2025, chúng tôi gồm:

{sides}

Hai bên thống nhất các nội dung sau:
Điều 1. Nội dung
1. Trao học bổng cho học sinh nghèo.
2. Tổ chức ngày hội đọc sách.

{signed}
"""


@pytest.mark.parametrize(
    "sides",
    [
        "BÊN A: TRƯỜNG TIỂU HỌC KIM ĐỒNG\nĐịa chỉ: 5 Trần Phú\nĐại diện: Bà Lê Thị Hoa, chức vụ: Hiệu trưởng\n\n"
        "BÊN B: HỘI KHUYẾN HỌC XÃ\nĐiện thoại: 0123\nĐại diện: Ông Cầm Bá Nam - Chủ tịch\n(Sau đây gọi tắt là Bên B)",
        "I. ĐẠI DIỆN TRƯỜNG TIỂU HỌC KIM ĐỒNG (BÊN A)\n1. Bà: Lê Thị Hoa   Chức vụ: Hiệu trưởng\n"
        "2. Ông: Vi Văn An   Chức vụ: Kế toán\n"
        "II. ĐẠI DIỆN HỘI KHUYẾN HỌC XÃ (BÊN B)\n1. Ông: Cầm Bá Nam   Chức vụ: Chủ tịch",
        "1. Bên A: Trường Tiểu học Kim Đồng (sau đây gọi là Bên A)\nDo bà Lê Thị Hoa, Hiệu trưởng, làm đại diện\n"
        "2. Bên B: Hội Khuyến học xã\nDo ông ThS. Cầm Bá Nam, Chủ tịch, làm đại diện",
        "1. Bà Lê Thị Hoa - Hiệu trưởng, đại diện Trường Tiểu học Kim Đồng;\n"
        "2. Ông Cầm Bá Nam - Chủ tịch, thay mặt Hội Khuyến học xã;",
    ],
)
@pytest.mark.parametrize("signed", ["ĐẠI DIỆN BÊN B\n\n\nĐẠI DIỆN BÊN A", "CHỦ TỊCH          HIỆU TRƯỞNG"])
def test_the_sides_of_an_agreement_are_named_before_its_articles(sides: str, signed: str) -> None:
    read = read_plan(BETWEEN.format(sides=sides, signed=signed))
    assert [(party.name.lower(), party.role, party.signer) for party in read.parties] == [
        ("trường tiểu học kim đồng", PartyRole.EDUCATION, "Lê Thị Hoa"),
        ("hội khuyến học xã", PartyRole.OTHER, "Cầm Bá Nam"),
    ]
    assert [(party.signer_title or "").lower() for party in read.parties] == ["hiệu trưởng", "chủ tịch"]
    assert (read.date, read.place, len(read.items)) == (date(2025, 10, 15), None, 2)


ISSUED = """\
UBND XÃ CÔN SƠN
PHÒNG VĂN HÓA - XÃ HỘI
Số: 5/KH-VHXH
Côn Sơn, ngày {day}

KẾ HOẠCH
Phối hợp bảo đảm an toàn trường học {when}

Phòng Văn hóa - Xã hội phối hợp với Trạm Y tế xã và Công an xã xây dựng kế hoạch như sau:
1. Kiểm tra bếp ăn bán trú.

TRƯỞNG PHÒNG
Trần Côn
"""


@pytest.mark.parametrize(
    ("when", "start", "end"),
    [
        ("quý IV năm 2025", date(2025, 10, 1), date(2025, 12, 31)),
        ("quý 4/2025", date(2025, 10, 1), date(2025, 12, 31)),
        ("tháng 10 năm 2025", date(2025, 10, 1), date(2025, 10, 31)),
        ("từ tháng 9/2025 đến tháng 5/2026", date(2025, 9, 1), date(2026, 5, 31)),
        ("từ tháng 11 đến tháng 2 năm 2026", date(2025, 11, 1), date(2026, 2, 28)),
        ("6 tháng cuối năm 2025", date(2025, 7, 1), date(2025, 12, 31)),
        ("năm 2026", date(2026, 1, 1), date(2026, 12, 31)),
        ("giai đoạn 2025-2030", date(2025, 1, 1), date(2030, 12, 31)),
    ],
)
def test_a_plan_may_hold_for_a_part_of_a_year(when: str, start: date, end: date) -> None:
    period = read_plan(ISSUED.format(day="05 tháng 9 năm 2025", when=when)).period
    assert (period.start, period.end, period.certain) == (start, end, True)


@pytest.mark.parametrize(
    ("said", "year"),
    [
        ("Quy chế này thay thế Quy chế phối hợp năm 2023.", None),
        ("Kế hoạch này được thực hiện trong năm 2026.", 2026),
    ],
)
def test_what_a_document_says_of_itself_is_its_period_but_for_what_is_over(said: str, year: int | None) -> None:
    text = ISSUED.format(day="05 tháng 11 năm 2025", when="")
    period = read_plan(text.replace("1. Kiểm tra", f"{said}\n1. Kiểm tra")).period
    assert (period.calendar_year, period.certain) == (year, year is not None)


def test_a_letterhead_of_two_columns_is_read_down_each() -> None:
    head = beside([["PHÒNG GIÁO DỤC VÀ ĐÀO TẠO", "HUYỆN BÌNH SƠN"], ["LIÊN ĐOÀN LAO ĐỘNG", "HUYỆN BÌNH SƠN"]])
    read = read_plan("\n".join([*head, f"{NATION}", MOTTO, "", "KẾ HOẠCH LIÊN TỊCH", "Năm học 2025 - 2026", "", BODY]))
    assert [party.name for party in read.parties] == [
        "PHÒNG GIÁO DỤC VÀ ĐÀO TẠO HUYỆN BÌNH SƠN",
        "LIÊN ĐOÀN LAO ĐỘNG HUYỆN BÌNH SƠN",
    ]


def test_months_that_were_over_are_no_period() -> None:
    period = read_plan(ISSUED.format(day="05 tháng 11 năm 2025", when="tháng 10 năm 2025")).period
    assert (period.school_year, period.certain) == ("2025-2026", False)


def test_who_stands_above_the_issuer_is_no_party_and_who_joins_it_is() -> None:
    parties = read_plan(ISSUED.format(day="05 tháng 9 năm 2025", when="năm 2026")).parties
    assert [(party.name, party.signer) for party in parties] == [
        ("Phòng Văn hóa - Xã hội", "Trần Côn"),
        ("Trạm Y tế xã", None),
        ("Công an xã", None),
    ]


@pytest.mark.parametrize(
    ("opening", "bases"),
    [
        (
            "Căn cứ Luật Trẻ em và Nghị định số 80/2017/NĐ-CP ngày 17/7/2017, hai bên thống nhất:",
            [None, "80/2017/NĐ-CP"],
        ),
        ("Thực hiện Kế hoạch số 5/KH-UBND, Sở Y tế và Sở Giáo dục và Đào tạo lập kế hoạch như sau:", ["5/KH-UBND"]),
        ("Căn cứ Luật Giáo dục 2019;\nTheo Công văn số 77/CĐN, liên ngành hướng dẫn như sau:", [None, "77/CĐN"]),
    ],
)
def test_a_basis_ends_where_the_parties_sentence_begins(opening: str, bases: list[str | None]) -> None:
    read = read_plan(f"KẾ HOẠCH LIÊN NGÀNH\nNăm học 2025 - 2026\n\n{opening}\n\n{BODY}")
    assert [basis.number for basis in read.legal_bases] == bases
    assert not any(basis.text.endswith(":") for basis in read.legal_bases)
