"""What officers read of states, kinds and refusals, by code."""

from contracts.plans import Change, DocumentKind, ItemKind, PartyRole, PlanState
from contracts.scope import Audience
from contracts.units import Level, Ownership
from services.kit.errors import Refusal
from services.planner.rules import wording

STATES = {
    PlanState.DRAFT: ("bản nháp", ""),
    PlanState.IN_REVIEW: ("đang rà soát", "warn"),
    PlanState.CO_SIGNING: ("chờ ký", "warn"),
    PlanState.APPROVED: ("đã ban hành", "good"),
    PlanState.CLOSED: ("đã kết thúc", ""),
    PlanState.REJECTED: ("đã loại", "bad"),
    PlanState.REVOKED: ("đã thu hồi", "bad"),
    PlanState.AMENDED: ("đã được thay bằng bản mới", ""),
}
"""A plan's states, with the tone of their badges."""

DOCUMENT_KINDS = {
    DocumentKind.JOINT_PLAN: "kế hoạch liên tịch",
    DocumentKind.PROGRAMME: "chương trình phối hợp",
    DocumentKind.PLAN: "kế hoạch",
    DocumentKind.REGULATION: "quy chế phối hợp",
    DocumentKind.RESOLUTION: "nghị quyết",
    DocumentKind.CONCLUSION: "kết luận",
    DocumentKind.INSTRUCTION: "chỉ thị",
    DocumentKind.GUIDANCE: "hướng dẫn",
    DocumentKind.OTHER: "văn bản khác",
}

ITEM_KINDS = {
    ItemKind.ONE_OFF: "một lần",
    ItemKind.RECURRING: "định kỳ",
    ItemKind.STANDING: "thường xuyên",
    ItemKind.ON_REQUEST: "khi có yêu cầu",
    ItemKind.TARGET: "chỉ tiêu",
    ItemKind.DERIVE_PLAN: "xây dựng kế hoạch riêng",
    ItemKind.REVIEW: "sơ kết, tổng kết",
    ItemKind.AWARD: "khen thưởng",
}

DUE_KINDS = {
    "none": "không ấn định",
    "day": "đúng ngày",
    "before": "trước ngày",
    "month": "cuối tháng",
    "quarter": "cuối quý",
    "term": "đầu hoặc cuối học kỳ",
    "year": "đầu hoặc cuối năm học",
    "lunar": "ngày âm lịch",
    "before-lunar": "trước ngày âm lịch",
    "monthly": "hằng tháng",
    "quarterly": "hằng quý",
    "half-yearly": "sáu tháng một lần",
    "termly": "mỗi học kỳ",
    "yearly": "hằng năm học",
    "code": "theo mã quy tắc",
}
"""The kinds of due rule that a form offers; `code` stands for any other."""

PARTY_ROLES = {
    PartyRole.EDUCATION: "giáo dục",
    PartyRole.UNION: "công đoàn",
    PartyRole.PARTY_CELL: "cấp ủy",
    PartyRole.HEALTH: "y tế",
    PartyRole.YOUTH: "đoàn thanh niên",
    PartyRole.OTHER: "bên khác",
}

LEVELS = {
    Level.MN: "mầm non",
    Level.TH: "tiểu học",
    Level.THCS: "THCS",
    Level.THPT: "THPT",
    Level.GDTX: "GDTX",
}
AUDIENCES = {Audience.SCHOOLS: "các trường", Audience.PARTIES: "chính các bên ký"}
OWNERSHIPS = {Ownership.PUBLIC: "công lập", Ownership.NON_PUBLIC: "ngoài công lập"}

ACTIONS = {
    "draft": "Đưa văn bản vào",
    "submit": "Hệ thống của đơn vị gửi đến",
    "amend": "Soạn bản sửa đổi",
    "carry-over": "Chuyển tiếp từ năm trước",
    "edit": "Sửa nội dung",
    "accept": "Chấp nhận cảnh báo",
    "relink": "Nối với nội dung của bản trước",
    "set-parent": "Nối với kế hoạch cấp trên",
    "review": "Chuyển rà soát",
    "co-sign": "Gửi các bên ký",
    "sign": "Ký",
    "refuse": "Từ chối ký",
    "approve": "Ban hành",
    "reject": "Loại bỏ",
    "revoke": "Thu hồi",
    "close": "Kết thúc",
}
"""The steps of a plan, as history and buttons call them."""

FIELDS = {
    "section": "Mục",
    "heading": "Đề mục",
    "text": "Nội dung",
    "kind": "Loại",
    "due": "Thời hạn",
    "targets": "Chỉ tiêu",
    "scope": "Phạm vi",
    "accountable": "Người chịu trách nhiệm",
    "lead": "Chủ trì",
    "cooperating": "Phối hợp",
    "directing": "Chỉ đạo",
}
"""The fields of an item that can be edited."""

