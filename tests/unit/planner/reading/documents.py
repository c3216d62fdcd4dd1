"""Documents of other forms than the samples: what the grammar of administrative documents allows besides."""

JOINT_RESOLUTION = """\
TỈNH ĐOÀN HÒA SƠN - SỞ GIÁO DỤC VÀ ĐÀO TẠO          CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM
                 *                                        Độc lập - Tự do - Hạnh phúc
Số: 05/NQLT-TĐTN-SGDĐT                               Hòa Sơn, ngày 05 tháng 10 năm 2025

NGHỊ QUYẾT LIÊN TỊCH
Về việc phối hợp công tác giữa Ban Thường vụ Tỉnh đoàn và Sở Giáo dục và Đào tạo
giai đoạn 2025 - 2030

Căn cứ Luật Thanh niên số 57/2020/QH14 ngày 16 tháng 6 năm 2020;
Căn cứ Nghị quyết liên tịch số 01/NQLT-TWĐTN-BGDĐT ngày 22/3/2023 giữa Trung ương Đoàn và Bộ Giáo dục và Đào tạo;
Ban Thường vụ Tỉnh đoàn và Sở Giáo dục và Đào tạo thống nhất ban hành Nghị quyết liên tịch với những nội dung sau:

Điều 1. Mục tiêu
1. Nâng cao chất lượng giáo dục lý tưởng cách mạng, đạo đức, lối sống cho học sinh.
2. Phát huy vai trò của tổ chức Đoàn, Hội, Đội trong trường học.

Điều 2. Nội dung phối hợp
1. Công tác giáo dục
a) Tổ chức học tập các bài học lý luận chính trị cho 100% đoàn viên, học sinh THPT vào tháng 10 hằng năm;
b) Tổ chức Hội thi “Học sinh, sinh viên với ý tưởng khởi nghiệp” mỗi năm 01 lần.
2. Nhà trường bố trí cho tổ chức Đoàn:
a) Phòng làm việc;
b) Tủ sách.

Điều 3. Trách nhiệm của các bên
1. Ban Thường vụ Tỉnh đoàn
a) Chủ trì xây dựng kế hoạch hằng năm;
b) Chỉ đạo các cấp bộ Đoàn thực hiện.
2. Sở Giáo dục và Đào tạo
a) Chỉ đạo các trường học tạo điều kiện cho hoạt động Đoàn, Đội.

Điều 4. Điều khoản thi hành
1. Nghị quyết này có hiệu lực kể từ ngày ký.
2. Định kỳ hằng năm hai bên luân phiên tổ chức sơ kết.

TM. BAN THƯỜNG VỤ TỈNH ĐOÀN                 KT. GIÁM ĐỐC
BÍ THƯ                                      PHÓ GIÁM ĐỐC
(Đã ký)                                     (Đã ký)
Nguyễn Minh Đức                             Trần Thị Thu Hà

Nơi nhận:
- Trung ương Đoàn (để b/c);
- Thường trực Tỉnh ủy, HĐND,
UBND tỉnh (để b/c);
- Các trường học trong tỉnh;
- Lưu VP.
"""

HEALTH_GUIDANCE = """\
TRUNG TÂM Y TẾ - PHÒNG GDĐT
Số: 77/HDLN-TTYT-GDĐT
Kim Bảng, ngày     tháng 9 năm 2025

HƯỚNG DẪN LIÊN NGÀNH
Thực hiện công tác y tế trường học năm học 2025 - 2026

Thực hiện Thông tư liên tịch số 13/2016/TTLT-BYT-BGDĐT ngày 12/5/2016 của Bộ Y tế và Bộ Giáo dục và Đào tạo;
Trung tâm Y tế và Phòng Giáo dục và Đào tạo hướng dẫn các trường thực hiện công tác y tế trường học như sau:

Phần I
MỤC ĐÍCH, YÊU CẦU
1. Bảo vệ, chăm sóc sức khỏe học sinh.

Phần II
NỘI DUNG THỰC HIỆN
I. Khám sức khỏe
1. Khám sức khỏe cho 100% học sinh, hoàn thành trước 30/11/2025.
2. Khám sàng lọc tật khúc xạ cho học sinh lớp 1, lớp 6 trong học kỳ I;
II. Phòng, chống dịch bệnh
1.1. Vệ sinh trường lớp hằng tuần.
1.2. Báo cáo ca bệnh khi có dịch xảy ra theo yêu cầu của Trung tâm Y tế.

Phần III
TỔ CHỨC THỰC HIỆN
1. Trung tâm Y tế: chủ trì tổ chức tập huấn.
2. Các trường: bố trí phòng y tế, nhân viên y tế.

Yêu cầu các đơn vị nghiêm túc thực hiện./.

Nơi nhận:                              TRUNG TÂM Y TẾ              PHÒNG GD&ĐT
- UBND huyện;                          GIÁM ĐỐC                    TRƯỞNG PHÒNG
- Các trường MN, TH, THCS;
- Lưu: VT.
                                       Lê Văn Tám                  Phạm Thị Chín
"""

