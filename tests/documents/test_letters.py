"""The papers that the platform issues: what they say, that they are PDF/A, and that nothing a person writes is run."""

from __future__ import annotations

import datetime
from dataclasses import replace

import pypdfium2
import pytest
from tests.documents.test_writing import HOSTILE, bare

from ketuan.documents.letters import (
    BagLabel,
    Commitment,
    Consent,
    Missing,
    Paper,
    Person,
    Receipt,
    ReturnedList,
    bag_label,
    consent,
    receipt,
    returned_list,
)

CALL = "2024年“科创中国”科技服务团项目"
CORPS, SOCIETY, OFFICE = "“科创中国”钠离子储能电池科技服务团", "中国澄澜技术学会", "中国科协科学技术创新部"
AT = datetime.datetime(2024, 5, 20, 6, 3, 21, tzinfo=datetime.UTC)
DIGEST = "0123456789abcdef" * 4
URL = "https://ketuan.example.cn/v/KT7Q3M9X"

RECEIPT = Receipt(
    number="HZ2024-000137",
    project=CORPS,
    society=SOCIETY,
    call_title=CALL,
    issuer=OFFICE,
    version=3,
    short_code="KT7Q-3M9X",
    submitted_at=AT,
    submitted_by="诸葛清和",
    sha256=DIGEST,
    journal_number=20481,
    journal_hash=DIGEST[::-1],
    url=URL,
    papers=(Paper("项目申报书.docx", 1_234_567, DIGEST), Paper("签字盖章扫描件.pdf", 900, DIGEST[::-1])),
    commitments=(Commitment("成果不作为其他财政经费项目的成果", "诸葛清和"),),
)
CONSENT = Consent(
    number="湘科协函〔2024〕15号",
    province_association="湖南省科学技术协会",
    addressee=OFFICE,
    society=SOCIETY,
    call_title=CALL,
    corps_title=CORPS,
    problems=("硬碳负极首次效率提升", "储能电站热失控预警"),
    cities=("长沙市", "衡阳市"),
    head=Person("组长", "周若谷", "湖南省科学技术协会", "副主席"),
    officers=(
        Person("全国学会", "吴思齐", SOCIETY, "副秘书长"),
        Person("省级科协", "郑嘉言", "湖南省科学技术协会", "学会部部长"),
        Person("主要服务市区科协", "王怀瑾", "长沙市科学技术协会", "副主席"),
    ),
    dated=datetime.date(2024, 5, 16),
    short_code="TJ5M-2K8P",
    url=URL,
)
LABEL = BagLabel(CORPS, SOCIETY, CALL, "KT7Q-3M9X", "HZ2024-000137", 2, 7, ("某市某路 3 号", "项目组 收"), URL)
RETURNED = ReturnedList(
    number="GZ2024-0012",
    sender=SOCIETY,
    call_title=CALL,
    issuer=OFFICE,
    subject="申报材料",
    received_at=AT,
    attachments=("申报书.docx",),
    missing=(
        Missing("附件里没有签字盖章扫描件。", "项目申报书", "签字盖章扫描件", "请补上扫描件。", "通知 四.2"),
        Missing("邮件主题和通知要求的写法不同。", must=False),
    ),
    deadline=datetime.date(2024, 5, 24),
    dated=datetime.date(2024, 5, 21),
    url=URL,
)


def said(data: bytes) -> list[str]:
    with pypdfium2.PdfDocument(data) as document:
        return [bare(page.get_textpage().get_text_bounded()) for page in document]


def missing(text: str, *wanted: str) -> list[str]:
    return [one for one in wanted if bare(one) not in text]


def test_the_receipt_says_what_when_and_with_which_fingerprint() -> None:
    (text,) = said(receipt(RECEIPT))
    assert missing(
        text,
        *("编号：HZ2024-000137", CORPS, SOCIETY, CALL, "第 3 版，短码 KT7Q-3M9X", "2024年5月20日14:03:21（北京时间）"),
        *(DIGEST, "第 20481 号", DIGEST[::-1], "项目申报书.docx", "1.2 MB", "900 字节", DIGEST[:16], DIGEST[::-1][:16]),
        *("成果不作为其他财政经费项目的成果", "诸葛清和", "任何人都可以核验本回执", URL),
    ) == []  # fmt: skip


def test_the_receipt_shows_beijing_time_wherever_the_server_stands() -> None:
    east = AT.astimezone(datetime.timezone(datetime.timedelta(hours=-7)))
    assert said(receipt(replace(RECEIPT, submitted_at=east))) == said(receipt(RECEIPT))
    with pytest.raises(ValueError, match="时区"):
        receipt(replace(RECEIPT, submitted_at=AT.replace(tzinfo=None)))


