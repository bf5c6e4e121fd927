"""Asking for a role, approval by the body above, the separation of the three officers, ending and leaving."""

import pytest
from stdnum.cn import uscc
from tests.world import World, body, person

from ketuan.programme import enrolling
from ketuan.programme.enrolling import administrator, deciding
from ketuan.programme.errors import Invalid, NotFound, NotReady, Refused
from ketuan.programme.permits import may, seen
from ketuan.programme.who import ANYBODY, PLATFORM, who_is
from ketuan.records.models import Entry, Letter, Organisation, Role, User

CODE = "91340100" + "MA2TETX08"
GOOD = CODE + uscc.calc_check_digit(CODE)


def asked(world: World, where: str, kind: str, by: str = "nobody") -> Role:
    return enrolling.ask(world.bodies[where], [kind], who=world.who(by))[0]


def deciders(world: World, role: Role) -> set[str]:
    return {name for name in world.people if may("enrolling.approve", world.who(name), role)}


@pytest.mark.parametrize(
    ("where", "kind", "who"),
    [
        ("society", "editor", {"officer", "checker"}),
        ("society", "checker", {"officer", "checker"}),
        ("province", "provincial", {"officer"}),
        ("city", "municipal", {"officer"}),
        ("screeners", "screener", {"officer"}),
        ("supervisors", "supervisor", {"officer"}),
        ("enterprise", "owner", {"municipal"}),
    ],
)
def test_a_role_is_approved_by_the_body_above_and_nobody_else(
    world: World, where: str, kind: str, who: set[str]
) -> None:
    assert deciders(world, asked(world, where, kind)) == who


def test_without_a_city_the_province_approves_an_enterprise(world: World) -> None:
    role = asked(world, "enterprise", "owner")
    Role.objects.filter(user=world.people["municipal"]).update(state="ended")
    assert deciders(world, role) == {"provincial"}
    Role.objects.filter(user=world.people["provincial"]).update(state="ended")
    assert deciders(world, role) == {"officer"}


def test_a_park_approves_the_enterprises_in_it(world: World) -> None:
    park = body("park", "合肥云谷产业园", division="340100", parent=world.bodies["city"])
    keeper = person("丁园", "park@example.invalid", ("owner", park))
    enterprise = enrolling.propose(
        "enterprise", "合肥云谷传感公司", who=world.who("nobody"), uscc=GOOD, division="340100", park=park
    )
    role = enrolling.ask(enterprise, ["owner"], who=world.who("nobody"))[0]
    assert enterprise.parent == park
    assert may("enrolling.approve_body", who_is(keeper), enterprise)
    assert deciders(world, role) == set()


def test_an_approved_person_may_act_and_is_told(world: World) -> None:
    role = asked(world, "society", "editor")
    assert "editor" not in world.who("nobody").roles()
    enrolling.approve(role, who=world.who("checker"))
    assert "editor" in world.who("nobody").roles()
    told = Letter.objects.get(kind="role_approved", channel="in_app")
    assert (told.user, told.subject) == (
        world.people["nobody"],
        "您可以作为中国云上测绘装备学会的学会经办人办理业务了",
    )
    assert list(Entry.objects.values_list("verb", flat=True).order_by("seq")) == ["enrolling.ask", "enrolling.approve"]


def test_those_who_approve_are_told_only_after_the_mail_is_confirmed(world: World) -> None:
    new = person("新来者", "new@example.invalid")
    new.emailaddress_set.update(verified=False)
    enrolling.ask(world.bodies["society"], ["editor"], who=who_is(new))
    assert Letter.objects.filter(kind="role_asked").count() == 0
    assert list(deciding.asked_roles(who=world.who("officer"))) == []
    new.emailaddress_set.update(verified=True)
    enrolling.confirm(new)
    told = set(Letter.objects.filter(kind="role_asked", channel="in_app").values_list("user__email", flat=True))
    assert told == {"officer@example.invalid", "checker@example.invalid"}
    assert [r.user for r in deciding.asked_roles(who=world.who("officer"))] == [new]


def test_a_refusal_needs_a_reason_and_may_be_asked_again(world: World) -> None:
    role = asked(world, "society", "editor")
    with pytest.raises(Invalid):
        enrolling.refuse(role, " ", who=world.who("officer"))
    enrolling.refuse(role, "请由学会出具证明", who=world.who("officer"))
    role.refresh_from_db()
    assert (role.state, role.reason) == ("refused", "请由学会出具证明")
    assert asked(world, "society", "editor").pk == role.pk
    role.refresh_from_db()
    assert (role.state, role.reason) == ("asked", "")


def test_nobody_approves_the_own_role(world: World) -> None:
    role = asked(world, "society", "editor", by="checker")
    with pytest.raises(Refused, match="自己"):
        enrolling.approve(role, who=world.who("checker"))


def test_nobody_approves_a_body_of_the_own_founding(world: World) -> None:
    who = world.who("municipal")
    made = enrolling.propose("enterprise", "合肥自批公司", who=who, uscc=GOOD, division="340100")
    enrolling.ask(made, ["owner"], who=who)
    with pytest.raises(Refused, match="自己登记"):
        enrolling.approve_body(made, who=who)


