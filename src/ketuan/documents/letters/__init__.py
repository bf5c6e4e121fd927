"""Papers that the platform itself issues, as PDF/A-2a: A4 (the label also A5), Chinese, tagged for screen readers.

Each is one function that takes a frozen dataclass of plain values and returns bytes. Equal values give equal bytes: no
clock, no call, no database.
"""

from ketuan.documents.letters.bag_label import BagLabel, bag_label
from ketuan.documents.letters.consent import Consent, Person, consent
from ketuan.documents.letters.receipt import Commitment, Paper, Receipt, receipt
from ketuan.documents.letters.returned_list import Missing, ReturnedList, returned_list

__all__ = [
    "BagLabel",
    "Commitment",
    "Consent",
    "Missing",
    "Paper",
    "Person",
    "Receipt",
    "ReturnedList",
    "bag_label",
    "consent",
    "receipt",
    "returned_list",
]
