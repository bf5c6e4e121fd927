"""What a character, a passage and a stock word are: the same for every question about copied text."""

from __future__ import annotations

import unicodedata

SPAN = 6
"""Shortest passage, in folded characters, that is shown by itself or recognised as known."""
STOCK = (
    *("科创中国", "科技服务团", "服务团", "产业链", "全国学会", "科技工作者"),
    *("学会服务站", "服务站", "蹲点服务", "蹲点", "累计不少于"),
    *("技术交流对接", "供需对接", "产业规划咨询", "企业技术诊断", "产业技术诊断", "技术诊断", "难题联合攻关"),
    *("联合技术攻关", "联合攻关", "成果转化推广", "成果转化", "团体标准研制", "团体标准", "项目签约落地"),
    *("研发指南", "智库报告", "解决方案", "满意度评价报告", "满意度评价", "典型案例", "总结报告"),
    *("关键技术", "共性技术", "技术研究", "研究与应用", "研究", "应用", "技术", "产业", "问题", "难题"),
)
"""Words that the programme itself puts into every application, and those that every title has."""


class _Folds(dict[int, str]):
    """Code point → what is left of it: NFKD, no case, letters and digits only."""

    def __missing__(self, code: int) -> str:
        spread = unicodedata.normalize("NFKD", chr(code)).casefold()
        folded = "".join(c for c in unicodedata.normalize("NFKD", spread) if c.isalnum())
        if len(self) < 70_000:
            self[code] = folded
        return folded


_FOLDS = _Folds()


def normalise(text: str) -> str:
    """The letters and digits of `text`, full width and case folded, character by character; nothing else is left.

    Character by character means: `normalise(a + b) == normalise(a) + normalise(b)`.
    """
    return text.translate(_FOLDS)
