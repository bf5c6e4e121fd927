"""The bodies of the programme: the office, invented societies, real associations, screeners and supervising bodies."""

from __future__ import annotations

from stdnum.cn.uscc import calc_check_digit

from ketuan.forms.regions import divisions
from ketuan.programme.demo.people import People, as_contact
from ketuan.programme.demo.tables import cities, rows, themes, toml
from ketuan.programme.demo.values import Organisation
from ketuan.programme.registries import provincial_associations

OFFICE = "office"
_OUTSIDE = {
    "screener": (("启正科技评估有限公司", "启正评估"), ("明衡项目咨询有限公司", "明衡咨询")),
    "supervisor": (("知行远科技项目监理有限公司", "知行远监理"), ("正衡达科技项目监理有限公司", "正衡达监理")),
}


def invented_uscc(front: str, number: int) -> str:
    """A well-formed code (GB 32100) with DEM0 in it; ``front`` is 登记管理部门、机构类别 and the division."""
    body = f"{front}DEM0{number:05d}"
    return body + calc_check_digit(body)


def office(people: People) -> Organisation:
    domain = "kxjscxb"
    head = people.joins(OFFICE, "项目处处长", domain, "", "programme_officer")
    contact = people.joins(OFFICE, "项目主管", domain, "", "programme_officer")
    people.joins(OFFICE, "系统管理员", domain, "", "administrator")
    people.joins(OFFICE, "安全保密员", domain, "", "security_officer")
    people.joins(OFFICE, "安全审计员", domain, "", "auditor")
    return Organisation(
        OFFICE, "office", "中国科协科学技术创新部", "创新部", "", "", "", "", as_contact(head), as_contact(contact)
    )


def societies(people: People) -> tuple[Organisation, ...]:
    """The invented national societies; key “society-01” is the first row of the table."""
    rng = people.rng
    made = []
    for number, row in enumerate(rows("societies"), 1):
        key = f"society-{number:02d}"
        head = people.contact("理事长", row["domain"], "")
        contact = people.joins(key, "学会部主任", row["domain"], "", "society_editor")
        people.joins(key, "副秘书长", row["domain"], "", "society_checker")
        if number % 3 == 0:
            people.joins(key, "项目专员", row["domain"], "", "society_editor")
        facts = {
            "founded": row["founded"],
            "field": row["field"],
            "u": rng.randint(60, 420),
            "N": rng.randrange(900, 9000, 10),
            "n": rng.randint(18, 96),
            "k": rng.randint(4, 14),
        }
        sentences = toml("prose")["introduction"]
        supplier = ("registered", "registered", "must_renew", "registered", "not_registered", "registered")[number % 6]
        made.append(
            Organisation(
                key,
                "society",
                row["name"],
                row["short"],
                invented_uscc("51100000", number),
                "110000",
                f"{row['place']}{row['street']}，{row['postcode']}",
                OFFICE,
                head,
                as_contact(contact),
                sentences[number % len(sentences)].format_map(facts),
                supplier,
            )
        )
    return tuple(made)


def associations(people: People) -> tuple[Organisation, ...]:
    """Provincial associations of the provinces in the tables, and municipal ones of the cities that have a park."""
    codes = sorted({theme["city"][:2] + "0000" for theme in themes()})
    real = {row.division: row for row in provincial_associations()}
    made = []
    for code in codes:
        row, key, domain = real[code], f"province-{code[:2]}", f"kx{code}"
        capital = next(city for city in cities() if city[:2] == code[:2])
        head = people.contact("副主席", domain, capital)
        officer = people.joins(key, "学会部部长", domain, capital, "provincial_officer")
        people.joins(key, "学会部主任科员", domain, capital, "provincial_officer")
        made.append(
            Organisation(key, "province", row.name, row.short_name, "", code, "", OFFICE, head, as_contact(officer))
        )
    for code, city in cities().items():
        if not city["park"]:
            continue
        name, key, domain = divisions()[code].name, f"city-{code}", f"kx{code}"
        head = people.contact("副主席", domain, code)
        officer = people.joins(key, "学会部部长", domain, code, "municipal_officer")
        made.append(
            Organisation(
                key,
                "municipality",
                f"{name}科学技术协会",
                f"{name}科协",
                "",
                code,
                "",
                f"province-{code[:2]}",
                head,
                as_contact(officer),
            )
        )
    return tuple(made)


def outside(people: People) -> tuple[Organisation, ...]:
    """Third-party screeners and supervising bodies."""
    made: list[Organisation] = []
    for kind, names in _OUTSIDE.items():
        for number, (name, short) in enumerate(names, 1):
            key, domain = f"{kind}-{number}", f"{kind}{number}"
            head = people.contact("总经理", domain, "")
            one = people.joins(key, "项目经理", domain, "", kind)
            people.joins(key, "高级专员", domain, "", kind)
            code = invented_uscc("91110108", len(made) + 900)
            address = f"北京市海淀区评鉴路{number * 7}号，100080"
            made.append(Organisation(key, kind, name, short, code, "110108", address, OFFICE, head, as_contact(one)))
    return tuple(made)
