"""What can stand in a verb's way. Every text is for the person: what, where, by which clause, what to do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ketuan.rules.findings import Finding


class NotFound(Exception):
    """There is no such thing for this person; whether it exists for others is not said."""


class Refused(Exception):
    """The person sees the thing but may not do this to it, or not now."""

    def __init__(self, why: str, fix: str = "") -> None:
        super().__init__(why)
        self.why, self.fix = why, fix


class Invalid(Exception):
    """What was typed cannot be taken over; ``errors`` by field, nothing was changed."""

    def __init__(self, errors: Mapping[str, str]) -> None:
        super().__init__("；".join(errors.values()))
        self.errors = dict(errors)


class NotReady(Exception):
    """Something must be mended first."""

    def __init__(self, why: str, findings: Sequence[Finding] = ()) -> None:
        super().__init__(why)
        self.why, self.findings = why, tuple(findings)


OTHER_WINDOW = "您在另一个窗口"
"""Who overtook, where it was the same person."""


class Overtaken(Exception):
    """Somebody else changed the same thing in the meantime; ``theirs`` is what stands there now."""

    def __init__(self, path: str, theirs: str, by: str, at: str, revision: int) -> None:
        super().__init__(f"{by}在{at}改过这一栏")
        self.path, self.theirs, self.by, self.at, self.revision = path, theirs, by, at, revision
