"""Every verb asks the table, every line of the table is asked, and no door goes round it (promise P8).

The modules are read, not run: a new verb, door or address without a permit fails here, whatever its tests do.
"""

from __future__ import annotations

import ast
import functools
import re
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from django.urls import get_resolver
from tests.house.addresses import addresses, foreign

from ketuan.programme import permits

SRC = Path(__file__).resolve().parents[2] / "src" / "ketuan"
PROGRAMME = SRC / "programme"
DOORS = ("web", "api", "cli", "exchange")
NO_STAGE = ("demo", "registries", "permits", "who", "log", "errors", "moment", "numbers", "unique")
"""Modules of the programme without verbs; the demo year goes through the verbs of the others."""

_OWN = "only what belongs to the person themselves: filtered by who.user_id"
_INSIDE = "a step of the verbs that ask before it; adds the person to what is written"
_FOUND = "reads a thing its caller found through the table; the person decides how much of it is masked"
_HELD = "filtered by the roles the person holds (who.bodies, who.holdings)"
WITHOUT_PERMIT: dict[str, str] = {
    "applying.attachments.store_paper": _INSIDE,
    "applying.members.placed": _INSIDE,
    "applying.placing.stored": _INSIDE,
    "applying.saving.drop_blank_rows": _INSIDE,
    "applying.saving.store": _INSIDE,
    "applying.versions.freeze": _INSIDE,
    "applying.versions.keep": _INSIDE,
    "enrolling.acting.person_of": "the id of the person, for what verbs write",
    "applying.members.lines_of": _FOUND,
    "receipts.frozen_for": "the caller has found the submission; refuses whoever is not of its society",
    "receipts.is_own": _HELD,
    "applying.overview.societies_of": _HELD,
    "applying.overview.society_of": _HELD,
    "enrolling.deciding.asked_bodies": _HELD,
    "enrolling.deciding.asked_roles": _HELD,
    "enrolling.deciding.in_hand": _HELD,
    "enrolling.inviting.invitable": _HELD,
    "tasks.tasks_of": _HELD,
    "tasks.editor": _HELD,
    "tasks.checker": _HELD,
    "tasks.provincial": _HELD,
    "tasks.approvals": _HELD,
    "tasks.administrator": _HELD,
    "tasks.doors_of": _HELD,
    "calling.moving.stages": "moments of the published call, which everybody may know",
    "corresponding.inbox": _OWN,
    "corresponding.unread": _OWN,
    "corresponding.read": _OWN,
    "corresponding.read_all": _OWN,
    "corresponding.wishes": _OWN,
    "enrolling.experts.own_record": _OWN,
    "enrolling.finding.own_roles": _OWN,
    "enrolling.tokens.tokens_of": _OWN,
}
"""Functions that take ``who`` and ask neither a permit nor what is seen, with the reason in words."""

UNUSED: dict[str, str] = {}
"""Lines of the table that no verb asks yet, with the reason."""


@dataclass
class Function:
    """What a function of the programme does, as far as permits go."""

    name: str
    module: str
    takes_who: bool
    asks: set[str] = field(default_factory=set)
    """Names of DO in the function's text."""
    permits: bool = False
    looks: bool = False
    """Asks whether one may, without refusing."""
    sees: set[str] = field(default_factory=set)
    calls: set[tuple[str, str]] = field(default_factory=set)
    """(module or "", function) handed ``who``, or of the same module and private."""

    @property
    def stage(self) -> str:
        return self.module.split(".")[0]

    @property
    def full(self) -> str:
        return f"{self.module}.{self.name}"


@functools.cache
def modules() -> dict[str, ast.Module]:
    found = {}
    for path in sorted(PROGRAMME.rglob("*.py")):
        name = ".".join(path.relative_to(PROGRAMME).with_suffix("").parts).removesuffix(".__init__")
        if name.split(".")[0] not in NO_STAGE:
            found[name] = ast.parse(path.read_text(encoding="utf-8"))
    return found


def read() -> dict[str, Function]:
    functions = {}
    for module, tree in modules().items():
        imported = _imported(tree)
        for node in tree.body:
            if isinstance(node, ast.FunctionDef):
                one = _function(node, module, imported)
                functions[one.full] = one
    return functions


def _imported(tree: ast.Module) -> dict[str, str]:
    """Local name → ``module.name`` below ketuan.programme."""
    names = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("ketuan.programme"):
            inside = (node.module or "").removeprefix("ketuan.programme").removeprefix(".")
            for alias in node.names:
                names[alias.asname or alias.name] = f"{inside}.{alias.name}".removeprefix(".")
    return names


