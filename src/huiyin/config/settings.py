"""All settings, read from the environment and nothing else; `docs/reference/settings.md` lists them."""

from pathlib import Path
from typing import Any

import django_stubs_ext
from csp.constants import NONCE, SELF
from django.utils.translation import gettext_lazy as _

from huiyin.config import environment as env
from huiyin.config import logs, secrets, tuning
from huiyin.config.embedded import Cluster

django_stubs_ext.monkeypatch()

PACKAGE = Path(__file__).resolve().parent.parent
DATA = env.folder("HUIYIN_DATA", Path("var"))
DEBUG = env.flag("HUIYIN_DEBUG")
HUIYIN_DEMO = env.flag("HUIYIN_DEMO")
HUIYIN_TESTING = env.flag("HUIYIN_TESTING")

# Who runs this installation, as shown on every page.
HUIYIN_CITY_NAME = {
    "zh-hans": env.text("HUIYIN_NAME_ZH_HANS", "回音"),
    "zh-hant": env.text("HUIYIN_NAME_ZH_HANT", "回音"),
    "en": env.text("HUIYIN_NAME_EN", "Huiyin"),
}
HUIYIN_BASE_URL = env.text("HUIYIN_BASE_URL", "http://127.0.0.1:8000").rstrip("/")
# Whether web hooks may lead into the own network, and over http.
HUIYIN_REACH_PRIVATE = env.flag("HUIYIN_REACH_PRIVATE")
HUIYIN_MAP_STYLE = env.text("HUIYIN_MAP_STYLE")

# Secrets come from the environment; without them each installation makes its own once, in its data folder.
SECRET_KEY = secrets.value("HUIYIN_SECRET_KEY", DATA)
HUIYIN_VAULT_KEYS = secrets.vault_keys(DATA)
HUIYIN_LOG_KEY = secrets.value("HUIYIN_LOG_KEY", DATA)

ALLOWED_HOSTS = env.words("HUIYIN_HOSTS", "127.0.0.1,localhost,[::1]")
CSRF_TRUSTED_ORIGINS = [HUIYIN_BASE_URL]
SECURE = HUIYIN_BASE_URL.startswith("https://")
# Number of reverse proxies in front; 0 means that the peer's address is the client's.
HUIYIN_PROXIES = env.integer("HUIYIN_PROXIES", 0)

INSTALLED_APPS = [
    "huiyin.web",
    "huiyin.interop",
    "huiyin.usecases",
    "huiyin.privacy",
    "huiyin.scorecards",
    "huiyin.aftercare",
    "huiyin.topics",
    "huiyin.relays",
    "huiyin.triage",
    "huiyin.cases",
    "huiyin.consultations",
    "huiyin.feedback",
    "huiyin.hooks",
    "huiyin.knowledge",
    "huiyin.catalogue",
    "huiyin.questionnaires",
    "huiyin.people",
    "huiyin.organisations",
    "huiyin.accounts",
    "huiyin.places",
    "huiyin.notifications",
    "huiyin.files",
    "huiyin.audit",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.contrib.humanize",
    "django.forms",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "csp",
    "django_htmx",
    "django_linear_migrations",
    "procrastinate.contrib.django",
]

MIDDLEWARE = [
    "huiyin.web.components.middleware.Programs",
    "huiyin.web.components.middleware.Refusals",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    # Pages go packed too: a cheap telephone on a slow line. Django adds random bytes against BREACH.
    "django.middleware.gzip.GZipMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "huiyin.web.components.middleware.Language",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "huiyin.web.components.middleware.Access",
]

ROOT_URLCONF = "huiyin.config.urls"
WSGI_APPLICATION = "huiyin.config.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
AUTH_USER_MODEL = "accounts.User"

FORM_RENDERER = "huiyin.web.components.forms.Renderer"
TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [PACKAGE / "web" / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "csp.context_processors.nonce",
                "huiyin.web.components.context.city",
            ],
        },
    }
]

# --- database -------------------------------------------------------------------------------------------------------
_url = env.text("DATABASE_URL")
EMBEDDED = None if _url else Cluster(
    DATA / "postgresql",
    ("-c fsync=off", "-c synchronous_commit=off", "-c full_page_writes=off", "-c max_connections=60")
    if HUIYIN_TESTING
    else tuning.options(),
)  # fmt: skip
DATABASES: dict[str, dict[str, Any]] = {
    "default": {
        "ENGINE": "huiyin.config.postgres",
        "CONN_MAX_AGE": 600,
        "CONN_HEALTH_CHECKS": True,
        **(
            env.database(_url)
            if EMBEDDED is None
            else {"NAME": "huiyin", "USER": "huiyin", "HOST": str(EMBEDDED.sockets), "CLUSTER": EMBEDDED}
        ),
    }
}
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "huiyin_cache",
    },
    "local": {"BACKEND": "huiyin.kernel.memory.Memory"},
}
PROCRASTINATE_AUTODISCOVER_MODULE_NAME = ""
PROCRASTINATE_IMPORT_PATHS = ["huiyin.usecases.jobs"]

