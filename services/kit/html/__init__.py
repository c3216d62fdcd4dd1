"""One look for all services: layout, components, style sheet, and the answer that a page is.

A service's templates lie in its `templates/` and extend `kit/page.html.j2`; `kit/components.html.j2` has the
pieces. Its own files for browsers lie in `static/`. Nothing here needs a script.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from http import HTTPStatus
from importlib import resources
from mimetypes import guess_type
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse
from jinja2 import ChoiceLoader, Environment, FileSystemLoader, PrefixLoader, StrictUndefined, select_autoescape
from markupsafe import Markup

from contracts.units import Role
from services.kit.clock import VIET_NAM
from services.kit.errors import Refusal, RefusalKind

SITES = {"planner": "Kế hoạch", "tracker": "Nhiệm vụ", "notifier": "Thông báo"}
"""What the header calls each service, in its order."""

ROLES = {
    Role.PRINCIPAL: "hiệu trưởng",
    Role.UNION_CHAIR: "chủ tịch công đoàn",
    Role.STAFF: "nhân viên",
    Role.OFFICER: "cán bộ",
    Role.SIGNATORY: "người ký",
    Role.OPERATOR: "người vận hành",
}
"""What people call each role."""

WORDS = {
    400: ("Yêu cầu không hợp lệ", "Trình duyệt đã gửi một yêu cầu mà trang này không hiểu."),
    403: ("Không có quyền", "Thầy/cô không có quyền xem hoặc làm việc này."),
    404: ("Không tìm thấy", "Trang này không có, hoặc không dành cho đơn vị của thầy/cô."),
    409: ("Đã có thay đổi", "Nội dung đã thay đổi từ khi thầy/cô mở trang. Hãy mở lại trang rồi thử lại."),
    413: ("Tệp quá lớn", "Tệp hoặc nội dung gửi lên lớn hơn mức cho phép."),
    415: ("Không đọc được loại tệp này", "Hãy gửi văn bản dưới một dạng khác."),
    422: ("Nội dung chưa đúng", "Một phần nội dung gửi lên còn thiếu hoặc chưa đúng."),
    503: (
        "Tạm thời gián đoạn",
        "Một phần của hệ thống đang tạm ngừng. Xin tải lại trang sau ít phút; trình duyệt sẽ gửi lại nội dung đã nhập.",
    ),
}
"""What a page says of a refusal when nothing better is known."""
_OURS = ("Có lỗi", "Hệ thống gặp lỗi và đã ghi lại. Xin thử lại sau.")

_KIT = Path(__file__).parent


@dataclass(frozen=True)
class Asset:
    """A file for browsers, whose address holds its hash and may be cached for ever."""

    content: bytes
    media_type: str
    digest: str

    @classmethod
    def of(cls, file: Path) -> "Asset":
        """Read it."""
        content = file.read_bytes()
        media_type = guess_type(file.name)[0] or "application/octet-stream"
        return cls(content, media_type, hashlib.sha256(content).hexdigest()[:16])


class Html:
    """Renders the pages of one service.

    `sites` says where browsers reach each service; `issuer` is where forms may lead when somebody has to sign on
    again. A service may add filters to `templates`.
    """

    def __init__(self, service: str, sites: Mapping[str, str], issuer: str) -> None:
        own = Path(str(resources.files(f"services.{service}")))
        self.service = service
        self.assets = {
            file.name: Asset.of(file)
            for file in (*_KIT.glob("*.css"), *_KIT.glob("*.svg"), *(own / "static").glob("*"))
        }
        self.templates = Environment(
            loader=ChoiceLoader([FileSystemLoader(own / "templates"), PrefixLoader({"kit": FileSystemLoader(_KIT)})]),
            autoescape=select_autoescape(("html", "html.j2")),
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self.templates.filters |= {"day": in_words, "moment": moment_in_words, "role": ROLES.__getitem__}
        self.templates.globals |= {
            "service": service,
            "sites": [(name, words, sites[name]) for name, words in SITES.items() if name in sites],
            "asset": self._address,
        }
        self._headers = {
            "Cache-Control": "no-store",
            "Content-Security-Policy": (
                "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; "
                f"form-action 'self' {_origin(issuer)}; frame-ancestors 'none'; base-uri 'none'"
            ),
            "Referrer-Policy": "same-origin",
            "X-Content-Type-Options": "nosniff",
        }

    def page(self, request: Request, template: str, status: int, values: Mapping[str, Any]) -> HTMLResponse:
        """The page that the template gives, with who has signed on in its head."""
        session = getattr(request.state, "session", None)
        csrf = Markup('<input type="hidden" name="csrf" value="{}">').format(session.csrf) if session else Markup("")
        unit_name = getattr(request.state, "unit_name", None)
        text = self.templates.get_template(template).render(
            {"session": session, "csrf": csrf, "path": request.url.path, "unit_name": unit_name, **values}
        )
        return HTMLResponse(text, status_code=status, headers=self._headers)

    def _address(self, name: str) -> str:
        return f"/static/{self.assets[name].digest}/{name}"


def render(request: Request, template: str, *, status: int = 200, **values: Any) -> HTMLResponse:
    """A page of the service. Beside `values` the template knows:

    `session` (`principal`, `name`; none before sign-on), `csrf` (the hidden field that every form with
    `method="post"` holds), `service`, `sites`, `path`, `asset(name)`, and the filters `day`, `moment` and `role`.
    `request.state.unit_name` may be set; without it the head shows the unit's id.
    """
    html: Html = request.app.state.html
    return html.page(request, template, status, values)


def wants_html(request: Request) -> bool:
    """Whether a person's browser asks for a page. What lies below `/v1` is for programs alone."""
    accepts = "text/html" in request.headers.get("accept", "")
    return accepts and hasattr(request.app.state, "html") and not request.url.path.startswith("/v1/")


def problem_page(request: Request, status: int, code: str, **more: Any) -> HTMLResponse:
    """What problem+json says, for people. `reasons`, `rows` and `fields` are told one by one."""
    title, words = WORDS.get(status, WORDS[400] if status < 500 else _OURS)
    faults = [fault for name in ("reasons", "rows", "fields") for fault in more.get(name) or ()]
    answer = render(request, "kit/problem.html.j2", status=status, title=title, words=words, code=code, faults=faults)
    if status == HTTPStatus.SERVICE_UNAVAILABLE:
        answer.headers["Retry-After"] = "5"
    return answer


router = APIRouter()


@router.get("/static/{digest}/{name}")
async def static(request: Request, digest: str, name: str) -> Response:
    """A file for browsers. Under an old digest it is as good as lost: pages name the new one."""
    html: Html = request.app.state.html
    asset = html.assets.get(name)
    if asset is None or asset.digest != digest:
        raise Refusal(RefusalKind.NOT_FOUND, "file-unknown", f"there is no file {name}")
    headers = {"Cache-Control": "public, max-age=31536000, immutable", "X-Content-Type-Options": "nosniff"}
    return Response(asset.content, media_type=asset.media_type, headers=headers)


def in_words(day: date | None) -> str:
    """A day as people write it here: `05/09/2024`."""
    return f"{day:%d/%m/%Y}" if day else ""


def moment_in_words(moment: datetime | None) -> str:
    """A moment as the clock on the wall shows it: `08:30 05/09/2024`."""
    return f"{moment.astimezone(VIET_NAM):%H:%M %d/%m/%Y}" if moment else ""


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"