CONCLUSION = """\
SỞ GIÁO DỤC VÀ ĐÀO TẠO
Số: 210/TB-SGDĐT                    Nam Giang, ngày 03 tháng 11 năm 2025

THÔNG BÁO
Kết luận của Giám đốc Sở tại Hội nghị giao ban với Công đoàn ngành Giáo dục tháng 10 năm 2025

Ngày 30/10/2025, Giám đốc Sở chủ trì Hội nghị giao ban. Sau khi nghe báo cáo, Giám đốc Sở kết luận như sau:

1. Giao phòng Tổ chức cán bộ chủ trì, phối hợp với Công đoàn ngành tham mưu kế hoạch kiểm tra trước ngày 15/11/2025.

2. Yêu cầu Hiệu trưởng các trường THPT rà soát đội ngũ, báo cáo về Sở trong quý IV/2025.

Trên đây là kết luận của Giám đốc Sở, đề nghị các đơn vị triển khai thực hiện./.

Nơi nhận:
- Như thành phần dự họp;
- Các đơn vị trực thuộc Sở;
- Lưu: VT, VP.

TL. GIÁM ĐỐC
CHÁNH VĂN PHÒNG

Hồ Quang Vinh
"""

OFFICIAL_LETTER = """\
PHÒNG GDĐT QUẬN BÌNH AN               CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM
CÔNG ĐOÀN GIÁO DỤC QUẬN                    Độc lập - Tự do - Hạnh phúc
Số: 33/CVLT-PGDĐT-CĐGD                Bình An, ngày 02/01/2026
V/v phối hợp tổ chức các hoạt động chăm lo Tết

Kính gửi: Hiệu trưởng, Chủ tịch công đoàn các trường mầm non, tiểu học, THCS

Phòng Giáo dục và Đào tạo và Công đoàn Giáo dục quận thống nhất đề nghị các trường thực hiện một số nội dung sau:

Tổ chức thăm hỏi, tặng quà cán bộ, giáo viên có hoàn cảnh khó khăn trước ngày 10/02/2026.

Phân công trực Tết, bảo đảm an toàn trường học.

Nhận được công văn này, đề nghị các trường nghiêm túc thực hiện./.

Nơi nhận:                              CHỦ TỊCH                 TRƯỞNG PHÒNG
- Như trên;
- Lưu: VT.                             Đỗ Thị Nga               Cao Văn Bình
"""

POLICE_REGULATION = """\
QUY CHẾ
Phối hợp hoạt động giữa Công an huyện và Phòng Giáo dục và Đào tạo huyện Tân Lộc trong bảo đảm an ninh trường học
(Ban hành kèm theo Quyết định số 18/QĐ-CAH-PGDĐT ngày 15 tháng 9 năm 2025)

Chương I
QUY ĐỊNH CHUNG
Điều 1. Phạm vi điều chỉnh
1. Quy chế này quy định việc phối hợp.
Điều 2. Nguyên tắc phối hợp
Phối hợp chặt chẽ, kịp thời.

Chương II
NỘI DUNG PHỐI HỢP
Điều 3. Tuyên truyền, giáo dục pháp luật
1. Tổ chức tuyên truyền pháp luật về giao thông cho học sinh các trường THCS ít nhất 02 buổi/học kỳ.
Điều 4. Trao đổi thông tin
Hai bên trao đổi thông tin hằng quý và đột xuất khi có vụ việc.

Chương III
TRÁCH NHIỆM CỦA CÁC BÊN
Điều 5. Công an huyện
Chỉ đạo Công an các xã, thị trấn thực hiện Quy chế.
Điều 6. Phòng Giáo dục và Đào tạo
1. Chỉ đạo các trường thực hiện Quy chế.
2. Tổng hợp, báo cáo.

Chương IV
ĐIỀU KHOẢN THI HÀNH
Điều 7. Quy chế này có hiệu lực kể từ ngày ký ban hành.

TRƯỞNG CÔNG AN HUYỆN
Đại tá Nguyễn Hữu Thắng

TRƯỞNG PHÒNG GD&ĐT
Lý Thị Hoa
"""

COMMUNE_PLAN_WRAPPED = """\
UBND XÃ PHÚ LÂM
Số: 15/KHPH-UBND-LĐLĐ
Phú Lâm, ngày 12/9/2025

                         KẾ HOẠCH PHỐI HỢP
  Giữa Phòng Văn hóa - Xã hội và Công đoàn xã Phú Lâm
                  năm học 2025-2026

Căn cứ Quyết định số 40/QĐ-UBND ngày 01/8/2025 của Ủy ban nhân dân xã
Phú Lâm, Phòng Văn hóa - Xã hội và Công đoàn xã Phú Lâm thống nhất kế
hoạch như sau:

I- MỤC ĐÍCH

1- Tăng cường phối hợp.

II- NỘI DUNG VÀ GIẢI PHÁP

1- Chỉ đạo các trường học trên địa bàn xã tổ chức Hội nghị viên chức,
người lao động theo đúng quy định. Công đoàn cơ sở hướng dẫn thực hiện
quy chế dân chủ, hoàn thành trước ngày 10/10/2025.
2- Phối hợp tổ chức Ngày hội văn hóa, thể thao giáo viên các trường
Phú Lâm 1, Phú Lâm 2 vào cuối
học kỳ I; kinh phí do công đoàn cơ sở và nhà trường cùng
đảm bảo.

                                  2

3- Tổ chức tặng quà Tết cho giáo viên có hoàn cảnh khó khăn, giáo viên
hợp đồng, nhân dịp Tết Nguyên đán
Bính Ngọ 2026.

III- TỔ CHỨC THỰC HIỆN

- Phòng Văn hóa - Xã hội: theo dõi, đôn đốc.
- Công đoàn xã: phối hợp thực hiện.

TRƯỞNG PHÒNG                         CHỦ TỊCH CÔNG ĐOÀN

Nguyễn Văn A                         Trần Thị B

Nơi nhận:
- TT Đảng ủy xã;
- Các trường học;
"""

