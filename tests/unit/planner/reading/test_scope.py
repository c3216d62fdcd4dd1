"""Whom an item binds, by its words."""

import pytest

from contracts.plans import Party, PartyRole
from contracts.scope import Audience, Scope
from contracts.units import Level, Ownership, Role
from services.planner.reading.passages import Passage
from services.planner.reading.scope import Reach, read_reach
from services.planner.reading.scope import read_scope as read

PHONG = Party(name="Phòng Giáo dục và Đào tạo", role=PartyRole.EDUCATION)
SO = Party(name="Sở Giáo dục và Đào tạo", role=PartyRole.EDUCATION)
LDLD = Party(name="Liên đoàn Lao động huyện", role=PartyRole.UNION)
DEFAULT = Reach(Scope(levels=frozenset({Level.MN, Level.TH}), text="Các trường MN, TH"), own_school=False)
BOTH = (Role.PRINCIPAL, Role.UNION_CHAIR)


def read_scope(text: str, reach: Reach) -> tuple[Scope, tuple[Role, ...]]:
    scope, accountable, origins = read(Passage(text), reach)
    assert all(origin.text in text for origin in origins if origin not in reach.origins)
    return scope, accountable


@pytest.mark.parametrize(
    ("text", "levels"),
    [
        ("Tổ chức Hội thi khối tiểu học và THCS.", {Level.TH, Level.THCS}),
        ("Hội thi Giáo viên dạy giỏi Trung học phổ thông cấp tỉnh.", {Level.THPT}),
        ("Trung tâm GDTX tổ chức lớp xóa mù chữ.", {Level.GDTX}),
        ("Các trường mầm non, tiểu học, THCS tổ chức.", {Level.MN, Level.TH, Level.THCS}),
        ("Tẩy giun cho trẻ từ 24 tháng tuổi và học sinh tiểu học.", {Level.MN, Level.TH}),
        ("Kiểm tra kỳ thi vào lớp 10 THPT.", {Level.MN, Level.TH}),
        ("Tăng cường tuyên truyền.", {Level.MN, Level.TH}),
    ],
)
def test_levels_are_the_items_own_else_the_documents(text: str, levels: set[Level]) -> None:
    assert read_scope(text, DEFAULT)[0].levels == levels


@pytest.mark.parametrize(
    ("text", "grades"),
    [
        ("Triển khai ở lớp 3, lớp 7 và lớp 10.", {3, 7, 10}),
        ("Khám cho học sinh khối 4, khối 5.", {4, 5}),
        ("Bồi dưỡng giáo viên lớp 1 đến lớp 5.", {1, 2, 3, 4, 5}),
        ("Tuyển sinh vào lớp 10 và thi vào lớp 6.", set()),
        ("Mở lớp 2 buổi/ngày; lớp tập huấn.", set()),
    ],
)
def test_grades(text: str, grades: set[int]) -> None:
    scope, _ = read_scope(text, DEFAULT)
    assert scope.grades == grades
    # Grades restrict by themselves: the document's levels would cut some of them off.
    assert bool(scope.levels) is not bool(grades)


@pytest.mark.parametrize(
    ("text", "levels", "ownership", "with_union"),
    [
        ("Trừ trường tư thục, các trường công khai tài chính.", {Level.MN, Level.TH}, Ownership.PUBLIC, None),
        ("Các trường công khai tài chính (trừ trường tư thục).", {Level.MN, Level.TH}, Ownership.PUBLIC, None),
        ("Các trường ngoài trường mầm non tổ chức hội thi.", {Level.TH}, None, None),
        ("Các trường tổ chức hội thi (trừ mầm non).", {Level.TH}, None, None),
        (
            "Trường chưa có công đoàn không phải báo cáo; các trường khác nộp danh sách.",
            {Level.MN, Level.TH},
            None,
            True,
        ),
        ("Học sinh lớp 9 không tham gia; các trường THCS tổ chức thi.", {Level.THCS}, None, None),
    ],
)
def test_whom_an_item_leaves_out_is_not_whom_it_binds(
    text: str, levels: set[Level], ownership: Ownership | None, with_union: bool | None
) -> None:
    scope, _ = read_scope(text, DEFAULT)
    assert scope.levels == levels
    assert (scope.ownership, scope.with_union) == (ownership, with_union)
    assert not scope.grades


def test_ownership_and_union() -> None:
    scope, accountable = read_scope(
        "Chỉ đạo các đơn vị ngoài công lập chưa có tổ chức Công đoàn thành lập Công đoàn cơ sở.", DEFAULT
    )
    assert (scope.ownership, scope.with_union) == (Ownership.NON_PUBLIC, False)
    assert accountable == (Role.PRINCIPAL,)
    assert "ngoài công lập" in scope.text
    assert read_scope("Các trường công lập tự chủ tài chính.", DEFAULT)[0].ownership is Ownership.PUBLIC
    assert read_scope("Các trường công lập và ngoài công lập.", DEFAULT)[0].ownership is None


