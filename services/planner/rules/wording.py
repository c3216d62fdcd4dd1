"""What officers read, in Vietnamese, of what the reader found: by code, with the particulars in their place.

A warning's own `message` is English and for programs and operators; pages show these sentences.
"""

from contracts.plans import Warning
from services.planner.reading import UnreadableDocument

WARNINGS = {
    "number-blank": "Số của văn bản còn để trống.",
    "no-number": "Văn bản không có số.",
    "date-missing": "Văn bản không có ngày ban hành, hoặc ngày còn để trống.",
    "date-impossible": "Không có ngày {about}: thời hạn này chưa được tính.",
    "date-outside-period": "{about} nằm ngoài thời gian của kế hoạch.",
    "period-unclear": "Văn bản không nói rõ thời gian thực hiện: cần xác nhận năm học hoặc năm.",
    "no-parties": "Văn bản không cho biết các bên ký.",
    "signature-missing": "Không thấy phần ký của {about}.",
    "scope-unsure": "Phạm vi chưa hiểu hết, hãy kiểm tra: {about}",
    "no-scope": "Nơi nhận và tiêu đề không cho biết những trường nào phải thực hiện.",
    "unknown-recipient": "Nơi nhận chưa xác định được là đơn vị nào: {about}.",
    "basis-replaced": "Căn cứ đã được thay thế: {about}.",
    "unknown-unit": "Chưa rõ đơn vị nào thực hiện nhiệm vụ này.",
    "same-date": "Trùng ngày với kế hoạch khác: {about}.",
    "duplicate-duty": "Nhiệm vụ này trùng với nhiệm vụ ở dòng {about}.",
    "duplicate-item": "Nội dung này trùng với nội dung ở dòng {about}.",
    "heading-as-item": "Nội dung này chỉ nhắc lại đề mục.",
    "unbalanced-quotes": "Dấu ngoặc {about} chỉ có một bên.",
    "unbalanced-marks": "Dấu * không được đóng trên cùng dòng.",
    "item-cut-off": "Câu dừng giữa chừng, có thể thiếu chữ.",
    "two-leads": "Nhiều đơn vị cùng được giao chủ trì: {about}.",
    "recognised-text": "Văn bản được nhận dạng từ ảnh chụp ({about} trang): cần đối chiếu với bản gốc.",
    "unsure-text": "Chữ khó nhận dạng, cần xem lại: {about}.",
    "page-not-read": "Trang {about} là ảnh chụp giữa các trang có chữ: chưa được đọc.",
    "item-match-unsure": "Có thể là nội dung {about} của bản đang có hiệu lực; hiện được coi là nội dung mới.",
    "parent-not-found": "Không tìm thấy kế hoạch cấp trên số {about} đang có hiệu lực.",
    "parent-ambiguous": "Có nhiều kế hoạch cấp trên mang số {about}: cần chọn một.",
    "carried-over": "Chuyển tiếp từ kế hoạch đã kết thúc: cần ghi lại số, ngày, tiêu đề và thời gian.",
    "appendix": "Phụ lục không được đọc: cần xem có nội dung phải thực hiện hay không.",
    "not-read": "{about}: không được tính là nội dung phối hợp hay nhiệm vụ.",
}
"""By the code of a warning, of the reader or of a rule that gives one; `{about}` is its own."""

UNREADABLE = {
    "broken": "tệp bị hỏng, không mở được",
    "encrypted": "tệp được bảo vệ bằng mật khẩu",
    "needs-libreoffice": "tệp Word kiểu cũ cần LibreOffice trên máy chủ (libreoffice-writer-nogui), hoặc lưu lại .docx",
    "needs-tesseract": "ảnh chụp cần Tesseract trên máy chủ (tesseract-ocr, tesseract-ocr-vie)",
    "no-plan": "không tìm thấy loại văn bản hoặc nội dung phối hợp",
    "no-text": "tệp không có chữ nào",
    "not-text": "có ký tự không hợp lệ",
    "null-character": "có ký tự U+0000",
    "paragraph-too-long": "có đoạn quá dài",
    "too-complex": "văn bản quá phức tạp",
    "too-large": "văn bản quá lớn",
    "too-many-items": "có quá nhiều đoạn",
    "unsupported-format": "hệ thống chưa đọc được loại tệp này",
}
"""By the code of `UnreadableDocument`."""


def of_warning(warning: Warning) -> str:
    """The warning as a sentence; one that came with a submission and has no code of ours keeps its own words."""
    return WARNINGS.get(warning.code, warning.message).replace("{about}", warning.about)


def of_unreadable(error: UnreadableDocument) -> str:
    """Why a document cannot be read, as a sentence that names the line."""
    place = f" (dòng {error.line})" if error.line else ""
    return f"Không đọc được văn bản{place}: {UNREADABLE.get(error.code, error.message)}."