def _function(node: ast.FunctionDef, module: str, imported: dict[str, str]) -> Function:
    arguments = [a.arg for a in (*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs)]
    one = Function(node.name, module, "who" in arguments)
    for inner in ast.walk(node):
        if isinstance(inner, ast.Constant) and isinstance(inner.value, str) and inner.value in permits.DO:
            one.asks.add(inner.value)
        if isinstance(inner, ast.Call):
            _called(inner, one, imported)
    return one


def _called(call: ast.Call, one: Function, imported: dict[str, str]) -> None:
    name = ast.unparse(call.func)
    match name.removeprefix("permits."):
        case "permit":
            one.permits = True
        case "may" | "why_not":
            one.looks = True
    if name.removeprefix("permits.").lstrip("_") == "seen":
        kinds = {a.value for a in call.args if isinstance(a, ast.Constant)}
        one.sees |= kinds & permits.SEE.keys() or {"as the caller says"}
    handed = any(_is_who(a) for a in call.args) or any(k.arg == "who" or _is_who(k.value) for k in call.keywords)
    base, _, attribute = name.rpartition(".")
    if not base and name in imported and handed:
        one.calls.add(("", imported[name]))
    elif not base and (handed or name.startswith("_")):
        one.calls.add(("", f"{one.module}.{name}"))
    elif base in imported and handed:
        one.calls.add(("", f"{imported[base]}.{attribute}"))


def _is_who(node: ast.expr) -> bool:
    return isinstance(node, ast.Name) and node.id == "who"


FUNCTIONS = read()


def _resolved(full: str) -> Function | None:
    """The function behind a name, through what a package re-exports."""
    if full in FUNCTIONS:
        return FUNCTIONS[full]
    module, _, name = full.rpartition(".")
    inside = [f for f in FUNCTIONS.values() if f.name == name and f.module.startswith(f"{module}.")]
    return inside[0] if len(inside) == 1 else _exported(module, name)


def _exported(module: str, name: str) -> Function | None:
    tree = modules().get(module)
    target = _imported(tree).get(name) if tree else None
    return FUNCTIONS.get(target) if target else None


def reached(one: Function) -> list[Function]:
    """The function and those it hands the person on to."""
    found, waiting = {one.full: one}, [one]
    while waiting:
        for _, full in waiting.pop().calls:
            other = _resolved(full)
            if other is not None and other.full not in found:
                found[other.full] = other
                waiting.append(other)
    return list(found.values())


PUBLIC = [one for one in FUNCTIONS.values() if one.takes_who and not one.name.startswith("_")]


# ---- verbs and the table ---------------------------------------------------------------------------------------------


def test_every_function_for_a_person_asks_a_permit_or_what_is_seen() -> None:
    free = {one.full for one in PUBLIC if not any(other.permits or other.looks or other.sees for other in reached(one))}
    without = sorted(free - WITHOUT_PERMIT.keys())
    assert without == [], "call permit(…) or filter by seen(…), or give the reason in WITHOUT_PERMIT"
    assert sorted(WITHOUT_PERMIT.keys() - free) == [], "these ask by now, or are gone: take them out of WITHOUT_PERMIT"


def test_every_line_of_the_table_is_the_verb_of_its_name() -> None:
    """``submitting.submit`` is the function submit of the stage submitting, and asks the line by its own name."""
    wrong = {}
    for verb in permits.DO.keys() - UNUSED.keys():
        stage, _, name = verb.partition(".")
        verbs = [f for f in FUNCTIONS.values() if f.stage == stage and f.name == name and f.takes_who]
        own = [
            f for f in verbs if any(other.permits and (verb in other.asks or verb in f.asks) for other in reached(f))
        ]
        if not own:
            wrong[verb] = [f.full for f in verbs] or "no such function"
    assert wrong == {}


def test_every_permit_that_is_asked_stands_in_the_table() -> None:
    asked = {}
    for module, tree in modules().items():
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and ast.unparse(node.func).split(".")[-1] in ("permit", "why_not", "may"):
                verb = node.args[0]
                if isinstance(verb, ast.Constant):
                    asked.setdefault(verb.value, module)
    assert {verb: module for verb, module in asked.items() if verb not in permits.DO} == {}


def test_the_exceptions_carry_a_reason_and_exist() -> None:
    assert [name for name, why in {**WITHOUT_PERMIT, **UNUSED}.items() if len(why) < 12] == []
    assert sorted(UNUSED.keys() - permits.DO.keys()) == []


def test_every_kind_of_thing_is_looked_at_through_the_table() -> None:
    looked_at = {kind for one in FUNCTIONS.values() for kind in one.sees}
    assert looked_at - {"as the caller says"} == set(permits.SEE)


def test_every_act_is_written_down_under_a_name_of_the_table() -> None:
    """The verb of a journal entry is the one that was permitted."""
    wrong = []
    for module, tree in modules().items():
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and ast.unparse(node.func) == "record" and len(node.args) > 2:
                verb = node.args[2]
                if isinstance(verb, ast.Constant) and verb.value not in permits.DO:
                    wrong.append((module, node.lineno, verb.value))
    assert wrong == []