@pytest.mark.parametrize(
    "text",
    [
        "Trước khi tổ chức, hai bên cùng trao đổi thống nhất thời điểm.",
        "Phòng cùng Liên đoàn Lao động huyện thông tin cho nhau về tình hình thực hiện.",
        "Sở và Công đoàn ngành luân phiên chủ trì hội nghị.",
        "Hằng tháng, hai cơ quan trao đổi tình hình đội ngũ.",
        "Phối hợp thành lập Đoàn kiểm tra việc thực hiện chế độ, chính sách.",
        "Hai ngành tổ chức gặp gỡ với công đoàn cơ sở.",
    ],
)
def test_items_for_the_signing_bodies_alone(text: str) -> None:
    scope, accountable = read_scope(text, DEFAULT)
    assert scope.audience is Audience.PARTIES
    assert accountable == (Role.OFFICER,)


@pytest.mark.parametrize(
    "text",
    [
        "Hằng năm hai đơn vị phối hợp chỉ đạo triển khai Quy chế dân chủ tại cơ sở.",
        "Chỉ đạo Công đoàn cơ sở thường xuyên trao đổi, thông tin cho nhau.",
        "Thủ trưởng đơn vị và công đoàn cơ sở xây dựng kế hoạch, gửi về hai cơ quan.",
        "Rà soát đội ngũ, báo cáo hai ngành.",
    ],
)
def test_items_that_only_mention_the_signing_bodies(text: str) -> None:
    assert read_scope(text, DEFAULT)[0].audience is Audience.SCHOOLS


@pytest.mark.parametrize(
    ("text", "accountable"),
    [
        ("Chỉ đạo các trường tổ chức hội nghị.", (Role.PRINCIPAL,)),
        ("Tăng cường tuyên truyền.", (Role.PRINCIPAL,)),
        ("Công đoàn cơ sở tổ chức gặp mặt.", (Role.UNION_CHAIR,)),
        ("Phối hợp chỉ đạo công đoàn cơ sở nêu gương điển hình.", (Role.UNION_CHAIR,)),
        ("Nhà trường phối hợp với công đoàn tổ chức hội nghị.", BOTH),
        ("Chính quyền và Công đoàn công khai quy chế.", BOTH),
        ("Chỉ đạo các công đoàn cơ sở và các đơn vị trường học tổ chức.", BOTH),
        ("Thực hiện chế độ phụ cấp cho cán bộ công đoàn.", (Role.PRINCIPAL,)),
        ("Hưởng ứng phong trào do Công đoàn Giáo dục Việt Nam phát động.", (Role.PRINCIPAL,)),
        ("Hội thảo “Vai trò của công đoàn phối hợp với nhà trường”.", (Role.PRINCIPAL,)),
    ],
)
def test_who_answers_for_it(text: str, accountable: tuple[Role, ...]) -> None:
    assert read_scope(text, DEFAULT)[1] == accountable


def test_what_the_union_alone_does_binds_schools_with_a_union() -> None:
    assert read_scope("Công đoàn cơ sở tổ chức gặp mặt.", DEFAULT)[0].with_union is True


@pytest.mark.parametrize(
    ("recipients", "party", "levels"),
    [
        (["Các trường MN, TH, THCS", "Lưu VT"], PHONG, {Level.MN, Level.TH, Level.THCS}),
        (["Thủ trưởng, CTCĐ trường THPT, trực thuộc"], SO, {Level.THPT, Level.GDTX}),
        (["Các đơn vị trường học (trực thuộc Phòng GD&ĐT)"], PHONG, {Level.MN, Level.TH, Level.THCS}),
        (["Các trường học trong huyện"], PHONG, set()),
    ],
)
def test_the_documents_scope_by_its_recipients(recipients: list[str], party: Party, levels: set[Level]) -> None:
    reach = read_reach([], [party, LDLD], [Passage(name) for name in recipients], [])
    assert reach.found
    assert reach.scope.levels == levels


def test_the_documents_scope_by_its_title_and_none_at_all() -> None:
    assert read_reach([Passage("Kế hoạch phối hợp trong các trường mầm non")], [PHONG], [], []).scope.levels == {
        Level.MN
    }
    assert not read_reach([Passage("Kế hoạch phối hợp")], [PHONG], [Passage("Lưu VT")], []).found


def test_both_answer_where_the_recipients_name_both_heads() -> None:
    reach = read_reach([], [SO], [Passage("Hiệu trưởng, CTCĐ trường THPT")], [])
    assert read_scope("Tăng cường tuyên truyền.", reach)[1] == BOTH


def test_a_schools_own_plan_binds_that_school_whatever_it_mentions() -> None:
    school = Party(name="Trường Tiểu học Hoa Mai", role=PartyRole.EDUCATION)
    reach = read_reach([], [school], [], [])
    scope, _ = read_scope("Hai bên tổ chức hội thi cho học sinh lớp 4 trường tiểu học.", reach)
    assert scope == Scope(text="Trường Tiểu học Hoa Mai")
