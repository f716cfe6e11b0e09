"""Settings, all of them from the environment; README.md lists each."""

from datetime import timedelta
from pathlib import Path

from django.templatetags.static import static
from django.urls import reverse

from hospital import env

BASE_DIR = Path(__file__).resolve().parent.parent

DEBUG = env.flag("DEBUG", default=False)
DEMO = env.flag("DEMO", default=False)  # demo data and demo logins are allowed
DEMO_PASSWORD = env.text("DEMO_PASSWORD", "demo")  # of every demo login
PRODUCTION = not (DEBUG or DEMO)

SECRET_KEY = env.required("SECRET_KEY", "a long random text that signs sessions and tokens.")
if PRODUCTION:
    env.required(
        "ALLOWED_HOSTS", "the host names, separated by commas, that this system answers to."
    )
ALLOWED_HOSTS = env.words("ALLOWED_HOSTS")

# The hospital

HOSPITAL_NAME = env.text("HOSPITAL_NAME", "General Hospital")
HOSPITAL_ADDRESS = env.text("HOSPITAL_ADDRESS")  # these three: on receipts, where they are set
HOSPITAL_PHONE = env.text("HOSPITAL_PHONE")
HOSPITAL_TAX_ID = env.text("HOSPITAL_TAX_ID")
PUBLIC_URL = env.web_address("PUBLIC_URL")  # where patients reach it; else the host that was asked
CURRENCY = env.text("CURRENCY", "NGN")
NEAR_EXPIRY_DAYS = env.number("NEAR_EXPIRY_DAYS", 90)  # so long before it, a drug is listed
LEAKAGE_DAYS = env.number("LEAKAGE_DAYS", 3)  # paid so long ago and not delivered, it is reported
SHIFT_OPENS_ITSELF = env.flag("SHIFT_OPENS_ITSELF", default=True)  # with its first money act
SHIFT_VARIANCE_LIMIT = env.amount("SHIFT_VARIANCE_LIMIT", "500.00")  # above it: a supervisor
CASH_SMALLEST_COIN = env.amount("CASH_SMALLEST_COIN", "0.01")  # what is paid in cash is so many
CASH_DENOMINATIONS = env.amounts(
    "CASH_DENOMINATIONS", "1000,500,200,100,50,20,10,5,2,1,0.50,0.10,0.05,0.01"
)  # how a drawer is counted
TOP_UP_MARGIN = env.amount("TOP_UP_MARGIN", "0.00")  # less left in a wallet: a visit warns
LOCALE = env.locale("LOCALE", "en_NG")  # how amounts and times are written on receipts
TIME_ZONE = env.text("TIME_ZONE", "Africa/Lagos")  # of the business day; the wire is UTC
LANGUAGE_CODE = env.text("LANGUAGE_CODE", "en-gb")  # day before month
USE_TZ = True
USE_I18N = True
FORMAT_MODULE_PATH = "hospital.formats"

# The bank that withdrawals are paid by

BANK_URL = env.web_address("BANK_URL")
BANK_TOKEN = env.text("BANK_TOKEN")
BANK_DEADLINE_SECONDS = env.number("BANK_DEADLINE_SECONDS", 10)  # of one call, in all
BANK_FINALITY_SECONDS = env.seconds("BANK_FINALITY_SECONDS", "none")  # what the bank promises
BANK_ATTEMPTS = env.number("BANK_ATTEMPTS", 3)  # how often it is told to pay
BANK_RETRY_SECONDS = env.number("BANK_RETRY_SECONDS", 10)  # before the second attempt; doubles
BANK_ASKS = env.number("BANK_ASKS", 10)  # questions without an answer, then a person decides
DEFAULT_PAYOUT_DESTINATION = env.destination("DEFAULT_PAYOUT_DESTINATION")
# The payment gateway through which patients add money

GATEWAY = env.gateway("GATEWAY", CURRENCY)  # sandbox or razorpay; empty: nobody adds money online
GATEWAY_URL = env.web_address("GATEWAY_URL")
GATEWAY_KEY_ID = env.text("GATEWAY_KEY_ID")
GATEWAY_KEY_SECRET = env.text("GATEWAY_KEY_SECRET")
GATEWAY_WEBHOOK_SECRET = env.text("GATEWAY_WEBHOOK_SECRET")  # signs what the gateway calls us with
GATEWAY_DEADLINE_SECONDS = env.number("GATEWAY_DEADLINE_SECONDS", 10)  # of one call, in all
GATEWAY_ASK_SECONDS = env.number("GATEWAY_ASK_SECONDS", 30)  # before it is asked; doubles
GATEWAY_ABANDON_HOURS = env.number("GATEWAY_ABANDON_HOURS", 24)  # then nobody pays any more

CELERY_BROKER_URL = env.text("CELERY_BROKER_URL", "redis://127.0.0.1:6379/0")

# The database: the application's role, and beside it the owner, who only migrates

