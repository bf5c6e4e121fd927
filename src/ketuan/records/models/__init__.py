"""The tables, one module a noun."""

from ketuan.records.models.applications import Application, CorpsMember, FieldEdit, Version
from ketuan.records.models.calls import Call, CallVersion, LatePermit
from ketuan.records.models.journal import Anchor, Entry, Job, Letter, Shift
from ketuan.records.models.organisations import Organisation, SupplierRegistration
from ketuan.records.models.papers import Paper
from ketuan.records.models.people import ApiToken, Expert, Invitation, Role, User
from ketuan.records.models.problems import Problem
from ketuan.records.models.receiving import Dispatch, Mail
from ketuan.records.models.recommendations import Recommendation
from ketuan.records.models.submissions import Submission

__all__ = [
    "Anchor",
    "ApiToken",
    "Application",
    "Call",
    "CallVersion",
    "CorpsMember",
    "Dispatch",
    "Entry",
    "Expert",
    "FieldEdit",
    "Invitation",
    "Job",
    "LatePermit",
    "Letter",
    "Mail",
    "Organisation",
    "Paper",
    "Problem",
    "Recommendation",
    "Role",
    "Shift",
    "Submission",
    "SupplierRegistration",
    "User",
    "Version",
]
