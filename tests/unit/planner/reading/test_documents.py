"""Other forms of document: resolutions, guidance, conclusions, letters, regulations, in other layouts."""

from datetime import date

import pytest

from contracts.plans import DocumentKind, ItemKind, PartyRole, PlanDocument
from services.planner.reading import UnreadableDocument, read_plan
from services.planner.reading.decoding import decode
from tests.unit.planner.reading import documents
from tests.unit.planner.reading.samples import sample


def parties(document: PlanDocument) -> list[tuple[PartyRole, str, str | None]]:
    return [(party.role, party.name, party.signer) for party in document.parties]


def codes(document: PlanDocument) -> set[str]:
    return {warning.code for warning in document.warnings}


def test_joint_resolution_in_articles() -> None:
    document = read_plan(documents.JOINT_RESOLUTION)
    assert (document.kind, document.number) == (DocumentKind.RESOLUTION, "05/NQLT-TĐTN-SGDĐT")
    assert (document.date, document.place) == (date(2025, 10, 5), "Hòa Sơn")
    assert parties(document) == [
        (PartyRole.YOUTH, "Ban Thường vụ Tỉnh đoàn", "Nguyễn Minh Đức"),
        (PartyRole.EDUCATION, "Sở Giáo dục và Đào tạo", "Trần Thị Thu Hà"),
    ]
    assert [basis.number for basis in document.legal_bases] == ["57/2020/QH14", "01/NQLT-TWĐTN-BGDĐT"]
    assert [(item.section, item.heading) for item in document.items] == [
        ("2.1.a", "Công tác giáo dục"),
        ("2.1.b", "Công tác giáo dục"),
        ("2.2", "Nội dung phối hợp"),
    ]
    assert document.items[2].parts == ("Phòng làm việc;", "Tủ sách.")
    assert [duty.who for duty in document.duties] == ["Ban Thường vụ Tỉnh đoàn"] * 2 + [
        "Sở Giáo dục và Đào tạo",
        "hai bên",
    ]
    assert [recipient.name for recipient in document.recipients][1] == "Thường trực Tỉnh ủy, HĐND, UBND tỉnh (để b/c)"
    assert (document.period.start, document.period.end) == (date(2025, 1, 1), date(2030, 12, 31))
    assert len(document.items[0].due.occurrences) == 6


def test_guidance_by_a_health_centre_signed_in_three_columns() -> None:
    document = read_plan(documents.HEALTH_GUIDANCE)
    assert document.kind is DocumentKind.GUIDANCE
    assert document.title.endswith("Thực hiện công tác y tế trường học năm học 2025 - 2026")
    assert document.date is None
    assert "date-missing" in codes(document)
    assert parties(document) == [
        (PartyRole.HEALTH, "Trung tâm Y tế", "Lê Văn Tám"),
        (PartyRole.EDUCATION, "Phòng Giáo dục và Đào tạo", "Phạm Thị Chín"),
    ]
    assert [item.section for item in document.items] == ["II.I.1", "II.I.2", "II.II.1.1", "II.II.1.2"]
    assert [duty.who for duty in document.duties] == ["Trung tâm Y tế", "Các trường"]
    assert len(document.recipients) == 3


def test_conclusion_with_an_office_that_leads() -> None:
    document = read_plan(documents.CONCLUSION)
    assert document.kind is DocumentKind.CONCLUSION
    assert parties(document) == [(PartyRole.EDUCATION, "SỞ GIÁO DỤC VÀ ĐÀO TẠO", "Hồ Quang Vinh")]
    assert (document.items[0].lead, document.items[0].cooperating) == (("phòng Tổ chức cán bộ",), ("Công đoàn ngành",))
    assert len(document.items) == 2
    assert document.period.school_year == "2025-2026"
    assert "period-unclear" in codes(document)


def test_official_letter_without_any_numbering() -> None:
    document = read_plan(documents.OFFICIAL_LETTER)
    assert document.title == "V/v phối hợp tổ chức các hoạt động chăm lo Tết"
    assert [item.text.split()[0] for item in document.items] == ["Tổ", "Phân"]
    assert [signer for _, _, signer in parties(document)] == ["Cao Văn Bình", "Đỗ Thị Nga"]
    assert document.items[1].scope.levels == {"MN", "TH", "THCS"}


