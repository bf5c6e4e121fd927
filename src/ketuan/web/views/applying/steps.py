"""The one obvious next step of an application: one table, the first line that holds."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from django.urls import reverse

from ketuan.programme import applying
from ketuan.programme.permits import call_is_open, why_not
from ketuan.rules.findings import Finding
from ketuan.web.fields import anchor
from ketuan.web.views.applying.told import page_of


class Step(NamedTuple):
    label: str
    url: str
    why: str = ""


def next_step(application: Any, findings: Sequence[Finding], who: Any, shared: Sequence[Any] = ()) -> Step:
    """What this person does next with it; an empty address where there is nothing to do but wait or read.

    ``shared``: what it has in common with the society's other applications, where that was looked at.
    """
    code, state = application.code, application.state
    read = reverse("application_check", args=(code,))
    submit = page_of(application, "submit")
    if state == "withdrawn":
        return Step("查看内容", read, "申报书已撤回，只能查看。")
    if state == "submitted":
        more = "申报已经截止，内容不能再改。" if call_is_open(application) else "截止前还可以重新修改。"
        return Step("查看已提交的内容", read, f"收到回执才算提交。{more}")
    if state == "checking":
        label = "审核并提交" if "checker" in who.roles() else "查看送审的内容"
        return Step(label, submit or read, "申报书在学会审核人手里。")
    if why := why_not("applying.save", who, application):
        return Step("查看申报书", read, why)
    blocking = [f for f in findings if f.weight == "block"]
    paper = applying.paper_of(application)
    slugs = {n.name: (slug, heading) for slug, (heading, nodes) in applying.slugs(paper).items() for n in nodes}
    wrong = next((f for f in blocking if f.rule != "form.complete" and f.path.partition(".")[0] in slugs), None)
    empty = next((f for f in blocking if f.path.partition(".")[0] in slugs), None)
    if application.revision == 0:
        return Step("从封面开始填写", reverse("application_part", args=(code, next(iter(applying.slugs(paper))))))
    if target := wrong or empty:
        slug, heading = slugs[target.path.partition(".")[0]]
        url = f"{reverse('application_part', args=(code, slug))}#{anchor(applying.keyed(application, target.path))}"
        return Step(f"{'修改' if wrong else '继续填写'}：{heading.partition('（')[0]}", url, target.message)
    if blocking:
        return Step("完善团员名单", page_of(application, "corps") or read, blocking[0].message)
    if double := next((one for one in shared if one.weight == "block"), None):
        return Step("核对重复的内容", page_of(application, "cross") or read, double.message)
    return Step("核对并送审", submit or read, "这一份必须修改的都改好了。请通读一遍，再送审核人。")