def test_a_receipt_of_many_papers_counts_its_pages() -> None:
    pages = said(receipt(replace(RECEIPT, papers=RECEIPT.papers * 20)))
    assert [
        page.endswith(f"第{n}页，共{len(pages)}页") or f"第{n}页，共{len(pages)}页" in page
        for n, page in enumerate(pages, 1)
    ] == [True] * len(pages)
    assert len(pages) > 1


def test_a_receipt_without_papers_and_commitments_has_no_empty_tables() -> None:
    (text,) = said(receipt(replace(RECEIPT, papers=(), commitments=())))
    assert ("随同提交" in text, "申报单位的承诺" in text) == (False, False)


def test_the_letter_of_consent_names_everybody_and_everything() -> None:
    (text,) = said(consent(CONSENT))
    people = [w for one in (CONSENT.head, *CONSENT.officers) for w in (one.name, one.unit, one.post)]
    assert missing(
        text,
        *(CONSENT.number, CONSENT.province_association, f"{OFFICE}：", SOCIETY, CORPS, "长沙市、衡阳市。", *people),
        *("（一）硬碳负极首次效率提升", "（二）储能电站热失控预警", "（盖章）", "2024年5月16日", "TJ5M-2K8P"),
    ) == []  # fmt: skip


def test_one_problem_is_not_numbered_and_telephones_have_a_column_where_there_are_any() -> None:
    (text,) = said(consent(replace(CONSENT, problems=("硬碳负极首次效率提升",))))
    assert ("硬碳负极首次效率提升。" in text, "（一）" in text, "联系电话" in text) == (True, False, False)
    (text,) = said(consent(replace(CONSENT, head=replace(CONSENT.head, phone="0731-80000000"))))
    assert ("联系电话" in text, "0731-80000000" in text) == (True, True)


def test_without_a_city_of_the_province_the_letter_has_no_empty_section() -> None:
    (text,) = said(consent(replace(CONSENT, cities=())))
    assert ("重点服务的城市" in text, "二、工作联络组" in text, "三、" in text) == (False, True, False)


@pytest.mark.parametrize("paper", ["a4", "a5"])
def test_the_label_fits_on_one_landscape_page_whatever_the_names(paper: str) -> None:
    for project in (CORPS, "“科创中国”" + "新一代信息技术与高端装备" * 5 + "科技服务团"):
        data = bag_label(replace(LABEL, project=project, paper=paper))  # type: ignore[arg-type]
        (text,) = said(data)
        assert (
            missing(text, project, SOCIETY, CALL, "原件 2 份", "复印件 7 份", "KT7Q-3M9X", "HZ2024-000137", "项目组 收")
            == []
        )
        with pypdfium2.PdfDocument(data) as document:
            wide, high = document[0].get_size()
        assert (round(wide), round(high)) == ((842, 595) if paper == "a4" else (595, 420))


def test_the_list_of_what_is_missing_tells_must_from_may() -> None:
    (text,) = said(returned_list(RETURNED))
    assert missing(
        text,
        *("还有 1 处需要补正、1 处请再看一看", "2024年5月24日以前", "附件里没有签字盖章扫描件。", "收到的：项目申报书"),
        *("应为：签字盖章扫描件", "请补上扫描件。", "通知 四.2", "2024年5月20日14:03:21（北京时间）", "2024年5月21日"),
    ) == []  # fmt: skip
    assert (
        text.index("需要补正的") < text.index("附件里没有") < text.index("请再看一看的") < text.index("邮件主题和通知")
    )


@pytest.mark.parametrize(
    "data",
    [
        receipt(replace(RECEIPT, project=HOSTILE, society=HOSTILE)),
        consent(replace(CONSENT, problems=(HOSTILE, HOSTILE), cities=(HOSTILE,))),
        bag_label(replace(LABEL, society=HOSTILE)),
        returned_list(replace(RETURNED, subject=HOSTILE, attachments=(HOSTILE,))),
    ],
    ids=["receipt", "consent", "bag_label", "returned_list"],
)
def test_what_people_write_is_printed_and_never_run(data: bytes) -> None:
    assert bare(HOSTILE) in "".join(said(data))
    assert (b"pdfaid:part>2<" in data, b"pdfaid:conformance>A<" in data, b"/StructTreeRoot" in data) == (
        True,
        True,
        True,
    )


def test_equal_values_give_equal_bytes_and_signs_of_no_font_do_not_stop_a_letter() -> None:
    assert receipt(RECEIPT) == receipt(RECEIPT)
    (text,) = said(receipt(replace(RECEIPT, project="\U0001f600储能\u202e")))
    assert "［U+1F600］储能" in text