def test_regulation_in_chapters_with_the_police() -> None:
    document = read_plan(documents.POLICE_REGULATION)
    assert (document.number, document.date) == ("18/QĐ-CAH-PGDĐT", date(2025, 9, 15))
    assert [item.section for item in document.items] == ["II.3.1", "II.4"]
    assert [duty.who for duty in document.duties] == ["Công an huyện"] + ["Phòng Giáo dục và Đào tạo"] * 2
    assert parties(document)[0] == (PartyRole.OTHER, "Công an huyện", "Nguyễn Hữu Thắng")
    assert {"no-scope", "period-unclear"} <= codes(document)


def test_plan_of_a_commune_wrapped_at_a_margin() -> None:
    document = read_plan(documents.COMMUNE_PLAN_WRAPPED)
    assert [item.text.split()[-1] for item in document.items] == ["10/10/2025.", "bảo.", "2026."]
    assert document.items[2].lines == (29, 31)
    assert [duty.who for duty in document.duties] == ["Phòng Văn hóa - Xã hội", "Công đoàn xã"]


def test_programme_of_a_party_cell_with_footnote_and_appendix() -> None:
    document = read_plan(documents.PARTY_PROGRAMME)
    assert (document.number, document.date, document.place) == ("15-CTr/CB", date(2025, 9, 12), "Tân Hưng")
    assert parties(document) == [
        (PartyRole.PARTY_CELL, "Chi bộ", "Nguyễn Văn Minh"),
        (PartyRole.EDUCATION, "Ban Giám hiệu", "Lê Thị Hoa"),
        (PartyRole.UNION, "Ban Chấp hành Công đoàn Trường THCS Tân Hưng", "Trần Văn Bình"),
    ]
    assert document.parent is not None
    assert (document.parent.number, document.parent.issuer) == ("45-KH/HU", "Huyện ủy Tân Hưng")
    assert [item.section for item in document.items] == ["II.1", "II.1", "II.2", "II.2"]
    assert [duty.who for duty in document.duties] == ["Chi ủy", "Ban Giám hiệu, Ban Chấp hành Công đoàn"]
    assert [(each.about, each.lines) for each in document.warnings] == [("Chú thích", (30, 30)), ("", (43, 47))]


def test_instruction_is_its_issuers_alone() -> None:
    document = read_plan(documents.INSTRUCTION)
    assert document.kind is DocumentKind.INSTRUCTION
    assert parties(document) == [(PartyRole.EDUCATION, "PHÒNG VĂN HÓA - XÃ HỘI", "Vũ Thị Mai")]
    assert [item.section for item in document.items] == ["1.a", "1.b", "1.c", "2", "3"]
    assert document.items[0].scope.levels == {"MN", "TH", "THCS"}
    assert document.items[2].due.date == date(2026, 3, 2)


def test_the_items_of_a_regulation_of_responsibilities_are_those() -> None:
    only = documents.POLICE_REGULATION.replace("NỘI DUNG PHỐI HỢP", "NGUYÊN TẮC PHỐI HỢP")
    assert [item.section for item in read_plan(only).items] == ["III.5", "III.6.1", "III.6.2"]


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Tổ chức sơ kết việc thực hiện quy chế.", ItemKind.REVIEW),
        ("Phối hợp biểu dương, khen thưởng các tập thể.", ItemKind.AWARD),
        ("Các trường xây dựng kế hoạch phối hợp giữa nhà trường và công đoàn.", ItemKind.DERIVE_PLAN),
        ("Cung cấp thông tin khi mỗi bên có yêu cầu.", ItemKind.ON_REQUEST),
        ("Vận động 100% viên chức tham gia.", ItemKind.TARGET),
        ("Báo cáo hằng tháng.", ItemKind.RECURRING),
        ("Tổ chức Hội thi Giáo viên dạy giỏi.", ItemKind.ONE_OFF),
        ("Tăng cường công tác tuyên truyền.", ItemKind.STANDING),
        ("Triển khai, sơ kết, tổng kết các phong trào thi đua.", ItemKind.STANDING),
    ],
)
def test_how_an_item_is_done(text: str, kind: ItemKind) -> None:
    document = read_plan(f"KẾ HOẠCH\nPhối hợp năm học 2025 - 2026\nII. NỘI DUNG\n- {text}\n")
    assert [item.kind for item in document.items] == [kind]