def test_maker_and_checker_in_one_person_is_allowed_with_a_warning(world: World) -> None:
    role = asked(world, "society", "editor", by="checker")
    assert "两个人" in enrolling.approve(role, who=world.who("officer"))


@pytest.mark.parametrize("kind", ["officer", "administrator", "auditor", "reviewer", "chair"])
def test_roles_of_the_office_are_given_by_invitation_only(world: World, kind: str) -> None:
    with pytest.raises(Refused, match="不能自行申请"):
        asked(world, "office", kind)


def test_a_role_another_kind_of_body_has_is_invalid(world: World) -> None:
    with pytest.raises(Invalid):
        asked(world, "society", "provincial")


def test_the_public_asks_for_nothing(world: World) -> None:
    with pytest.raises(Refused):
        enrolling.ask(world.bodies["society"], ["editor"], who=ANYBODY)


@pytest.mark.parametrize(
    ("held", "wanted"),
    [
        (a, b)
        for a in ("administrator", "officer", "auditor")
        for b in ("administrator", "officer", "auditor")
        if a != b
    ],
)
def test_the_three_officers_are_three_people(world: World, held: str, wanted: str) -> None:
    inviter = "administrator" if held != "administrator" else "other_admin"
    if inviter == "other_admin":
        world.people["other_admin"] = person(
            "另一管理员", "adm2@example.invalid", ("administrator", world.bodies["office"])
        )
    with pytest.raises(Refused, match="三员分立"):
        enrolling.invite(world.bodies["office"], wanted, who=world.who(inviter), email=f"{held}@example.invalid")
    made = enrolling.invite(world.bodies["office"], wanted, who=world.who(inviter))
    with pytest.raises(Refused, match="三员分立"):
        enrolling.accept_invitation(made.token, who=world.who(held))
    assert wanted not in world.who(held).roles()


def test_a_new_body_waits_and_is_approved_with_its_founder(world: World) -> None:
    who = world.who("nobody")
    made = enrolling.propose("enterprise", "合肥新芽电子公司", who=who, uscc=GOOD.lower(), division="340100")
    role = enrolling.ask(made, ["owner"], who=who)[0]
    assert (made.state, made.uscc, made.parent) == ("asked", GOOD, world.bodies["city"])
    with pytest.raises(NotReady, match="先批准单位"):
        enrolling.approve(role, who=world.who("municipal"))
    for stranger in ("officer", "provincial", "far_provincial", "checker", "owner", "nobody", "administrator"):
        with pytest.raises(Refused):
            enrolling.approve_body(made, who=world.who(stranger))
    assert [b.pk for b in enrolling.asked_bodies(who=world.who("municipal"))] == [made.pk]
    enrolling.approve_body(made, who=world.who("municipal"))
    role.refresh_from_db()
    assert role.state == "active"
    with pytest.raises(NotReady):
        enrolling.approve_body(made, who=world.who("municipal"))


def test_a_refused_body_refuses_its_people_with_the_reason(world: World) -> None:
    who = world.who("nobody")
    made = enrolling.propose("enterprise", "合肥无名公司", who=who, uscc=GOOD, division="340100")
    role = enrolling.ask(made, ["owner"], who=who)[0]
    enrolling.refuse_body(made, "查无此企业", who=world.who("municipal"))
    role.refresh_from_db()
    assert (role.state, role.reason) == ("refused", "查无此企业")
    assert Letter.objects.get(kind="body_refused", channel="in_app").user == world.people["nobody"]


@pytest.mark.parametrize(
    ("code", "says"),
    [
        ("", "请填写统一社会信用代码，共 18 位。"),
        ("9134", "统一社会信用代码应为 18 位，现为 4 位。请对照营业执照或法人证书核对。"),
        (
            GOOD[:-1] + ("1" if GOOD[-1] != "1" else "2"),
            "统一社会信用代码的校验位不对，可能有一位写错。请对照证书逐位核对。",
        ),
    ],
)
def test_a_wrong_code_is_said_in_words(world: World, code: str, says: str) -> None:
    with pytest.raises(Invalid) as wrong:
        enrolling.propose("enterprise", "合肥某某公司", who=world.who("nobody"), uscc=code, division="340100")
    assert wrong.value.errors == {"uscc": says}


def test_a_name_that_stands_in_the_registry_is_not_made_twice(world: World) -> None:
    with pytest.raises(Invalid, match="名录中已有"):
        enrolling.propose("enterprise", "合肥青穹 仪器有限公司", who=world.who("nobody"), uscc=GOOD, division="340100")
    with pytest.raises(Invalid, match="项目办维护"):
        enrolling.propose("society", "中国自称学会", who=world.who("nobody"))


def test_ending_a_role(world: World) -> None:
    role = Role.objects.get(user=world.people["editor"])
    for stranger in ("other_checker", "provincial", "editor", "auditor", "administrator"):
        with pytest.raises(Refused):
            enrolling.end_role(role, "x", who=world.who(stranger))
    enrolling.end_role(role, "岗位调整", who=world.who("checker"))
    assert world.who("editor").roles() == {"person", "public"}
    assert Letter.objects.filter(kind="role_ended").count() == 2


