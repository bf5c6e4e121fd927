"""What the demo year is made of: frozen values with keys; another step puts them through the verbs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from ketuan.forms.application import Application
from ketuan.forms.problem import Problem
from ketuan.forms.roster import RosterEntry

KINDS = (
    *("office", "society", "province", "municipality", "grassroots", "park", "enterprise", "screener", "supervisor"),
)
STATES: dict[str, int] = {
    "draft_empty": 3,
    "draft_started": 5,
    "draft_with_blocking": 4,
    "draft_ready": 3,
    "waiting_consent": 4,
    "consent_returned": 2,
    "consent_refused": 1,
    "consented": 3,
    "with_checker": 3,
    "returned_by_checker": 2,
    "submitted": 20,
    "resubmitted": 4,
    "submitted_late_by_permit": 1,
    "came_by_mail": 3,
    "withdrawn": 2,
}
"""How far an application is to be brought, and how many of each."""


@dataclass(frozen=True, slots=True)
class Contact:
    name: str
    title: str
    phone: str
    email: str


@dataclass(frozen=True, slots=True)
class Organisation:
    """A body with its officers. Associations and the office are real, everybody else and all people are invented."""

    key: str
    kind: str
    """One of :data:`KINDS`."""
    name: str
    short: str
    uscc: str
    """Empty for real bodies."""
    division: str
    """GB/T 2260 code, empty for the office."""
    address: str
    above: str
    """Key of the organisation that approves its registration."""
    head: Contact
    contact: Contact
    introduction: str = ""
    supplier: str = ""
    """Registration on the budget platform, societies only: registered, must_renew, not_registered."""


@dataclass(frozen=True, slots=True)
class Staff:
    """Somebody who signs in for an organisation."""

    key: str
    organisation: str
    name: str
    title: str
    mobile: str
    phone: str
    email: str
    roles: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Expert:
    key: str
    name: str
    born: date
    unit: str
    post: str
    field: str
    cluster: str
    young_elite: str
    """Round of the Young Elite Scientists programme, empty for others."""
    mobile: str
    phone: str
    email: str
    city: str
    roles: tuple[str, ...] = ()
    """reviewer, panel_chair: those are in no corps."""

    @property
    def professional_title(self) -> str:
        return self.post.partition("/")[0]


@dataclass(frozen=True, slots=True)
class DemoProblem:
    key: str
    form: Problem
    """The table as the proposer and the first society fill it."""
    proposer: str
    division: str
    province: str
    municipality: str
    """Key, empty where no association of the city takes part."""
    collected: date
    chain: str


@dataclass(frozen=True, slots=True)
class Flaw:
    """A mistake made on purpose, and the rule that must speak of it."""

    rule: str
    path: str
    note: str
    others: tuple[str, ...] = ()
    """Keys of the other corps, where the rule compares several."""
    answer: str = ""
    """What the society says of a warning when it submits all the same."""


@dataclass(frozen=True, slots=True)
class Consent:
    province: str
    outcome: str
    """waiting, consented, returned, refused."""
    number: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Step:
    """One thing somebody did; ``who`` is a key of the staff."""

    at: datetime
    what: str
    who: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Liaison:
    """联络组 (附件1 2): its head and the three liaison officers."""

    head: Contact
    society: Contact
    province: Contact
    city: Contact


@dataclass(frozen=True, slots=True)
class Corps:
    """One application with the state it is meant to reach."""

    key: str
    society: str
    title: str
    chain: str
    form: Application
    roster: tuple[RosterEntry, ...]
    members: tuple[str, ...]
    """Keys of the experts, row by row of the roster."""
    leader: str
    chief: str
    problems: tuple[str, ...]
    provinces: tuple[str, ...]
    """Keys of the provincial associations that are asked for their consent."""
    cities: tuple[str, ...]
    state: str
    flaws: tuple[Flaw, ...] = ()
    consents: tuple[Consent, ...] = ()
    steps: tuple[Step, ...] = ()
    reason: str = ""
    """Why it was returned, refused, withdrawn or let in late."""
    liaison: Liaison | None = None