def test_every_warning_of_the_samples_is_raised_where_it_belongs() -> None:
    raised = {name: codes(read_plan(sample(name))) for name in ("chuong-trinh-huyen", "quy-che-truong-tieu-hoc")}
    assert raised["chuong-trinh-huyen"] == {
        "no-number",
        "date-missing",
        "period-unclear",
        "unknown-recipient",
        "date-outside-period",
        "heading-as-item",
    }
    assert raised["quy-che-truong-tieu-hoc"] == {
        "number-blank",
        "date-outside-period",
        "unbalanced-quotes",
        "two-leads",
        "not-read",
    }


def test_the_same_item_twice_is_kept_twice_and_told() -> None:
    text = (
        "KẾ HOẠCH\nPhối hợp năm học 2025 - 2026\nII. NỘI DUNG\n- Tăng cường tuyên truyền.\n- Tăng cường tuyên truyền;\n"
    )
    document = read_plan(text)
    assert len(document.items) == 2
    assert [(each.code, each.lines) for each in document.warnings if each.code == "duplicate-item"] == [
        ("duplicate-item", (5, 5))
    ]
    assert {"no-parties", "no-scope"} <= codes(document)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_decodes_what_office_programs_write(encoding: str) -> None:
    assert decode("Kế hoạch\n".encode(encoding)) == "Kế hoạch\n"


@pytest.mark.parametrize(
    ("raw", "code", "line"),
    [
        (b"K\xea\n\xff ho\xe1ch", "not-text", 1),
        ("Kế\nhoạch\0".encode(), "null-character", 2),
        (b"\xff\xfeK\xd8", "not-text", None),
        (b"-" * 2_000_001, "too-large", None),
    ],
)
def test_bytes_that_are_no_text_are_refused(raw: bytes, code: str, line: int | None) -> None:
    with pytest.raises(UnreadableDocument) as refused:
        decode(raw)
    assert (refused.value.code, refused.value.line) == (code, line)


@pytest.mark.parametrize(
    ("text", "code", "line"),
    [
        ("", "no-plan", None),
        ("- sữa\n- trứng\n", "no-plan", None),
        ("KẾ HOẠCH\nPhối hợp\n", "no-plan", None),
        ("KẾ HOẠCH\n\0", "null-character", 2),
        ("KẾ HOẠCH\n- \ud800", "not-text", 2),
        ("KẾ HOẠCH\n" + "x" * 20_001, "paragraph-too-long", 2),
        ("KẾ HOẠCH\n" + "- x\n" * 1_001, "too-many-items", None),
        ("x" * 500_001, "too-large", None),
        ("KẾ HOẠCH\n" + "\n" * 20_000, "too-large", None),
    ],
)
def test_what_is_no_plan_is_refused(text: str, code: str, line: int | None) -> None:
    with pytest.raises(UnreadableDocument) as refused:
        read_plan(text)
    assert (refused.value.code, refused.value.line) == (code, line)


@pytest.mark.parametrize(
    ("bullets", "items", "parts"),
    [
        (["- Tổ chức hội thi.", "+ Vòng trường;", "+ Vòng huyện."], 1, 2),
        (["+ Vòng trường;", "+ Vòng huyện."], 2, 0),
        (["- Tổ chức hội thi:", "• Vòng trường;", "• Vòng huyện."], 1, 2),
        (["- Tổ chức hội thi.", "• Tổ chức hội thao.", "– Tổ chức hội diễn."], 3, 0),
        (["- Tổ chức hội thi:", "+ Vòng trường;", "- Tổ chức hội thao."], 2, 1),
    ],
)
def test_a_compound_bullet_is_one_item_with_parts(bullets: list[str], items: int, parts: int) -> None:
    document = read_plan("KẾ HOẠCH\nPhối hợp năm học 2025 - 2026\nII. NỘI DUNG\n" + "\n".join(bullets))
    assert len(document.items) == items
    assert len(document.items[0].parts) == parts
    assert all(part in document.items[0].text for part in document.items[0].parts)
