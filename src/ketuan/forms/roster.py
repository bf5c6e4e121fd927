"""Corps roster: everybody of a corps with what the composition rules need (附件1 1); longer than the printed table."""

from __future__ import annotations

from dataclasses import dataclass

from pydantic import BaseModel, ConfigDict

from ketuan.forms.fields import Day, Kind, Text, day, text
from ketuan.forms.identity import folded


class RosterEntry(BaseModel):
    """One person of one corps; ``corps`` is the project name, or enough of it to know which."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    corps: Text = text("服务团名称", also=("项目名称", "所属服务团", "服务团"), width=30, required=False)
    name: Text = text("姓名", width=12)
    born: Day = day("出生日期", also=("出生年月", "生日", "出生年月日"), width=14)
    unit: Text = text("工作单位", also=("单位", "工作单位名称", "所在单位"), width=28)
    post: Text = text("职务/职称", also=("职称", "职务", "职称/职务", "专业技术职称"), width=18, required=False)
    young_elite: Text = text(
        "青年人才托举工程届次",
        also=("青托届次", "托举工程届次", "青年人才托举工程", "青托"),
        hint="未入选的留空；入选的写届次，如：第七届",
        width=24,
        required=False,
    )
    role: Text = text("团内身份", also=("身份", "角色"), hint="团长、首席专家、团员", width=12, required=False)
    field: Text = text("专业领域", also=("研究领域", "研究方向", "专业"), width=20, required=False)
    phone: Text = text("手机", kind=Kind.MOBILE, also=("联系电话", "电话", "联系方式"), width=16, required=False)


@dataclass(frozen=True, slots=True)
class Roster:
    """Rows of one file, in order, with the line numbers at which they stand (from 1)."""

    source: str
    entries: tuple[RosterEntry, ...]
    lines: tuple[int, ...] = ()

    def of(self, title: str, *, alone: bool = False) -> tuple[RosterEntry, ...]:
        """The people of the corps called ``title``.

        A row belongs to it where its corps name, without quotation marks and the fixed words around it, equals that of
        the title. Rows without a corps name count only where the roster serves one form ``alone``.
        """
        wanted = corps_key(title)
        return tuple(e for e in self.entries if (corps_key(e.corps) == wanted if e.corps else alone))


def corps_key(title: str) -> str:
    """The field in a project name: “科创中国”人工智能科技服务团 → 人工智能."""
    key = folded(title)
    for mark in "“”\"'‘’「」《》":
        key = key.replace(mark, "")
    return key.removeprefix("科创中国").removesuffix("项目").removesuffix("科技服务团")
