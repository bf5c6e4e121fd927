"""Loading the real societies and provincial associations; again and again without harm."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import transaction

from ketuan.forms.identity import folded
from ketuan.programme import registries
from ketuan.programme.log import record
from ketuan.programme.permits import permit
from ketuan.programme.who import Who
from ketuan.records import clock
from ketuan.records.models import Organisation

OFFICE = "中国科学技术协会科学技术创新部"


@dataclass(frozen=True, slots=True)
class Loaded:
    """What a run changed."""

    added: int = 0
    renamed: int = 0
    left: tuple[str, ...] = ()
    """Rows not taken over because another body bears the name; nothing was changed for them."""

    def __str__(self) -> str:
        says = f"名录已载入：新增 {self.added} 个单位，改名 {self.renamed} 个。"
        return says + (f"有 {len(self.left)} 个因重名未载入：{'、'.join(self.left)}。" if self.left else "")


def office() -> Organisation:
    """The programme office, made where there is none. Inside a transaction."""
    found = Organisation.objects.filter(kind=Organisation.Kind.OFFICE).order_by("pk").first()
    return found or Organisation.objects.create(
        kind=Organisation.Kind.OFFICE,
        name=OFFICE,
        short_name="项目办",
        name_key=folded(OFFICE),
        division="110000",
        created_at=clock.now(),
    )


def is_empty() -> bool:
    """Whether the registries have not been loaded yet."""
    return not Organisation.objects.filter(kind=Organisation.Kind.SOCIETY, invented=False).exists()


def load_registries(*, who: Who) -> Loaded:
    """Take over the registries shipped with the platform: adds, renames by code, never deletes."""
    holding = permit("enrolling.load_registries", who)
    rows = [("society", s.code, s.code, s.name, "", "") for s in registries.national_societies()]
    for a in registries.provincial_associations():
        known_by, division = (a.division, a.division) if a.division.isdigit() else (a.division, "")
        rows.append(("province", known_by, "" if division else known_by, a.name, a.short_name, division))
    with transaction.atomic():
        above = office()
        stored = list(Organisation.objects.filter(kind__in=("society", "province")))
        there = {(o.kind, o.code or o.division): o for o in stored if o.code or o.division}
        names = {(o.kind, o.name_key): o for o in stored}
        new: list[Organisation] = []
        renamed, left = 0, []
        for kind, known_by, code, name, short, division in rows:
            key = folded(name)
            bearer = names.get((kind, key))
            body = there.get((kind, known_by)) or (bearer if bearer is not None and not bearer.code else None)
            if bearer is not None and bearer is not body:
                left.append(name)
                continue
            if body is None:
                body = Organisation(
                    kind=kind, code=code, name=name, short_name=short, name_key=key, division=division,
                    parent=above, created_at=clock.now(),
                )  # fmt: skip
                new.append(body)
            elif (body.name, body.code) != (name, code):
                renamed += body.name != name
                names.pop((kind, body.name_key), None)
                body.name, body.name_key, body.code = name, key, code
                body.save(update_fields=["name", "name_key", "code"])
            names[kind, key] = there[kind, known_by] = body
        Organisation.objects.bulk_create(new)
        loaded = Loaded(len(new), renamed, tuple(left))
        if new or renamed:
            record(
                who, holding, "enrolling.load_registries", above, "载入全国学会和省级科协名录",
                data={"added": len(new), "renamed": renamed}, organisation=above,
            )  # fmt: skip
    return loaded
