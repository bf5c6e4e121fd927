"""A year of the programme for showing: 30 societies, 12 provinces, 60 applications, 400 experts, 50 problems.

Societies, enterprises, people and problems are invented; provinces, cities, their associations and the industries are
real, and nothing bad is said of them.
"""

from ketuan.programme.demo.values import (
    KINDS,
    STATES,
    Consent,
    Contact,
    Corps,
    DemoProblem,
    Expert,
    Flaw,
    Liaison,
    Organisation,
    Staff,
    Step,
)
from ketuan.programme.demo.year import DemoYear, demo_year

__all__ = [
    "KINDS",
    "STATES",
    "Consent",
    "Contact",
    "Corps",
    "DemoProblem",
    "DemoYear",
    "Expert",
    "Flaw",
    "Liaison",
    "Organisation",
    "Staff",
    "Step",
    "demo_year",
]