_DATABASE_URL = env.required(
    "DATABASE_URL", "the database as the application's role, postgresql://role:password@host/name."
)
_LIMITS = "-c lock_timeout=2000 -c idle_in_transaction_session_timeout=60000"
# Short statements only: compiling one takes longer than it runs, and PostgreSQL would compile what
# has to read a whole table after core.statements.BY_INDEX, whose price for that is prohibitive.
_PLANNING = "-c jit=off"
_NAME = "-c application_name=hospital"  # as the database and its audit show the connection
DATABASES = {
    "default": {
        **env.database(_DATABASE_URL, options=f"{_NAME} {_LIMITS} {_PLANNING}"),
        "CONN_MAX_AGE": env.number("CONN_MAX_AGE", 600),
        "CONN_HEALTH_CHECKS": True,
        "DISABLE_SERVER_SIDE_CURSORS": env.flag("DATABASE_POOLER", default=False),
    }
}
if _OWNER_URL := env.text("DATABASE_OWNER_URL"):
    DATABASES["owner"] = {**env.database(_OWNER_URL, options=""), "TEST": {"MIRROR": "default"}}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# The house

INSTALLED_APPS = [
    "hospital.core",
    "unfold",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "rest_framework",
    "rest_framework_simplejwt.token_blacklist",
    "django_filters",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "axes",
    "django_otp",
    "django_otp.plugins.otp_totp",
    "django_otp.plugins.otp_static",
    "smcapp1",
    "client_wallet",
    "invoicing_app",
]
MIDDLEWARE = [
    "hospital.core.content_security.ContentSecurityMiddleware",  # first: on every answer
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "hospital.core.charsets.CharsetMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "hospital.core.audit.marks.MarksStatements",  # who acts, for the audit
    "hospital.core.idle_sessions.IdleSessionMiddleware",
    "hospital.core.second_factor_gate.SecondFactorMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "axes.middleware.AxesMiddleware",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "hospital" / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    }
]
ROOT_URLCONF = "hospital.urls"
WSGI_APPLICATION = "hospital.wsgi.application"
TEST_RUNNER = "hospital.test_runner.PytestRunner"  # `manage.py test` runs the pytest suite
STATIC_URL = "/static/"
WHITENOISE_USE_FINDERS = True  # served from the packages: no collectstatic step to forget

# Sign-in

AUTH_USER_MODEL = "core.User"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",  # refuses who is locked out, and knows nobody
    "django.contrib.auth.backends.ModelBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]
LOGIN_URL = "admin:login"
LOGIN_REDIRECT_URL = "admin:index"
STAFF_IDLE_MINUTES = env.number("STAFF_IDLE_MINUTES", 15)  # a session ends when it is not used
PATIENT_IDLE_MINUTES = env.number("PATIENT_IDLE_MINUTES", 120)
SESSION_ENGINE = "hospital.core.session_store"
SESSION_HOURS = env.number("SESSION_HOURS", 12)  # however much it is used
PATIENT_CODE_HOURS = env.number("PATIENT_CODE_HOURS", 48)  # how long a printed code can be used
SESSION_COOKIE_AGE = SESSION_HOURS * 3600
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SIGN_IN_FAILURES = env.number("SIGN_IN_FAILURES", 8)  # of one name at one address, then a lock
SIGN_IN_LOCK_MINUTES = env.number("SIGN_IN_LOCK_MINUTES", 15)
AXES_FAILURE_LIMIT = SIGN_IN_FAILURES
AXES_COOLOFF_TIME = timedelta(minutes=SIGN_IN_LOCK_MINUTES)  # older failures are deleted
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]  # nobody can lock a name everywhere
AXES_USERNAME_CALLABLE = "hospital.core.lock_out.name_of"
AXES_CLIENT_IP_CALLABLE = "hospital.core.lock_out.address_of"
AXES_LOCKOUT_CALLABLE = "hospital.core.lock_out.keep_answer"
AXES_RESET_ON_SUCCESS = True
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False  # attempts at a locked name are not kept
AXES_DISABLE_ACCESS_LOG = True
AXES_ENABLE_ADMIN = False  # core shows what is locked
AXES_SENSITIVE_PARAMETERS = ["username", "ip_address", "code", "otp", "csrfmiddlewaretoken"]
AXES_VERBOSE = False
SECOND_FACTOR_REQUIRED = env.flag("SECOND_FACTOR_REQUIRED", default=False)  # of all staff
OTP_TOTP_ISSUER = HOSPITAL_NAME
SIMPLE_JWT = {
    "ACCESS_TOKEN_LIFETIME": timedelta(minutes=env.number("ACCESS_TOKEN_MINUTES", 15)),
    "REFRESH_TOKEN_LIFETIME": timedelta(hours=env.number("REFRESH_TOKEN_HOURS", 12)),
    "ROTATE_REFRESH_TOKENS": True,
    "BLACKLIST_AFTER_ROTATION": True,
    "CHECK_REVOKE_TOKEN": True,  # a changed password ends every token
    "UPDATE_LAST_LOGIN": False,
}

# Transport