# --- sign-in --------------------------------------------------------------------------------------------------------
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = (
    ["django.contrib.auth.hashers.MD5PasswordHasher"]
    if HUIYIN_TESTING
    else ["django.contrib.auth.hashers.Argon2PasswordHasher"]
)
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/desk/"
ACCOUNT_LOGOUT_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "huiyin.web.components.sign_in.AccountAdapter"
ACCOUNT_FORMS = {
    "login": "huiyin.web.components.sign_in.SignInForm",
    "change_password": "huiyin.web.components.sign_in.PasswordForm",
    "reauthenticate": "huiyin.web.components.sign_in.AgainForm",
}
SOCIALACCOUNT_ADAPTER = "huiyin.web.components.sign_in.SocialAccountAdapter"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_SESSION_REMEMBER = False
# Behind proxies the limits count the client's address, not the proxy's.
ALLAUTH_TRUSTED_PROXY_COUNT = HUIYIN_PROXIES
ACCOUNT_RATE_LIMITS = {"login_failed": "10/m/ip,5/5m/key"}
# A city's own OpenID Connect. It opens the account whose user name is its claim `preferred_username`.
SOCIALACCOUNT_PROVIDERS = {
    "openid_connect": {
        "APPS": [
            {
                "provider_id": "city",
                "name": env.text("HUIYIN_OIDC_NAME", "OpenID Connect"),
                "client_id": env.text("HUIYIN_OIDC_CLIENT_ID"),
                "secret": env.text("HUIYIN_OIDC_CLIENT_SECRET"),
                "settings": {"server_url": env.text("HUIYIN_OIDC_URL")},
            }
        ]
        if env.text("HUIYIN_OIDC_URL")
        else []
    }
}
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not SECURE
MFA_TOTP_ISSUER = "Huiyin"
# A demonstration or a test may sign in without the second factor; an installation may not.
HUIYIN_SECOND_FACTOR = not (HUIYIN_DEMO or HUIYIN_TESTING)

SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE
SESSION_COOKIE_AGE = 12 * 3600
SESSION_COOKIE_HTTPONLY = True
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_HSTS_SECONDS = 31536000 if SECURE else 0
SECURE_SSL_REDIRECT = False
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HUIYIN_PROXIES else None
X_FRAME_OPTIONS = "DENY"
CSRF_FAILURE_VIEW = "huiyin.web.components.refusals.cross_site"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF, NONCE],
        "style-src": [SELF, NONCE],
        "style-src-attr": [
            "'unsafe-inline'"
        ],  # MapLibre and ECharts position their elements by style attributes
        "img-src": [SELF, "data:", "blob:", *env.words("HUIYIN_MAP_HOSTS")],
        "connect-src": [SELF, *env.words("HUIYIN_MAP_HOSTS")],
        "worker-src": [SELF, "blob:"],  # MapLibre's worker
        "object-src": ["'none'"],
        "base-uri": [SELF],
        "form-action": [SELF],
        "frame-ancestors": ["'none'"],
    }
}

# --- languages and time ---------------------------------------------------------------------------------------------
LANGUAGE_CODE = env.text("HUIYIN_LANGUAGE", "zh-hans")
LANGUAGES = [("zh-hans", _("简体中文")), ("zh-hant", _("繁體中文")), ("en", _("English"))]
LOCALE_PATHS = [PACKAGE / "web" / "locale"]
LANGUAGE_COOKIE_NAME = "language"
LANGUAGE_COOKIE_AGE = 365 * 24 * 3600
LANGUAGE_COOKIE_SAMESITE = "Lax"
TIME_ZONE = env.text("HUIYIN_TIME_ZONE", "Asia/Shanghai")
USE_TZ = True
USE_I18N = True

