"""All settings, read from the environment (docs/commands.md 1); nothing else configures the product."""

import os
from datetime import timedelta
from pathlib import Path

import dj_database_url
from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _

from config import env

BASE_DIR = Path(__file__).resolve().parent.parent
DATA_DIR = Path(os.environ.get("DATA_DIR") or BASE_DIR / "var").resolve()
#: What the product keeps is its own: files are made 0600 in folders of 0700, whoever starts it.
env.keep_private(DATA_DIR)

DEBUG = env.flag("DEBUG", default=False)
SECRET_KEY = env.secret("SECRET_KEY", kept_in=DATA_DIR / "secret_key")
ALLOWED_HOSTS = env.names("ALLOWED_HOSTS", default=["127.0.0.1", "localhost"])
CSRF_TRUSTED_ORIGINS = env.names("CSRF_TRUSTED_ORIGINS", default=[])
#: Behind a proxy that speaks TLS: cookies for HTTPS only, and what it says of protocol and caller is believed.
HTTPS = env.flag("HTTPS", default=False)
env.refuse_unsafe(https=HTTPS, debug=DEBUG, secret_key=SECRET_KEY)

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.humanize",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "djmoney",
    "allauth",
    "allauth.account",
    "django_filters",
    "django_htmx",
    "template_partials",
    "csp",
    "base.accounts",
    "base.company",
    "base.chatter",
    "base.audit",
    "base.documents",
    "base.mail",
    "base.changes",
    "base.jobs",
    "base.ui",
    "contracts",
    "warranty",
    "service",
    "billing",
    "renewals",
    "console",
    "ops",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "base.audit.middleware.PrivacyMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "base.ui.middleware.LanguageMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "base.accounts.middleware.UserSettingsMiddleware",
    "base.accounts.middleware.IdleMiddleware",
    "base.company.middleware.TimeZoneMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "base.ui.middleware.StorableMiddleware",
    "base.audit.middleware.AccessLogMiddleware",
    "base.accounts.middleware.AccessMiddleware",
    "base.ui.middleware.RefusalMiddleware",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "base.ui.context.shell",
            ],
        },
    }
]

# --- data ---------------------------------------------------------------------------------------------------------
DATABASES = {
    "default": dj_database_url.config(
        default=f"sqlite:///{DATA_DIR / 'weibao.sqlite3'}", conn_max_age=60, conn_health_checks=True
    )
}
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 30,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA cache_size=-65536;",
    }
elif DATABASES["default"]["ENGINE"] == "django.db.backends.postgresql":
    # Compiling a question takes longer than answering it: no question here runs for seconds.
    _options = DATABASES["default"].setdefault("OPTIONS", {})
    _options["options"] = f"{_options.get('options', '')} -c jit=off".strip()
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
ATOMIC_REQUESTS = False
MEDIA_ROOT = DATA_DIR / "files"
FILE_UPLOAD_PERMISSIONS, FILE_UPLOAD_DIRECTORY_PERMISSIONS = 0o600, 0o700
#: Attachments above this many bytes are refused.
ATTACHMENT_MAX_BYTES = 20 * 1024 * 1024
DATA_UPLOAD_MAX_MEMORY_SIZE = 30 * 1024 * 1024
# A bulk action on every row of a page names each row in one form.
DATA_UPLOAD_MAX_NUMBER_FIELDS = 20_000

CURRENCIES = ("CNY", "USD", "EUR", "HKD", "JPY", "GBP", "SGD", "MOP")
DEFAULT_CURRENCY = "CNY"

# --- people -------------------------------------------------------------------------------------------------------
AUTH_USER_MODEL = "accounts.User"
ROLE_TABLE = "config.roles.ACTIONS"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "base.accounts.passwords.LengthValidator"},
    {"NAME": "base.accounts.passwords.StrengthValidator"},
]
ACCOUNT_ADAPTER = "base.accounts.adapter.ClosedAdapter"
ACCOUNT_LOGIN_METHODS = {"username", "email"}
#: Greeted by name, not by log-in.
ACCOUNT_USER_DISPLAY = str
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_SESSION_REMEMBER = None
#: Wrong passwords are counted by base/accounts/lockout.py.
ACCOUNT_RATE_LIMITS = {"login_failed": None}
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
#: Whoever does nothing for so long is logged out.
SESSION_IDLE_HOURS = env.hours("SESSION_IDLE_HOURS", default=12)
SESSION_COOKIE_AGE = int(timedelta(days=14).total_seconds())
CACHES = {
    # Throttling must hold across all web processes, so it is counted where they all look.
    "default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "cache"},
}
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"

