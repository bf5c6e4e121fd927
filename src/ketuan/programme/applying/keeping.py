"""Keeping bytes outside the web root: written aside, hashed, synced, renamed; the original stays byte-identical (P6)."""

from __future__ import annotations

import hashlib
import os
import uuid
from pathlib import Path
from typing import IO

from django.core.files.base import ContentFile
from django.core.files.storage import FileSystemStorage, default_storage


def new_key() -> str:
    """A random place that says nothing of what lies there: ``aa/bb/<uuid>``."""
    name = uuid.uuid4().hex
    return f"{name[:2]}/{name[2:4]}/{name}"


def hash_of(data: bytes) -> str:
    """SHA-256 in hexadecimal."""
    return hashlib.sha256(data).hexdigest()


def keep(data: bytes) -> str:
    """The key of bytes that are safely on disk (or with the service that keeps them) when this returns."""
    key = new_key()
    storage = default_storage
    if isinstance(storage, FileSystemStorage):
        _written(Path(storage.path(key)), data, storage.file_permissions_mode or 0o600)
    else:
        key = storage.save(key, ContentFile(data))
    return key


def opened(key: str) -> IO[bytes]:
    """The bytes of a key, for reading; FileNotFoundError where they are gone."""
    return default_storage.open(key, "rb")


def forget(key: str) -> None:
    """Take back what :func:`keep` wrote, because the row that should name it could not be written."""
    default_storage.delete(key)


def _written(target: Path, data: bytes, mode: int) -> None:
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    aside = target.with_name(f".{target.name}.part")
    try:
        with open(os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.replace(aside, target)
    finally:
        aside.unlink(missing_ok=True)
    _synced(target.parent)


def _synced(folder: Path) -> None:
    """The new name itself survives a loss of power."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