HTTPS = env.flag("HTTPS", default=PRODUCTION)  # off only where nothing leaves the machine
SECURE_SSL_REDIRECT = HTTPS
SESSION_COOKIE_SECURE = HTTPS
CSRF_COOKIE_SECURE = HTTPS
SECURE_HSTS_SECONDS = env.number("HSTS_SECONDS", 31_536_000 if HTTPS else 0)
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS
SECURE_HSTS_PRELOAD = HTTPS
if env.flag("BEHIND_TLS_PROXY", default=False):
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
CSRF_TRUSTED_ORIGINS = env.words("CSRF_TRUSTED_ORIGINS")
X_FRAME_OPTIONS = "DENY"

# The API

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        # First, so that a missing token answers 401 and not 403.
        "hospital.core.token_authentication.TokenAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["hospital.core.permissions.Nobody"],  # each view names its own
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["hospital.core.parsers.BoundedJSONParser"],
    "DEFAULT_PAGINATION_CLASS": "hospital.core.pagination.NewestFirst",
    "DEFAULT_FILTER_BACKENDS": ["django_filters.rest_framework.DjangoFilterBackend"],
    "DEFAULT_THROTTLE_CLASSES": ["hospital.core.throttling.CallerThrottle"],
    "DEFAULT_THROTTLE_RATES": {
        "caller": env.text("THROTTLE_CALLER", "12000/min"),
        "anonymous": env.text("THROTTLE_ANONYMOUS", "600/min"),
        "login": env.text("THROTTLE_LOGIN", "30/min"),
        "receipt": env.text("THROTTLE_RECEIPT", "60/min"),
        "recipient": env.text("THROTTLE_RECIPIENT", "10/min"),
        "sign-up": env.text("THROTTLE_SIGN_UP", "10/min"),
    },
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "hospital.core.problems.problem_response",
    "NUM_PROXIES": env.number("TRUSTED_PROXIES", 0),  # 0: X-Forwarded-For is not believed
    "COERCE_DECIMAL_TO_STRING": True,
    "UNAUTHENTICATED_USER": "django.contrib.auth.models.AnonymousUser",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Hospital money desk",
    "DESCRIPTION": "Deposits, bills and payments of a hospital where patients pay first.",
    "VERSION": "1.0.0",
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_PERMISSIONS": ["rest_framework.permissions.AllowAny"],
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "REDOC_DIST": "SIDECAR",
    "ENUM_NAME_OVERRIDES": {
        "PaymentMethodEnum": "client_wallet.models.PaymentMethod.choices",
        "DepositMethodEnum": "client_wallet.serializers.DEPOSIT_METHODS",
        "TransactionStatusEnum": "client_wallet.transactions.STATUSES",
        "WalletStatusEnum": "client_wallet.models.WalletAccount.Status",
        "ShiftStatusEnum": "client_wallet.models.Shift.Status",
        "HandOverStatusEnum": "client_wallet.models.HandOver.Status",
        "ConsultationStatusEnum": "smcapp1.models.Consultation.Status",
        "StockCountStatusEnum": "smcapp1.models.StockCount.Status",
        "PayerKindEnum": "invoicing_app.payers.models.Payer.Kind",
        "ShortPaymentStatusEnum": "invoicing_app.payers.models.ShortPayment.Status",
        "WaiverStatusEnum": "invoicing_app.waivers.models.Waiver.Status",
        "RefundStatusEnum": "invoicing_app.refunds.models.Refund.Status",
        "RefundKindEnum": "invoicing_app.refunds.models.Refund.Kind",
    },
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "hospital.core.schema.describe_problems",
    ],
}

# The admin

UNFOLD = {
    "SITE_TITLE": HOSPITAL_NAME,
    "SITE_HEADER": HOSPITAL_NAME,
    "SITE_SYMBOL": "local_hospital",
    "DASHBOARD_CALLBACK": "invoicing_app.panels.start_page.start_page",
    "LOGIN": {"form": "hospital.core.sign_in.SignInForm"},
    "SHOW_HISTORY": True,
    "SHOW_VIEW_ON_SITE": False,
    "SITE_URL": None,
    "SITE_FAVICONS": [
        {
            "rel": "icon",
            "type": "image/svg+xml",
            "href": lambda request: static("core/icon.svg"),
        }
    ],
    "COLORS": lambda request: {},  # colors.css: not written into each page
    "STYLES": [
        lambda request: static("core/colors.css"),
        lambda request: static("core/desk.css"),
    ],
    "SCRIPTS": [
        lambda request: static("core/htmx_settings.js"),
        lambda request: static("core/autofocus.js"),
        lambda request: static("core/field_names.js"),
    ],
    "SIDEBAR": {"navigation": "hospital.core.menu.navigation"},
    "ACCOUNT": {
        "navigation": [
            {
                "title": "Second factor",
                "link": lambda request: reverse("admin:core_user_second_factor"),
            }
        ]
    },
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": env.text("LOG_LEVEL", "WARNING")},
}