PARTY_PROGRAMME = """\
ĐẢNG BỘ HUYỆN TÂN HƯNG                         ĐẢNG CỘNG SẢN VIỆT NAM
CHI BỘ TRƯỜNG THCS TÂN HƯNG                 Tân Hưng, ngày 12 tháng 9 năm 2025
              *
         Số 15-CTr/CB

CHƯƠNG TRÌNH
phối hợp công tác giữa Chi bộ, Ban Giám hiệu và Ban Chấp hành Công đoàn
năm học 2025 - 2026
-----

Thực hiện Nghị quyết số 29-NQ/TW, ngày 04-11-2013 của Ban Chấp hành Trung ương Đảng (khóa XI);
Căn cứ Kế hoạch số 45-KH/HU, ngày 20-8-2025 của Huyện ủy Tân Hưng về công tác phối hợp;
Chi bộ, Ban Giám hiệu và Ban Chấp hành Công đoàn Trường THCS Tân Hưng thống nhất ban hành Chương trình phối hợp như sau:

I- MỤC ĐÍCH, YÊU CẦU
1- Tăng cường sự lãnh đạo của chi bộ.

II- NỘI DUNG PHỐI HỢP
1- Công tác chính trị, tư tưởng
- Tổ chức học tập Nghị quyết¹ cho 100% đảng viên, viên chức trước ngày 30-10-2025.
- Mỗi đảng viên đăng ký ít nhất một giải pháp đổi mới.
2- Công tác đoàn thể
- Giới thiệu 02 quần chúng ưu tú học lớp cảm tình Đảng trong quý IV/2025.
- Sơ kết học kỳ I, tổng kết cuối năm học.

III- TỔ CHỨC THỰC HIỆN
1- Chi ủy: lãnh đạo, theo dõi.
2- Ban Giám hiệu, Ban Chấp hành Công đoàn: triển khai.

¹ Nghị quyết số 59-NQ/TW của Bộ Chính trị.

Nơi nhận:                                        T/M CHI BỘ
- Huyện ủy (để báo cáo),                            BÍ THƯ
- Các tổ chuyên môn,
- Lưu Chi bộ.
                                                Nguyễn Văn Minh

T/M BAN GIÁM HIỆU                              T/M BCH CÔNG ĐOÀN
HIỆU TRƯỞNG                                      CHỦ TỊCH

Lê Thị Hoa                                      Trần Văn Bình

PHỤ LỤC
DANH MỤC CÁC NHIỆM VỤ TRỌNG TÂM
(Kèm theo Chương trình số 15-CTr/CB ngày 12/9/2025)
1. Tổ chức hội nghị.
2. Tổ chức hội thi.
"""

INSTRUCTION = """\
UBND PHƯỜNG AN HÒA
PHÒNG VĂN HÓA - XÃ HỘI
-------
Số: 07/CT-VHXH
CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM
Độc lập - Tự do - Hạnh phúc
----------------
An Hòa, ngày 08 tháng 01 năm 2026

CHỈ THỊ
Về tăng cường phối hợp giữa nhà trường với công đoàn cơ sở trong dịp Tết Nguyên đán Bính Ngọ 2026

Để chuẩn bị đón Tết, Trưởng phòng Văn hóa - Xã hội yêu cầu các trường mầm non,
tiểu học, trung học cơ sở trên địa bàn phường thực hiện tốt các nội dung sau:

1. Hiệu trưởng các trường:
a) Phối hợp với công đoàn cơ sở tổ chức thăm hỏi, tặng quà trước ngày 10/02/2026;
b) Phân công trực Tết;
c) Báo cáo kết quả về Phòng chậm nhất sau 05 ngày làm việc kể từ ngày 23/02/2026.

2. Công đoàn cơ sở vận động mỗi đoàn viên ủng hộ ít nhất một ngày lương.

3. Phòng Văn hóa - Xã hội kiểm tra ít nhất 05 trường.

Yêu cầu các trường nghiêm túc thực hiện Chỉ thị này./.

Nơi nhận:
- Như trên;
- TT Đảng ủy phường (b/c);
- Lưu: VT.
TRƯỞNG PHÒNG
Vũ Thị Mai
"""
