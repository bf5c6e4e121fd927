"""The applicant's particulars (附件3 一)."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from ketuan.rules.catalogue import rule
from ketuan.rules.checks.case import Case, shortened
from ketuan.rules.findings import Say

# GB 32100-2015: digits and capitals without I, O, S, V, Z; positions 3 to 8 are a GB/T 2260 code
_USCC = re.compile(r"[0-9A-HJ-NPQRTUWXY]{2}\d{6}[0-9A-HJ-NPQRTUWXY]{10}")


def uscc_fault(written: str) -> str | None:
    """What is wrong with a unified social credit code, None if nothing."""
    code = uscc_folded(written)
    if len(code) != 18:
        return f"有 {len(code)} 位，应是 18 位"
    if not _USCC.fullmatch(code):
        return "有不该出现的字（字母不用 I、O、S、V、Z，第 3 至 8 位是数字）"
    from stdnum.cn.uscc import calc_check_digit  # costs as much as all other rules together; seldom asked for twice

    return None if calc_check_digit(code[:17]) == code[17] else "校验码对不上，至少有一位写错了"


def uscc_folded(written: str) -> str:
    """The code without gaps and dashes, half width, capitals."""
    return re.sub(r"[\s\u2010-\u2015-]+", "", unicodedata.normalize("NFKC", written)).upper()


@rule("society.uscc")
def uscc(case: Case) -> Iterator[Say]:
    """附件3 一: 统一社会信用代码 (GB 32100)."""
    written = case.form.society.uscc
    fault = uscc_fault(written) if written else None
    if fault:
        yield Say(
            "society.uscc",
            f"统一社会信用代码“{shortened(written)}”{fault}。",
            found=written,
            wanted="18 位，符合 GB 32100",
            fix="请对照社会团体法人登记证书逐位核对。",
        )
