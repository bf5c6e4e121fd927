"""Settings of the platform. Everything an operator may set comes from the environment (docs/operators/settings.md)."""

from __future__ import annotations

import importlib.util
from pathlib import Path

from ketuan.site import environment as env

KETUAN_HOME = env.folder("KETUAN_HOME", "var")
KETUAN_DEMO = env.flag("KETUAN_DEMO")
KETUAN_JOURNAL_KEY = env.secret("KETUAN_JOURNAL_KEY")
KETUAN_ANCHORS = env.folder("KETUAN_ANCHORS", str(KETUAN_HOME / "anchors"))
KETUAN_BASE_URL = env.text("KETUAN_BASE_URL", "http://127.0.0.1:8000").rstrip("/")
KETUAN_JOBS = "ketuan.site.jobs.JOBS"
KETUAN_ATTACH = "ketuan.site.jobs.attach"
KETUAN_EVERY_TURN = "ketuan.site.jobs.every_turn"
KETUAN_MAIL_FROM_SENDER = env.text("KETUAN_MAIL_FROM", "科团平台 <no-reply@ketuan.invalid>")
KETUAN_WECOM_ROBOT = env.text("KETUAN_WECOM_ROBOT")
KETUAN_DINGTALK_ROBOT = env.text("KETUAN_DINGTALK_ROBOT")
KETUAN_DINGTALK_SECRET = env.text("KETUAN_DINGTALK_SECRET")
KETUAN_IMAP_URL = env.text("KETUAN_IMAP_URL")
KETUAN_UPLOAD_MAX_MB = env.number("KETUAN_UPLOAD_MAX_MB", 30)
KETUAN_SECOND_FACTOR = env.flag("KETUAN_SECOND_FACTOR") or not KETUAN_DEMO
"""Whether the office, screeners, reviewers, supervisors, administrators and auditors need a second factor."""

SECRET_KEY = env.secret("KETUAN_SECRET_KEY")
DEBUG = False
ALLOWED_HOSTS = env.listed("KETUAN_HOSTS", "127.0.0.1,localhost")
_SECURE = KETUAN_BASE_URL.startswith("https://")

ROOT_URLCONF = "ketuan.site.urls"
WSGI_APPLICATION = "ketuan.site.wsgi.application"
LANGUAGE_CODE, TIME_ZONE, USE_I18N, USE_TZ = "zh-hans", "Asia/Shanghai", True, True
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
AUTH_USER_MODEL = "records.User"

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django_htmx",
    "ketuan.records",
    "ketuan.web",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "axes",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "ketuan.web.middleware.headers",
    "ketuan.web.middleware.addressed",
    "ketuan.web.uploads.bounded",
    "ketuan.web.middleware.spelt",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "allauth.usersessions.middleware.UserSessionsMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "ketuan.web.middleware.person",
    "ketuan.web.accounts.second_factor",
    "axes.middleware.AxesMiddleware",
]
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "ketuan.web.context.shell",
            ],
            "builtins": ["django.templatetags.static", "ketuan.web.templatetags.show"],
        },
    }
]

DATABASES = {"default": env.database(KETUAN_HOME)}
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "ketuan_cache",
        "OPTIONS": {"MAX_ENTRIES": 20_000},
    },  # tries and used codes: all processes count together, and a restart forgets none
    "pictures": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"},
}

# ---- files -----------------------------------------------------------------------------------------------------------

_bootstrap = importlib.util.find_spec("bootstrap")
_BOOTSTRAP = Path(next(iter(_bootstrap.submodule_search_locations or []))) if _bootstrap else Path()
STATIC_URL, STATIC_ROOT = "/static/", env.folder("KETUAN_STATIC", str(KETUAN_HOME / "static"))
STATICFILES_DIRS = [("vendor/bootstrap/css", _BOOTSTRAP / "css")]
STORAGES = {
    "default": env.papers(KETUAN_HOME),
    "staticfiles": {"BACKEND": "ketuan.web.assets.Assets"},
}
WHITENOISE_KEEP_ONLY_HASHED_FILES = False
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_621_440
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5_000
FILE_UPLOAD_MAX_MEMORY_SIZE = 2_621_440

# ---- accounts --------------------------------------------------------------------------------------------------------

LOGIN_URL, LOGIN_REDIRECT_URL, ACCOUNT_LOGOUT_REDIRECT_URL = "account_login", "/", "/"
ACCOUNT_ADAPTER = "ketuan.web.accounts.Adapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_SIGNUP_FORM_CLASS = "ketuan.web.accounts.Registration"
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_SUBJECT_PREFIX = "【科团】"
ACCOUNT_CONFIRM_EMAIL_ON_GET = False
ACCOUNT_LOGIN_ON_EMAIL_CONFIRMATION = False
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_RATE_LIMITS = {
    "login": "300/m/ip",
    "login_failed": "5/15m/key",
}  # wrong codes of the second factor, by person; wrong passwords are counted by axes (ketuan.web.accounts.Adapter)
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_ISSUER = "科团"
SOCIALACCOUNT_PROVIDERS = env.openid()
SOCIALACCOUNT_AUTO_SIGNUP = False
SOCIALACCOUNT_EMAIL_AUTHENTICATION_AUTO_CONNECT = True
SOCIALACCOUNT_ADAPTER = "ketuan.web.accounts.SocialAdapter"
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = 0.25  # hours
AXES_RESET_ON_SUCCESS = True
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_USERNAME_CALLABLE = "ketuan.web.accounts.axes_username"
AXES_LOCKOUT_CALLABLE = "ketuan.web.accounts.locked_out"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": env.number("KETUAN_PASSWORD_LENGTH", 12)},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
SESSION_COOKIE_AGE = env.number("KETUAN_SESSION_MINUTES", 8 * 60) * 60
SESSION_SAVE_EVERY_REQUEST = False
USERSESSIONS_TRACK_ACTIVITY = False
USERSESSIONS_ADAPTER = "ketuan.web.signing.SessionsAdapter"

# ---- safety ----------------------------------------------------------------------------------------------------------

SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = _SECURE
SESSION_COOKIE_NAME = "__Host-session" if _SECURE else "session"
CSRF_COOKIE_NAME = "__Host-csrf" if _SECURE else "csrf"
CSRF_FAILURE_VIEW = "ketuan.web.views.errors.csrf"
CSRF_TRUSTED_ORIGINS = [KETUAN_BASE_URL]
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SECURE_HSTS_SECONDS = 31_536_000 if _SECURE else 0
X_FRAME_OPTIONS = "SAMEORIGIN"
KETUAN_BEHIND_PROXY = env.flag("KETUAN_BEHIND_PROXY")
if KETUAN_BEHIND_PROXY:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

# ---- letters and log -------------------------------------------------------------------------------------------------

globals().update(env.mail(KETUAN_HOME))
DEFAULT_FROM_EMAIL = SERVER_EMAIL = KETUAN_MAIL_FROM_SENDER
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
    "loggers": {
        "ketuan": {"level": "INFO"},
        "axes": {"level": "ERROR"},
        "django.request": {"level": "ERROR"},
        "django.security.DisallowedHost": {"level": "CRITICAL"},  # strangers must not fill the log
    },
}
