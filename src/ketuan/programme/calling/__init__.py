"""Calls: made from last year's or a file, set, checked, rehearsed, published, corrected, extended."""

from ketuan.programme.calling.content import (
    content_of,
    find,
    hash_of,
    intact,
    listing,
    rules_of,
    rules_of_version,
    version_of,
    versions_of,
)
from ketuan.programme.calling.drafting import (
    CONTACT,
    make,
    make_from_file,
    mark_of,
    save,
    set_contact,
    set_registry,
    sources,
)
from ketuan.programme.calling.filing import calendar_of, stations, toml_of
from ketuan.programme.calling.moving import day_of, move_day, stages
from ketuan.programme.calling.publishing import (
    against,
    changes_between,
    changes_of,
    checklist_of,
    correct,
    extend,
    publish,
    rules_of_draft,
)
from ketuan.programme.calling.rehearsing import blank_form, rehearse

__all__ = [
    "CONTACT",
    "against",
    "blank_form",
    "calendar_of",
    "changes_between",
    "changes_of",
    "checklist_of",
    "content_of",
    "correct",
    "day_of",
    "extend",
    "find",
    "hash_of",
    "intact",
    "listing",
    "make",
    "make_from_file",
    "mark_of",
    "move_day",
    "publish",
    "rehearse",
    "rules_of",
    "rules_of_draft",
    "rules_of_version",
    "save",
    "set_contact",
    "set_registry",
    "sources",
    "stages",
    "stations",
    "toml_of",
    "version_of",
    "versions_of",
]
