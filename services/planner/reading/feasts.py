"""Days with names: anniversaries, the lunar feasts, months and weeks of action, with the words that call them.

Sources: the Labour Code 2019, article 112 (public holidays), and the decisions by which each day was named; which of
them a school keeps is in every year's plan of its office.
"""

FEASTS = (
    ("day:11-20", "việt", r"nhà giáo việt nam"),
    ("day:10-20", "phụ", r"phụ nữ việt nam"),
    ("day:03-08", "phụ", r"quốc tế phụ nữ"),
    ("day:02-03", "đảng", r"thành lập đảng\b(?! bộ| ủy)"),
    ("day:03-26", "niên tncs", r"thành lập đoàn (?:thanh niên|tncs)"),
    ("day:05-15", "đội", r"thành lập đội (?:tntp|thiếu niên)"),
    ("day:06-01", "nhi", r"quốc tế thiếu nhi|tết thiếu nhi"),
    ("day:04-30", "miền", r"giải phóng (?:hoàn toàn )?miền nam"),
    ("day:05-01", "quốc", r"quốc tế lao động"),
    ("day:05-19", "minh bác", r"sinh (?:nhật )?(?:chủ tịch hồ chí minh|bác hồ|bác)"),
    ("day:09-02", "khánh", r"quốc khánh"),
    ("day:12-22", "quân", r"quân đội nhân dân việt nam"),
    ("day:07-27", "sĩ sỹ", r"thương binh,?\s*(?:-\s*)?liệt s[ĩỹ]"),
    ("day:07-28", "việt", r"thành lập công đoàn việt nam"),
    ("day:02-27", "thuốc", r"thầy thuốc việt nam"),
    ("day:11-09", "luật", r"ngày pháp luật"),
    ("day:06-28", "việt", r"ngày gia đình việt nam"),
    ("day:10-02", "khuyến", r"khuyến học việt nam"),
    ("day:10-10", "đổi", r"ngày chuyển đổi số"),
    ("day:04-21", "sách", r"ngày sách"),
    ("day:06-05", "môi", r"môi trường thế giới"),
    ("day:11-18", "kết", r"ngày hội đại đoàn kết"),
    ("day:01-09", "viên", r"ngày (?:truyền thống )?học sinh,?\s*(?:-\s*)?sinh viên"),
    ("day:01-01", "dương", r"tết dương lịch"),
    ("lunar:03-10", "giỗ", r"giỗ tổ hùng vương"),
    (
        "lunar:01-01",
        "tết xuân",
        r"tết nguyên đán|tết cổ truyền|tết âm lịch|(?:mừng|đón) xuân|tết sum vầy|(?:tết|xuân) (?:ất|bính|đinh|mậu"
        r"|kỷ|canh|tân|nhâm|quý|giáp) (?:tý|sửu|dần|mão|thìn|tỵ|tị|ngọ|mùi|thân|dậu|tuất|hợi)",
    ),
    ("lunar:01-01", "tết", r"(?:trước|nghỉ|dịp|đón|vui) tết\b(?!\s*(?:trung thu|dương|thiếu|\0))"),
    ("lunar:08-15", "thu tám", r"trung thu|rằm tháng tám"),
    ("month:05", "nhân", r"tháng công nhân"),
    ("month:06", "trẻ", r"tháng hành động vì trẻ em"),
    ("month:03", "niên", r"tháng thanh niên"),
    ("span:11-15/12-15", "giới", r"tháng hành động vì bình đẳng giới"),
    ("span:10-01/10-07", "suốt", r"tuần lễ (?:hưởng ứng )?học tập suốt đời"),
    ("before:09-05", "khai mới", r"trước (?:khi |ngày |lễ )?khai giảng|trước (?:thềm )?năm học mới"),
    ("day:09-05", "khai", r"khai giảng(?! (?:các )?(?:lớp|khóa|khoá)| trong| vào)"),
    ("year:end", "bế", r"bế giảng"),
)
"""Rule, cues, words."""

KNOWN_DAYS = {rule[4:] for rule, _, _ in FEASTS if rule.startswith("day:")}
"""The anniversaries' days, `11-20`."""
