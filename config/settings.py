"""Settings: everything that differs between places is an environment variable (12-factor)."""

import os
from pathlib import Path

import dj_database_url
import drf_spectacular_sidecar

from config.signin import *  # noqa: F403  (the sign-in rules have a file of their own)

BASE_DIR = Path(__file__).resolve().parent.parent


def _flag(name: str, default: bool = False) -> bool:
    return os.environ.get(name, str(default)).strip().lower() in {"1", "true", "yes", "on"}


def _list(name: str, default: str = "") -> list[str]:
    return [part.strip() for part in os.environ.get(name, default).split(",") if part.strip()]


DEBUG = _flag("DEBUG")
EMBEDDED = _flag("TOUCHLINE_EMBEDDED")
VAR = Path(os.environ.get("TOUCHLINE_VAR", BASE_DIR / "var"))
SECRET_KEY = os.environ.get("SECRET_KEY", "")
ALLOWED_HOSTS = _list("ALLOWED_HOSTS", "localhost,127.0.0.1,[::1],testserver")
CSRF_TRUSTED_ORIGINS = _list("CSRF_TRUSTED_ORIGINS")
# Where people find us: what is mailed by a worker, which has no request to ask, leads here.
SITE_URL = os.environ.get(
    "SITE_URL", next(iter(CSRF_TRUSTED_ORIGINS), f"http://localhost:{os.environ.get('PORT', '8000')}")
).rstrip("/")
HTTPS = _flag("HTTPS", default=not EMBEDDED)

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.contrib.humanize",
    "allauth",
    "allauth.account",
    "csp",
    "django_htmx",
    "rest_framework",
    "drf_spectacular",
    "config",
    "accounts",
    "playbooks",
    "journeys",
    "customers",
    "touchpoints",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
]

ROOT_URLCONF = "config.urls"
ASGI_APPLICATION = "config.asgi.application"
APPEND_SLASH = False

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    }
]

# The pool belongs to the process; CONN_MAX_AGE > 0 under ASGI would leak a connection per thread.
DATABASES = {
    "default": dj_database_url.parse(os.environ.get("DATABASE_URL", "postgresql://touchline@localhost/touchline"), conn_max_age=0)
}
# A connection of before a restart of PostgreSQL is noticed by the pool, not by a person.
DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
DATABASES["default"].setdefault("OPTIONS", {}).update(
    # Parameters travel beside the statement, so that PostgreSQL can keep the plans of what is asked again and again.
    server_side_binding=True,
    prepare_threshold=5,
    # Those who ask at the same time share the cores already, and a page would wait 5 ms for the workers to come up. What the
    # address of the database says has the last word.
    options=f"-c max_parallel_workers_per_gather=0 {DATABASES['default'].get('OPTIONS', {}).get('options', '')}".strip(),
)
if DATABASE_POOL := int(os.environ.get("DATABASE_POOL", "10")):
    # 0 turns the pool off: pytest-django makes and drops databases, which a pool holds on to.
    DATABASES["default"]["OPTIONS"]["pool"] = {"min_size": 1, "max_size": DATABASE_POOL, "timeout": 10}
#: requests that a web process answers at the same time; more of them wait their turn
WEB_THREADS = int(os.environ.get("WEB_THREADS", "16"))
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

REDIS_URL = os.environ.get("REDIS_URL", "redis://localhost:6379/0")
CACHES = {
    "default": {
        "BACKEND": "config.cache.ForgivingCache",
        "LOCATION": REDIS_URL,
        "OPTIONS": {"socket_timeout": 1, "socket_connect_timeout": 0.5},
    }
}

CELERY_BROKER_URL = REDIS_URL.replace("unix://", "redis+socket://", 1)  # the same socket, as Celery calls it
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_IGNORE_RESULT = True
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TIMEZONE = "UTC"
#: a worker that is told of no queue reads these; each with a key of its own, or what goes to one would go to both
CELERY_TASK_QUEUES = {name: {"exchange": name, "routing_key": name} for name in ("celery", "webhooks")}
#: who is slow to answer holds up a worker that does nothing else: docs/decisions/041
CELERY_TASK_ROUTES = {"accounts.tell_webhooks": {"queue": "webhooks"}, "accounts.send_delivery": {"queue": "webhooks"}}

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["accounts.signing_in.Backend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
# E-mail is unique whatever its case, by a constraint on Lower(email), which this check cannot see.
SILENCED_SYSTEM_CHECKS = ["auth.W004"]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"

LANGUAGE_CODE = "en-gb"
TIME_ZONE = "UTC"
USE_I18N = False
USE_TZ = True

STATIC_URL = "/static/"
#: of the package with the page about the API we need one part of three
SWAGGER_UI = Path(drf_spectacular_sidecar.__file__).parent / "static" / "drf_spectacular_sidecar" / "swagger-ui-dist"
STATICFILES_DIRS = [BASE_DIR / "static", ("swagger-ui", SWAGGER_UI)]
STATIC_ROOT = VAR / "static"
# Embedded mode and tests serve straight from the packages: compressing and hashing costs a start its speed.
WHITENOISE_USE_FINDERS = WHITENOISE_AUTOREFRESH = EMBEDDED or DEBUG
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if EMBEDDED or DEBUG
        else "config.static_files.BundlingStorage"
    },
}