# --- files ----------------------------------------------------------------------------------------------------------
STATIC_URL = "/static/"
STATIC_ROOT = DATA / "static"
MEDIA_ROOT = DATA / "files"
STORAGES = {
    "default": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": MEDIA_ROOT, "base_url": None, "file_permissions_mode": 0o600},
    },
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG or HUIYIN_TESTING
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
WHITENOISE_USE_FINDERS = DEBUG or HUIYIN_TESTING
# A million Chinese characters, percent-encoded, still get a form that says how many are too many.
DATA_UPLOAD_MAX_MEMORY_SIZE = 12 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2000
FILE_UPLOAD_HANDLERS = ["huiyin.files.uploads.LimitedUploadHandler"]
HUIYIN_FILE_MAX_BYTES = env.integer("HUIYIN_FILE_MAX_MB", 20) * 1024 * 1024
HUIYIN_FILES_PER_CASE = env.integer("HUIYIN_FILES_PER_CASE", 10)
# Reads without a key through the interfaces, for one internet address; 0: no limit.
HUIYIN_READS_PER_MINUTE = env.integer("HUIYIN_READS_PER_MINUTE", 600)
HUIYIN_OPEN_DATA = DATA / "open-data"
HUIYIN_OPEN_DATA_LICENCE = env.text(
    "HUIYIN_OPEN_DATA_LICENCE",
    "Creative Commons Attribution 4.0 (CC BY 4.0), https://creativecommons.org/licenses/by/4.0/",
)
HUIYIN_FILE_SCANNER = env.text("HUIYIN_FILE_SCANNER", "huiyin.files.scanners.AcceptAll")
# Where ClamAV's daemon listens, for huiyin.files.scanners.ClamAV: tcp://host:3310 or unix:/path.
HUIYIN_CLAMAV = env.text("HUIYIN_CLAMAV", "unix:/run/clamav/clamd.ctl")

# --- search ---------------------------------------------------------------------------------------------------------
HUIYIN_SEARCH = env.text("HUIYIN_SEARCH", "huiyin.cases.searchers.PostgresSearch")

# --- consultations --------------------------------------------------------------------------------------------------
HUIYIN_REGISTER = env.text("HUIYIN_REGISTER", "huiyin.consultations.registers.NoRegister")
# For huiyin.consultations.registers.ListedResidents: a CSV file with the columns number and name.
HUIYIN_RESIDENTS = env.text("HUIYIN_RESIDENTS")

# --- mail -----------------------------------------------------------------------------------------------------------
EMAIL_BACKEND = env.text(
    "HUIYIN_EMAIL_BACKEND",
    "django.core.mail.backends.smtp.EmailBackend"
    if env.text("HUIYIN_EMAIL_HOST")
    else "django.core.mail.backends.dummy.EmailBackend",
)
EMAIL_HOST = env.text("HUIYIN_EMAIL_HOST")
EMAIL_PORT = env.integer("HUIYIN_EMAIL_PORT", 587)
EMAIL_HOST_USER = env.text("HUIYIN_EMAIL_USER")
EMAIL_HOST_PASSWORD = env.text("HUIYIN_EMAIL_PASSWORD")
EMAIL_USE_TLS = env.text("HUIYIN_EMAIL_TLS", "yes").lower() in env.TRUE
EMAIL_TIMEOUT = 20
DEFAULT_FROM_EMAIL = env.text("HUIYIN_EMAIL_FROM", "huiyin@localhost")
# The address to which people write; with it mails become cases, and answers to notices join theirs.
HUIYIN_MAIL_ADDRESS = env.text("HUIYIN_MAIL_ADDRESS").lower()
HUIYIN_IMAP_HOST = env.text("HUIYIN_IMAP_HOST")
HUIYIN_IMAP_PORT = env.integer("HUIYIN_IMAP_PORT", 993)
HUIYIN_IMAP_USER = env.text("HUIYIN_IMAP_USER")
HUIYIN_IMAP_PASSWORD = env.text("HUIYIN_IMAP_PASSWORD")
HUIYIN_IMAP_FOLDER = env.text("HUIYIN_IMAP_FOLDER", "INBOX")
# An Apprise address of a text message gateway with {phone} where the number goes; empty: no text messages.
HUIYIN_SMS_URL = env.text("HUIYIN_SMS_URL", "")
# Messengers whose groups a unit may name (schemes of Apprise); others could reach inner machines.
HUIYIN_CHAT_SCHEMES = env.words("HUIYIN_CHAT_SCHEMES", "dingtalk, wecombot, feishu, lark")
# How notices reach people. Without a mail server they are recorded and not sent.
HUIYIN_CHANNELS = {
    "email": "huiyin.notifications.channels.null.Null"
    if EMAIL_BACKEND.endswith(".dummy.EmailBackend") and not HUIYIN_TESTING
    else "huiyin.notifications.channels.email.Email",
    "sms": "huiyin.notifications.channels.chat.Sms"
    if HUIYIN_SMS_URL
    else "huiyin.notifications.channels.null.Null",
    "chat": "huiyin.notifications.channels.chat.Chat",
}

# --- logs -----------------------------------------------------------------------------------------------------------
LOGGING = logs.configuration(
    as_json=env.flag("HUIYIN_LOG_JSON"),
    level=env.text("HUIYIN_LOG_LEVEL", "WARNING" if HUIYIN_TESTING else "INFO"),
)
SILENCED_SYSTEM_CHECKS = [
    "security.W008",  # TLS ends at the reverse proxy, which does the redirect
    "security.W005",  # what else runs below the domain is its owner's business
    "security.W021",  # preloading HSTS is the domain owner's decision
]
