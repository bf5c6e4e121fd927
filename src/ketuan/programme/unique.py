"""Two people who write the same unique thing in the same moment: the second gets a sentence, not an error of the database."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import IntegrityError, transaction

from ketuan.programme.errors import Invalid


@contextmanager
def unique(**errors: str) -> Iterator[None]:
    """What is written inside is unique; Invalid with ``errors`` where somebody was faster."""
    try:
        with transaction.atomic():
            yield
    except IntegrityError:
        raise Invalid(errors) from None
