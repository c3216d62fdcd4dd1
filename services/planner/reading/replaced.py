"""Legal bases that plans still cite and that others have replaced.

Each row's source is the replacing document itself, its articles on effect; it is named with the day of its issue. Only
what is replaced as a whole stands here. A row is added when offices cite what is no longer in force.
"""

import re
from dataclasses import dataclass
from datetime import date

from contracts.plans import LegalBasis


@dataclass(frozen=True)
class Replacement:
    """From `since` on, `by` is in force in the place of `number`; `name` is how a law is cited without its number."""

    number: str
    by: str
    since: date
    name: str = ""


_REPLACED = (
    Replacement(
        "38/2005/QH11", "Luật Giáo dục 43/2019/QH14 ngày 14/6/2019", date(2020, 7, 1), r"luật giáo dục(?: năm)? 2005"
    ),
    Replacement(
        "12/2012/QH13", "Luật Công đoàn 50/2024/QH15 ngày 27/11/2024", date(2025, 7, 1), r"luật công đoàn(?: năm)? 2012"
    ),
    Replacement(
        "10/2012/QH13",
        "Bộ luật Lao động 45/2019/QH14 ngày 20/11/2019",
        date(2021, 1, 1),
        r"luật lao động(?: năm)? 2012",
    ),
    Replacement(
        "53/2005/QH11",
        "Luật Thanh niên 57/2020/QH14 ngày 16/6/2020",
        date(2021, 1, 1),
        r"luật thanh niên(?: năm)? 2005",
    ),
    Replacement(
        "58/2014/QH13",
        "Luật Bảo hiểm xã hội 41/2024/QH15 ngày 29/6/2024",
        date(2025, 7, 1),
        r"luật bảo hiểm xã hội(?: năm)? 2014",
    ),
    Replacement("15/2003/QH11", "Luật Thi đua, khen thưởng 06/2022/QH15 ngày 15/6/2022", date(2024, 1, 1)),
    Replacement("25/2004/QH11", "Luật Trẻ em 102/2016/QH13 ngày 05/4/2016", date(2017, 6, 1)),
    Replacement("77/2015/QH13", "Luật Tổ chức chính quyền địa phương 65/2025/QH15 ngày 19/02/2025", date(2025, 3, 1)),
    Replacement("65/2025/QH15", "Luật Tổ chức chính quyền địa phương 72/2025/QH15 ngày 16/6/2025", date(2025, 6, 16)),
    Replacement("110/2004/NĐ-CP", "Nghị định 30/2020/NĐ-CP ngày 05/3/2020", date(2020, 3, 5)),
    Replacement("04/2015/NĐ-CP", "Nghị định 59/2023/NĐ-CP ngày 14/8/2023", date(2023, 8, 14)),
    Replacement("14/2008/QĐ-BGDĐT", "Thông tư 52/2020/TT-BGDĐT ngày 31/12/2020", date(2021, 3, 31)),
    Replacement("41/2010/TT-BGDĐT", "Thông tư 28/2020/TT-BGDĐT ngày 04/9/2020", date(2020, 10, 20)),
    Replacement("12/2011/TT-BGDĐT", "Thông tư 32/2020/TT-BGDĐT ngày 15/9/2020", date(2020, 11, 1)),
)


def replacement(basis: LegalBasis, day: date) -> Replacement | None:
    """What had replaced the basis by that day; None where it is in force or not known here."""
    number = _plain(basis.number or "")
    for row in _REPLACED:
        cited = number == _plain(row.number) or bool(row.name and re.search(row.name, basis.text, re.IGNORECASE))
        if cited and row.since <= day:
            return row
    return None


def _plain(number: str) -> str:
    """The number as compared: documents write D for Đ, and leading zeros or not."""
    return number.upper().replace("Đ", "D").replace("&", "").lstrip("0")
