"""A mail against the call: the subject line is read kindly, the day strictly."""

from __future__ import annotations

import datetime

import pytest
from tests.rules import builder

from ketuan.rules.call import call_of
from ketuan.rules.mail import FORM, OTHER, SUBJECT, Mail, Subject, code_of, judge, subject_of

CALL = call_of("2024")
NAME = "中国澄澜技术学会"
IN_TIME = datetime.datetime(2024, 5, 24, 15, 59, 59, tzinfo=datetime.UTC)
ALL = frozenset(CALL.submission.papers.value)
RIGHT = f"2024年“科创中国”科技服务团项目—{NAME}"


def codes(mail: Mail) -> list[tuple[str, str]]:
    return [(one.rule, one.weight) for one in judge(mail, CALL)]


@pytest.mark.parametrize(
    "subject",
    [
        RIGHT,
        f'2024年"科创中国"科技服务团项目-{NAME}',
        f"２０２４年“科创中国”科技服务团项目－{NAME}",
        f" 2024 年 “科创中国” 科技服务团项目 —— {NAME} ",
        f"2024年科创中国科技服务团项目 {NAME}",
        f"转发：Re: {RIGHT}",
        f"2024年「科创中国」科技服务团项目～{NAME}",
    ],
)
def test_widths_dashes_marks_and_spaces_do_not_matter(subject: str) -> None:
    assert subject_of(subject, CALL) == Subject(NAME, True)
    assert codes(Mail(subject, IN_TIME, ALL)) == []


@pytest.mark.parametrize(
    ("subject", "found"),
    [
        (f"申报材料-{NAME}", Subject(NAME, False)),
        ("2023年“科创中国”科技服务团项目—申报材料", Subject("", False)),
        ("2024年“科创中国”科技服务团项目—", Subject("", False)),
        ("", Subject("", False)),
    ],
)
def test_another_subject_is_a_warning_that_tells_how_to_write_it(subject: str, found: Subject) -> None:
    assert subject_of(subject, CALL) == found
    (one,) = judge(Mail(subject, IN_TIME, ALL), CALL)
    assert (one.rule, one.weight, one.clause) == (SUBJECT, "warn", "通知 四.2")
    assert one.wanted == f"2024年“科创中国”科技服务团项目—{found.society or '申报单位名称'}"


def test_a_call_may_ask_for_words_behind_the_name() -> None:
    call = builder.call_with({"submission.mail_subject": "【{society}】材料"})
    assert subject_of(f"【{NAME}】 材料", call) == Subject(f"{NAME}", True)


def test_the_last_second_of_the_day_in_beijing_decides() -> None:
    assert codes(Mail(RIGHT, IN_TIME, ALL)) == []
    late = IN_TIME + datetime.timedelta(seconds=1)
    (one,) = judge(Mail(RIGHT, late, ALL), CALL)
    assert (one.rule, one.weight, one.found, one.wanted) == (
        "submission.deadline",
        "block",
        "2024-05-25T00:00:00+08:00",
        "2024-05-24",
    )
    assert one.message == "邮件在2024年5月25日 00:00:00 收到，晚于申报截止日2024年5月24日，逾期不再受理。"


def test_a_mail_that_no_server_has_dated_is_pending_and_a_naive_time_is_a_mistake() -> None:
    assert codes(Mail(RIGHT, None, ALL)) == [("submission.deadline", "pending")]
    with pytest.raises(ValueError, match="时区"):
        judge(Mail(RIGHT, IN_TIME.replace(tzinfo=None), ALL), CALL)


def test_every_paper_that_the_call_asks_for_is_missed_under_its_own_rule() -> None:
    assert [(one.rule, one.path, one.clause) for one in judge(Mail(RIGHT, IN_TIME, frozenset()), CALL)] == [
        (FORM, "papers.0", "通知 四.2"),
        ("attachment.recommendation", "papers.1", "通知 三.1"),
        ("attachment.problems", "papers.2", "附件3 十"),
        ("attachment.signed_scan", "papers.3", "通知 四.2"),
    ]
    assert code_of("经费说明") == OTHER


def test_what_blocks_comes_first() -> None:
    weights = [weight for _, weight in codes(Mail("x", None, frozenset()))]
    assert weights == ["block"] * 4 + ["warn", "pending"]