def test_the_officer_ends_no_administrator_and_the_last_one_stays(world: World) -> None:
    role = Role.objects.get(user=world.people["administrator"])
    with pytest.raises(Refused):
        enrolling.end_role(role, "x", who=world.who("officer"))
    with pytest.raises(Refused, match="最后一位"):
        enrolling.end_role(role, "x", who=world.who("administrator"))


def test_leaving_ends_the_own_roles_there_only(world: World) -> None:
    assert enrolling.leave(world.bodies["society"].pk, who=world.who("editor")) == 1
    assert world.who("editor").roles() == {"person", "public"}
    assert "checker" in world.who("checker").roles()
    with pytest.raises(NotFound):
        enrolling.leave(world.bodies["society"].pk, who=world.who("nobody"))


def test_who_sees_whose_roles(world: World) -> None:
    def sees(name: str) -> set[str]:
        rows = Role.objects.filter(seen("role", world.who(name)))
        return {r.user.email.removesuffix("@example.invalid") for r in rows}

    assert sees("nobody") == set()
    assert sees("editor") == sees("checker") == {"editor", "checker"}
    assert sees("municipal") == {"municipal", "owner"}
    assert sees("provincial") == {"provincial", "municipal", "owner"}
    assert sees("far_provincial") == {"far_provincial"}
    assert sees("auditor") == {"auditor"}
    assert len(sees("officer")) == Role.objects.count()


def test_a_waiting_body_is_seen_by_its_founder_and_by_who_decides(world: World) -> None:
    who = world.who("nobody")
    made = enrolling.propose("enterprise", "合肥待批公司", who=who, uscc=GOOD, division="340100")
    enrolling.ask(made, ["owner"], who=who)
    seeing = {n for n in world.people if Organisation.objects.filter(seen("organisation", world.who(n)), pk=made.pk)}
    assert seeing == {"nobody", "municipal", "provincial", "officer", "administrator"}
    with pytest.raises(NotFound):
        enrolling.find(made.pk, who=world.who("editor"))
    with pytest.raises(NotFound):
        enrolling.find(world.bodies["society"].pk, who=ANYBODY)


def test_own_people_edit_contact_data_and_the_office_the_name(world: World) -> None:
    society = world.bodies["society"]
    enrolling.edit_body(society, {"address": "北京市海淀区学院南路86号"}, who=world.who("editor"))
    with pytest.raises(Invalid):
        enrolling.edit_body(society, {"name": "另一个名字学会"}, who=world.who("editor"))
    for stranger in ("other_editor", "provincial", "nobody", "auditor"):
        with pytest.raises(Refused):
            enrolling.edit_body(society, {"address": "x"}, who=world.who(stranger))
    renamed = enrolling.edit_body(society, {"name": "中国云上测绘学会"}, who=world.who("officer"))
    assert (renamed.name, renamed.name_key) == ("中国云上测绘学会", "中国云上测绘学会")
    assert [e.verb for e in enrolling.history_of(society)] == ["enrolling.edit_body", "enrolling.edit_body"]


def test_the_registries_are_loaded_again_and_again_without_harm(db: None) -> None:
    first = enrolling.load_registries(who=PLATFORM)
    assert (first.renamed, first.left) == (0, ())
    assert Organisation.objects.filter(kind="province").count() == 32
    assert Organisation.objects.filter(kind="office").count() == 1
    count = Organisation.objects.count()
    assert first.added == count - 1
    body = Organisation.objects.get(code="A-01")
    Organisation.objects.filter(pk=body.pk).update(name="旧名字学会", name_key="旧名字学会")
    again = enrolling.load_registries(who=PLATFORM)
    body.refresh_from_db()
    assert (again.added, again.renamed, body.name, Organisation.objects.count()) == (0, 1, "中国数学会", count)
    assert str(enrolling.load_registries(who=PLATFORM)) == "名录已载入：新增 0 个单位，改名 0 个。"


def test_a_stranger_loads_no_registry(world: World) -> None:
    for stranger in ("editor", "provincial", "auditor", "nobody"):
        with pytest.raises(Refused):
            enrolling.load_registries(who=world.who(stranger))


def test_the_operator_makes_the_first_administrator(db: None) -> None:
    made = administrator.make_administrator("Admin@Example.invalid ", "管维安", "long enough 2024")
    assert who_is(made).roles() == {"administrator", "person", "public"}
    assert made.check_password("long enough 2024")
    assert administrator.make_administrator("admin@example.invalid", "别名", "x") == made
    with pytest.raises(Invalid) as wrong:
        administrator.make_administrator("b@example.invalid", "乙", "short")
    assert list(wrong.value.errors) == ["password"]
    assert User.objects.count() == 1


def test_nobody_on_the_platform_makes_an_administrator(world: World) -> None:
    for name in world.people:
        with pytest.raises(Refused):
            administrator.make_administrator("x@example.invalid", "甲", "long enough 2024", who=world.who(name))
