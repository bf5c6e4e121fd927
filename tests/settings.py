"""Settings of the tests: those of the platform, with a home of their own and keys that protect nothing."""

import os
import tempfile

os.environ.setdefault("KETUAN_HOME", tempfile.mkdtemp(prefix="ketuan-tests-"))
os.environ.setdefault("KETUAN_SECRET_KEY", "only-for-tests-" * 4)
os.environ.setdefault("KETUAN_JOURNAL_KEY", "only-for-tests-journal-" * 3)
os.environ.setdefault("KETUAN_DEMO", "1")

from ketuan.site.settings import *  # noqa: F403

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES = {**STORAGES, "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}  # noqa: F405
ALLOWED_HOSTS = ["*"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
