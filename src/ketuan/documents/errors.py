"""What is said when a file cannot be read at all."""

from __future__ import annotations


class Unreadable(ValueError):
    """The file is not what it should be. The message is Chinese and tells its sender what to do."""