# ---- doors -----------------------------------------------------------------------------------------------------------


def sources() -> list[Path]:
    return [path for door in DOORS for path in sorted((SRC / door).rglob("*.py"))]


PUTS_AWAY: dict[str, str] = {}
"""``path: text`` of a door that changes a table after all, with the reason."""


def test_doors_touch_no_table() -> None:
    found = {}
    for path in sources():
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Attribute) and node.attr in (
                "objects",
                "save",
                "delete",
                "bulk_create",
                "set_password",
            ):
                text = ast.unparse(node)
                found[f"{path.relative_to(SRC)}: {text}"] = node.lineno
    programme = {"applying.save", "calling.save", "shelf.objects"}
    left = {where: line for where, line in found.items() if where.split(": ")[1] not in programme}
    assert {where: line for where, line in left.items() if where not in PUTS_AWAY} == {}
    assert sorted(PUTS_AWAY.keys() - left.keys()) == []


OPERATOR: dict[str, str] = {"cli/worker.py": "starts the journal's worker, and does nothing itself"}
"""Modules of the operator's door that read tables directly, with the reason."""


def test_doors_know_neither_tables_nor_journal() -> None:
    found = {}
    for path in sources():
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            names += [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            if any(name.startswith(("ketuan.records", "ketuan.journal")) for name in names):
                found[str(path.relative_to(SRC))] = names
    assert {path: names for path, names in found.items() if path not in OPERATOR} == {}
    assert sorted(OPERATOR.keys() - found.keys()) == []


LIBRARY = {
    "login", "logout", "inactive", "signup", "reauthenticate", "email", "confirm-email", "password", "2fa", "3rdparty",
    "social", "oidc", "sessions",
}  # fmt: skip
"""First words of the addresses of allauth, the account library, which guards them itself."""


def test_every_address_names_its_permit() -> None:
    without = [one.route for one in addresses() if not getattr(one.view, "permit", None) and not _of_api(one.route)]
    assert without == [], "mark the view with @door(…)"


def _of_api(route: str) -> bool:
    """Operations of the API carry a key with its scope instead, see below."""
    return route.startswith("api/") and route != "api/docs"


def test_every_permit_of_a_view_stands_in_the_table() -> None:
    known = {"public", "signed_in", *permits.DO, *(f"see:{kind}" for kind in permits.SEE)}
    unknown = {one.route: one.view.permit for one in addresses() if set(getattr(one.view, "permit", ())) - known}
    assert unknown == {}


OPEN_OPERATIONS = {"/calls", "/calls/{code}", "/receipts/{number}"}


def test_every_operation_of_the_api_wants_a_key_with_a_scope() -> None:
    from ketuan.api.urls import api

    described = api.get_openapi_schema()["paths"]
    free = {
        path.removeprefix("/api")
        for path, ways in described.items()
        for way in ways.values()
        if not way.get("security")
    }
    assert free == OPEN_OPERATIONS


def test_the_addresses_of_the_library_are_known() -> None:
    words = {re.sub(r"[^\w-]", "", one.route.removeprefix("account/").split("/")[0]) for one in foreign()}
    assert words == LIBRARY


def test_no_view_goes_without_the_check_against_forged_forms() -> None:
    exempt = [one.route for one in addresses() if getattr(one.view, "csrf_exempt", False)]
    assert [route for route in exempt if not _of_api(route)] == []


def test_whoever_takes_a_form_checks_the_method() -> None:
    """A view that reads a sent form names its method: ``require_POST``, or ``request.method`` in its text."""
    wrong = []
    for path in sorted((SRC / "web" / "views").rglob("*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        for node in tree.body:
            if not isinstance(node, ast.FunctionDef) or not _is_door(node):
                continue
            text = ast.unparse(node)
            if "request.POST" in text or "request.FILES" in text:
                guarded = "require_POST" in text or "require_http_methods" in text or "request.method" in text
                if not guarded:
                    wrong.append(f"{path.relative_to(SRC)}:{node.lineno} {node.name}")
    assert wrong == []


def _is_door(node: ast.FunctionDef) -> bool:
    return any("door(" in ast.unparse(decorator) for decorator in node.decorator_list)


def test_the_resolver_is_the_one_of_the_platform() -> None:
    assert get_resolver().url_patterns, "no addresses at all: the walk would prove nothing"
    assert len(addresses()) > 100


@pytest.mark.parametrize("verb", sorted(permits.DO))
def test_every_line_says_in_chinese_what_it_lets(verb: str) -> None:
    assert re.fullmatch(r"[\u4e00-\u9fff A-Za-z]{2,20}", permits.DO[verb].says)
