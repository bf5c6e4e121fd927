"""The platform's day, for the doors (the clock itself stands with the records)."""

from ketuan.records.clock import now, today

__all__ = ["now", "today"]