# --- language and time --------------------------------------------------------------------------------------------
LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English")), ("zh-hans", _("Chinese"))]
# The catalogues of our own apps come before those of Django and allauth, which say «name» and «sent» otherwise.
LOCALE_PATHS = sorted(BASE_DIR.glob("*/locale"))
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Asia/Shanghai"

# --- front end ----------------------------------------------------------------------------------------------------
STATIC_URL = "static/"
#: Outside of the data when the proxy serves it: nobody but us reads there.
STATIC_ROOT = Path(os.environ.get("STATIC_ROOT") or DATA_DIR / "static").resolve()
STATIC_ROOT.mkdir(parents=True, exist_ok=True)
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage",
        # What everybody's browser is sent anyway, the proxy may read.
        "OPTIONS": {"file_permissions_mode": 0o644, "directory_permissions_mode": 0o755},
    },
}
_MODULES = BASE_DIR / "node_modules"
STATICFILES_DIRS = [
    BASE_DIR / "static",
    *(
        (prefix, _MODULES / folder)
        for prefix, folder in {
            "vendor/tabler": "@tabler/core/dist",
            "vendor/icons": "@tabler/icons-webfont/dist",
            "vendor/htmx": "htmx.org/dist",
            "vendor/echarts": "echarts/dist",
            "vendor/fullcalendar": "fullcalendar",
            "vendor/temporal": "temporal-polyfill",
            "vendor/signature": "signature_pad/dist",
            "vendor/sortable": "sortablejs/modular",
            "vendor/tom-select": "tom-select/dist",
        }.items()
        if (_MODULES / folder).is_dir()
    ),
]
WHITENOISE_USE_FINDERS = True
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "img-src": [SELF, "data:"],
        "frame-ancestors": [NONE],
        "form-action": [SELF],
        "base-uri": [SELF],
        "object-src": [NONE],
    }
}
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
if HTTPS:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = True
    SECURE_HSTS_SECONDS = int(timedelta(days=365).total_seconds())
    # Else everybody has the proxy's address, and one stranger's wrong passwords keep all out.
    ALLAUTH_TRUSTED_PROXY_COUNT = 1

# --- mail ---------------------------------------------------------------------------------------------------------
#: No EMAIL_URL means: no mail server is set, and the queue is on hold (docs/rules.md 7.4).
EMAIL_URL = os.environ.get("EMAIL_URL", "")
if EMAIL_URL:
    _mail = env.mail_server(EMAIL_URL)
    EMAIL_BACKEND = _mail.backend
    EMAIL_HOST, EMAIL_PORT = _mail.host, _mail.port
    EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = _mail.user, _mail.password
    EMAIL_USE_TLS, EMAIL_USE_SSL = _mail.starttls, _mail.tls
#: Seconds the whole talk with the mail server may stand still.
EMAIL_TIMEOUT = int(os.environ.get("EMAIL_TIMEOUT", "30"))
#: Where links in mails point to.
PUBLIC_URL = os.environ.get("PUBLIC_URL", "http://127.0.0.1:8000").rstrip("/")

# --- worker and beat ---------------------------------------------------------------------------------------------------------
CELERY_BROKER_URL = os.environ.get("CELERY_BROKER_URL") or "filesystem://localhost/"
if CELERY_BROKER_URL.startswith("filesystem://"):
    _broker = DATA_DIR / "broker"
    for _folder in ("queue", "control", "processed"):
        (_broker / _folder).mkdir(parents=True, exist_ok=True)
    CELERY_BROKER_TRANSPORT_OPTIONS = {
        "data_folder_in": str(_broker / "queue"),
        "data_folder_out": str(_broker / "queue"),
        "control_folder": str(_broker / "control"),
        "processed_folder": str(_broker / "processed"),
        "store_processed": False,
    }
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
#: Jobs have a worker of their own: mail, alarms and the daily run never wait for one.
CELERY_TASK_ROUTES = {"base.jobs.tasks.*": {"queue": "jobs"}, "console.tasks.jobs_beat": {"queue": "jobs"}}
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_WORKER_REDIRECT_STDOUTS = False
CELERY_TIMEZONE = TIME_ZONE

# --- logs: one JSON line an event ---------------------------------------------------------------------------------
LOGGING_CONFIG = "config.logs.configure"
LOGGING = {"level": os.environ.get("LOG_LEVEL", "INFO")}
