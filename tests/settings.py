"""Settings of the tests: those of the platform, with a home of their own and keys that protect nothing."""

import os
import tempfile

# The workers of one run inherit the first one's environment: each makes a home of its own unless a test has named one,
# or they would see each other's papers.
if os.environ.get("KETUAN_HOME") == os.environ.get("KETUAN_HOME_OF_TESTS"):
    made = tempfile.mkdtemp(prefix="ketuan-tests-")
    os.environ.update(KETUAN_HOME=made, KETUAN_HOME_OF_TESTS=made)
os.environ.setdefault("KETUAN_SECRET_KEY", "only-for-tests-" * 4)
os.environ.setdefault("KETUAN_JOURNAL_KEY", "only-for-tests-journal-" * 3)
os.environ.setdefault("KETUAN_DEMO", "1")

from ketuan.site.settings import *  # noqa: F403

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES = {**STORAGES, "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}  # noqa: F405
ALLOWED_HOSTS = ["*"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
