"""What is shown of personal data to those who need to recognise a person, not to reach one."""

from __future__ import annotations


def phone(text: str) -> str:
    """139****0000."""
    return f"{text[:3]}****{text[-4:]}" if len(text) >= 11 else "*" * len(text)


def email(text: str) -> str:
    """z***@example.org."""
    name, at, host = text.partition("@")
    return f"{name[:1]}***@{host}" if at else "*" * len(text)