DOCUMENT_FIELDS = {
    "kind": "Loại văn bản",
    "number": "Số",
    "date": "Ngày ban hành",
    "place": "Nơi ban hành",
    "title": "Tên gọi",
    "period": "Thời gian thực hiện",
    "parties": "Các bên ký",
    "duties": "Tổ chức thực hiện",
    "recipients": "Nơi nhận",
}
"""The fields of a document that can be edited, beside its items."""

CHANGES = {
    Change.KEPT: ("giữ nguyên", ""),
    Change.CHANGED: ("thay đổi", "warn"),
    Change.NEW: ("mới", "good"),
    Change.WITHDRAWN: ("bỏ", "bad"),
}
"""What became of an item, with the tone of its badge."""

SETTLED_AT = {
    **dict.fromkeys(("parent-not-found", "parent-ambiguous"), ("parent", "Chọn kế hoạch cấp trên")),
    **dict.fromkeys(
        (
            *("number-blank", "no-number", "date-missing", "period-unclear", "no-parties", "signature-missing"),
            *("unknown-recipient", "carried-over"),
        ),
        ("document", "Điền ở thông tin chung"),
    ),
    "item-match-unsure": ("difference", "Chọn nội dung được tiếp nối"),
}
"""By the code of a warning: the page of the plan on which it is settled, and what the link there says."""

REFUSALS = {
    "invalid-request": "Có ô được điền không đúng hoặc quá dài.",
    "wrong-state": "Kế hoạch không còn ở bước này; hãy xem lại trang kế hoạch.",
    "not-entitled": "Thầy/cô không có quyền làm việc này với kế hoạch này.",
    "stale-revision": "Kế hoạch đã được sửa từ khi thầy/cô mở trang này.",
    "item-unknown": "Nội dung này không còn trong kế hoạch.",
    "due-rule-unknown": "Không hiểu quy tắc thời hạn này; xem các ví dụ bên dưới.",
    "due-rule-too-long": "Thời hạn của hai nội dung gộp lại quá dài.",
    "text-too-long": "Nội dung quá dài.",
    "position-unknown": "Không có vị trí này.",
    "split-too-few": "Hãy xuống dòng ở chỗ cần tách: cần ít nhất hai phần.",
    "split-changes-text": "Khi tách chỉ được xuống dòng, không được thêm, bớt hay sửa chữ.",
    "nothing-to-merge": "Không có nội dung nào phía sau để gộp.",
    "reason-missing": "Hãy ghi lý do.",
    "warning-unknown": "Cảnh báo này không còn nữa.",
    "party-ambiguous": "Thầy/cô có thể ký cho nhiều bên: hãy chọn một bên.",
    "one-person-one-party": "Thầy/cô, hoặc người đã ủy quyền, đã ký kế hoạch này cho một bên khác.",
    "not-all-signed": "Chưa đủ chữ ký trên nội dung hiện tại.",
    "not-in-force": "Bản mà kế hoạch này sửa đổi không còn hiệu lực.",
    "already-imported": "Đơn vị đã đưa chính văn bản này vào; hãy tiếp tục với kế hoạch đó.",
    "already-amended": "Đang có một bản sửa đổi của kế hoạch này.",
    "already-continued": "Một nội dung khác đã tiếp nối nội dung ấy.",
    "no-version-before": "Đây là bản đầu tiên của kế hoạch.",
    "parent-unsuitable": "Kế hoạch cấp trên phải đang có hiệu lực và thuộc cấp trên của kế hoạch này.",
    "message-too-large": "Kế hoạch quá lớn để ban hành; hãy rút gọn.",
    "too-large": "Tệp hoặc văn bản quá lớn.",
    "period-reversed": "Ngày cuối đứng trước ngày đầu.",
    "day-past": "Ngày cuối đã qua.",
    "deputy-oneself": "Không thể ủy quyền cho chính mình.",
    "deputy-unknown": "Danh mục không có người này ở đơn vị của thầy/cô vào ngày đầu.",
    "role-ambiguous": "Hãy chọn vai trò cần ủy quyền.",
    "withdrawn": "Ủy quyền này đã được rút.",
    "plan-incomplete": "Kế hoạch còn những điểm phải sửa:",
}


def is_of_file(refusal: Refusal) -> bool:
    """Whether the file that was handed in is at fault."""
    return refusal.code in wording.UNREADABLE


def of_refusal(refusal: Refusal) -> str:
    """Why it was refused, as a sentence."""
    if refusal.code in REFUSALS:
        return REFUSALS[refusal.code]
    if refusal.code in wording.UNREADABLE:
        line = refusal.more.get("line")
        place = f" (dòng {line})" if line else ""
        return f"Không đọc được văn bản{place}: {wording.UNREADABLE[refusal.code]}."
    return f"Không thực hiện được (mã {refusal.code})."


def of_number(number: int) -> str:
    """A number with spaces between thousands: `68 240`."""
    return f"{number:,}".replace(",", "\u00a0")


def of_amount(value: float) -> str:
    """An amount as it is typed here, with a decimal comma: `1200`, `99,5`."""
    return f"{value:.6f}".rstrip("0").rstrip(".").replace(".", ",")