REST_FRAMEWORK = {
    "EXCEPTION_HANDLER": "accounts.api.problems.answer",
    "UNAUTHENTICATED_USER": None,
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Touchline",
    "VERSION": "1",
    "OAS_VERSION": "3.1.0",
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SWAGGER_UI_SETTINGS": {"deepLinking": True, "docExpansion": "list", "defaultModelsExpandDepth": -1, "tryItOutEnabled": True},
    "POSTPROCESSING_HOOKS": ["accounts.api.describing.made_whole"],
}
#: requests a minute that a token, or somebody signed in, has of the API
API_RATE = int(os.environ.get("API_RATE", "600"))
#: bytes of a body that the API takes
API_LARGEST_BODY = 20 * 1024 * 1024
#: days for which the changes of a workspace can be followed on from where one has stopped
API_CHANGES_KEPT = int(os.environ.get("API_CHANGES_KEPT", "30"))

EMAIL_FILE_PATH = VAR / "mail"
EMAIL_BACKEND = os.environ.get(
    "EMAIL_BACKEND",
    "django.core.mail.backends.filebased.EmailBackend" if EMBEDDED else "django.core.mail.backends.smtp.EmailBackend",
)
EMAIL_HOST = os.environ.get("EMAIL_HOST", "localhost")
EMAIL_PORT = int(os.environ.get("EMAIL_PORT", "25"))
EMAIL_HOST_USER = os.environ.get("EMAIL_HOST_USER", "")
EMAIL_HOST_PASSWORD = os.environ.get("EMAIL_HOST_PASSWORD", "")
EMAIL_USE_TLS = _flag("EMAIL_USE_TLS")
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = os.environ.get("DEFAULT_FROM_EMAIL", "Touchline <touchline@localhost>")

#: hosts to which webhooks may post although they are inside a private network: `host` or `host:port`
OUTGOING_ALLOWED_HOSTS = _list("OUTGOING_ALLOWED_HOSTS")
#: seconds: a worker that has claimed reminders and died gives them up after the lease; what could not be sent is tried again
#: after the backoff, then after twice that, and so on. So many reminders are claimed at a time.
REMINDER_LEASE = float(os.environ.get("REMINDER_LEASE", "600"))
REMINDER_BACKOFF = float(os.environ.get("REMINDER_BACKOFF", "60"))
REMINDER_BATCH = int(os.environ.get("REMINDER_BATCH", "200"))
#: webhooks that one sweep posts to at the same time
WEBHOOK_THREADS = int(os.environ.get("WEBHOOK_THREADS", "8"))

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        # Cards carry their place as custom properties on the style attribute; style elements stay forbidden.
        "style-src-attr": ["'unsafe-inline'"],
        "img-src": ["'self'", "data:"],
        "font-src": ["'self'"],
        "connect-src": ["'self'"],
        "form-action": ["'self'"],
        "frame-ancestors": ["'none'"],
        "base-uri": ["'none'"],
        "manifest-src": ["'self'"],
        "worker-src": ["'self'"],
    }
}
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
# Read from Redis, kept in PostgreSQL: a Redis that is emptied signs nobody out.
SESSION_ENGINE = "django.contrib.sessions.backends.cached_db"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SECURE_SSL_REDIRECT = _flag("SECURE_SSL_REDIRECT", default=HTTPS)
SECURE_HSTS_SECONDS = int(os.environ.get("SECURE_HSTS_SECONDS", "31536000" if HTTPS else "0"))
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = HTTPS
if _flag("BEHIND_PROXY"):
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    ALLAUTH_TRUSTED_PROXY_COUNT = int(os.environ.get("TRUSTED_PROXIES", "1"))
# Probes come over plain HTTP from inside the network.
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]

FILE_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
DATA_UPLOAD_MAX_MEMORY_SIZE = 12 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 200

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": os.environ.get("LOG_LEVEL", "INFO")},
}
