"""Reading the environment: every setting of an operator, checked, with one clear sentence where it is wrong."""

from __future__ import annotations

import os
import urllib.parse
from pathlib import Path
from typing import Any

from django.core.exceptions import ImproperlyConfigured


def text(name: str, default: str = "") -> str:
    return os.environ.get(name, default).strip()


def secret(name: str) -> str:
    """A secret of at least 32 characters. ImproperlyConfigured where it is missing."""
    value = text(name)
    if len(value) < 32:
        raise ImproperlyConfigured(
            f"环境变量 {name} 缺失或短于 32 个字符。./ketuan up 会自动生成；自行部署时请先设置它"
            f"（{name} must be set, 32 characters or more）。"
        )
    return value


def flag(name: str) -> bool:
    value = text(name, "0").lower()
    if value not in ("0", "1", "", "true", "false", "yes", "no"):
        raise ImproperlyConfigured(f"环境变量 {name} 只能是 0 或 1，现为“{value}”。")
    return value in ("1", "true", "yes")


def listed(name: str, default: str = "") -> list[str]:
    return [part.strip() for part in text(name, default).split(",") if part.strip()]


def number(name: str, default: int) -> int:
    value = text(name, str(default))
    if not value.isdigit():
        raise ImproperlyConfigured(f"环境变量 {name} 应是整数，现为“{value}”。")
    return int(value)


def folder(name: str, default: str) -> Path:
    path = Path(text(name, default)).expanduser().resolve()
    path.mkdir(parents=True, exist_ok=True)
    return path


def database(home: Path) -> dict[str, Any]:
    """SQLite in the home folder, or PostgreSQL by ``KETUAN_DATABASE_URL=postgres://user:password@host:port/name``."""
    url = text("KETUAN_DATABASE_URL")
    if not url:
        pragmas = "journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "cache_size=-20000"
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": home / "ketuan.sqlite3",
            "CONN_MAX_AGE": 60,
            "OPTIONS": {
                "transaction_mode": "IMMEDIATE",
                "timeout": 20,
                "init_command": " ".join(f"PRAGMA {pragma};" for pragma in pragmas),
            },
        }
    parts = urllib.parse.urlsplit(url)
    if parts.scheme not in ("postgres", "postgresql"):
        raise ImproperlyConfigured("环境变量 KETUAN_DATABASE_URL 应以 postgres:// 开头；不设置则使用 SQLite。")
    query = dict(urllib.parse.parse_qsl(parts.query))
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": parts.path.lstrip("/"),
        "USER": urllib.parse.unquote(parts.username or ""),
        "PASSWORD": urllib.parse.unquote(parts.password or ""),
        "HOST": query.pop("host", parts.hostname or ""),
        "PORT": str(parts.port or ""),
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,  # a database that was restarted must not cost every process one answer
        "OPTIONS": query,
    }


def mail(home: Path) -> dict[str, Any]:
    """SMTP by ``KETUAN_SMTP_URL=smtp[s|+tls]://user:password@host:port``; without it letters become files."""
    url = text("KETUAN_SMTP_URL")
    if not url:
        return {
            "EMAIL_BACKEND": "django.core.mail.backends.filebased.EmailBackend",
            "EMAIL_FILE_PATH": home / "letters",
        }
    parts = urllib.parse.urlsplit(url)
    if parts.scheme not in ("smtp", "smtps", "smtp+tls"):
        raise ImproperlyConfigured("环境变量 KETUAN_SMTP_URL 应以 smtp://、smtp+tls:// 或 smtps:// 开头。")
    return {
        "EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend",
        "EMAIL_HOST": parts.hostname or "localhost",
        "EMAIL_PORT": parts.port or {"smtp": 25, "smtp+tls": 587, "smtps": 465}[parts.scheme],
        "EMAIL_HOST_USER": urllib.parse.unquote(parts.username or ""),
        "EMAIL_HOST_PASSWORD": urllib.parse.unquote(parts.password or ""),
        "EMAIL_USE_TLS": parts.scheme == "smtp+tls",
        "EMAIL_USE_SSL": parts.scheme == "smtps",
        "EMAIL_TIMEOUT": 20,
    }


def papers(home: Path) -> dict[str, Any]:
    """Where papers lie: a folder outside the web root, or an S3 service by ``KETUAN_S3_BUCKET`` and its companions."""
    bucket = text("KETUAN_S3_BUCKET")
    if not bucket:
        return {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": home / "papers", "file_permissions_mode": 0o600},
        }
    return {
        "BACKEND": "storages.backends.s3.S3Storage",
        "OPTIONS": {
            "bucket_name": bucket,
            "endpoint_url": text("KETUAN_S3_ENDPOINT") or None,
            "region_name": text("KETUAN_S3_REGION") or None,
            "access_key": text("KETUAN_S3_KEY") or None,
            "secret_key": text("KETUAN_S3_SECRET") or None,
            "default_acl": None,
            "file_overwrite": False,
            "querystring_auth": True,
        },
    }


def openid() -> dict[str, Any]:
    """One OpenID Connect provider by ``KETUAN_OIDC_ISSUER``, ``_CLIENT``, ``_SECRET``, ``_NAME``; none without."""
    issuer = text("KETUAN_OIDC_ISSUER")
    if not issuer:
        return {}
    app = {
        "provider_id": "sso",
        "name": text("KETUAN_OIDC_NAME", "统一身份认证"),
        "client_id": text("KETUAN_OIDC_CLIENT"),
        "secret": text("KETUAN_OIDC_SECRET"),
        "settings": {"server_url": issuer},
    }
    return {"openid_connect": {"APPS": [app], "OAUTH_PKCE_ENABLED": True}}
