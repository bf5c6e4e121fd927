"""Enrolling: people, the bodies they act for, their roles; the experts' register; keys for programs; 供应商注册.

Who approves stands in :mod:`.deciding`, which role a body has in :mod:`.kinds`; the rest are verbs, a module a noun.
"""

from ketuan.programme.enrolling.acting import name_account
from ketuan.programme.enrolling.bodies import approve_body, edit_body, propose, refuse_body
from ketuan.programme.enrolling.deciding import asked_bodies, asked_roles, claimed_of
from ketuan.programme.enrolling.experts import (
    correct_own,
    find_expert,
    give_consent,
    match_or_create,
    merge_experts,
    own_record,
    search,
    sight,
    unmask_expert,
    withdraw_consent,
)
from ketuan.programme.enrolling.finding import (
    applications_of,
    choice,
    choices,
    find,
    find_role,
    history_of,
    invitations_of,
    listing,
    own_roles,
    people_of,
)
from ketuan.programme.enrolling.inviting import (
    accept_invitation,
    invitable,
    invitation_of,
    invite,
    withdraw_invitation,
)
from ketuan.programme.enrolling.registries import load_registries
from ketuan.programme.enrolling.roles import approve, ask, confirm, end_role, leave, refuse
from ketuan.programme.enrolling.supplier import attach_proof, registration_of, remind_suppliers, save_supplier
from ketuan.programme.enrolling.tokens import make_token, person_of_token, revoke_token, tokens_of

__all__ = [
    "accept_invitation",
    "applications_of",
    "approve",
    "approve_body",
    "ask",
    "asked_bodies",
    "asked_roles",
    "attach_proof",
    "choice",
    "choices",
    "claimed_of",
    "confirm",
    "correct_own",
    "edit_body",
    "end_role",
    "find",
    "find_expert",
    "find_role",
    "give_consent",
    "history_of",
    "invitable",
    "invitation_of",
    "invitations_of",
    "invite",
    "leave",
    "listing",
    "load_registries",
    "make_token",
    "match_or_create",
    "merge_experts",
    "name_account",
    "own_record",
    "own_roles",
    "people_of",
    "person_of_token",
    "propose",
    "refuse",
    "refuse_body",
    "registration_of",
    "remind_suppliers",
    "revoke_token",
    "save_supplier",
    "search",
    "sight",
    "tokens_of",
    "unmask_expert",
    "withdraw_consent",
    "withdraw_invitation",
]
