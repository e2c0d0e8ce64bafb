"""A Django project in one file, with django-allauth's OpenID Connect provider as its documentation has it."""

import sys
from os import environ

import django
from django.conf import settings
from django.core.management import execute_from_command_line
from django.http import HttpResponse
from django.urls import include, path

settings.configure(
    DEBUG=True,
    SECRET_KEY="a secret of the application's own",
    ROOT_URLCONF=__name__,
    ALLOWED_HOSTS=["localhost"],
    USE_TZ=True,
    DEFAULT_AUTO_FIELD="django.db.models.AutoField",
    DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": "db.sqlite3"}},
    INSTALLED_APPS=[
        "django.contrib.auth",
        "django.contrib.contenttypes",
        "django.contrib.sessions",
        "django.contrib.messages",
        "allauth",
        "allauth.account",
        "allauth.socialaccount",
        "allauth.socialaccount.providers.openid_connect",
    ],
    MIDDLEWARE=[
        "django.contrib.sessions.middleware.SessionMiddleware",
        "django.middleware.csrf.CsrfViewMiddleware",
        "django.contrib.auth.middleware.AuthenticationMiddleware",
        "django.contrib.messages.middleware.MessageMiddleware",
        "allauth.account.middleware.AccountMiddleware",
    ],
    TEMPLATES=[
        {
            "BACKEND": "django.template.backends.django.DjangoTemplates",
            "APP_DIRS": True,
            "OPTIONS": {
                "context_processors": [
                    "django.template.context_processors.request",
                    "django.contrib.auth.context_processors.auth",
                    "django.contrib.messages.context_processors.messages",
                ]
            },
        }
    ],
    AUTHENTICATION_BACKENDS=["allauth.account.auth_backends.AuthenticationBackend"],
    EMAIL_BACKEND="django.core.mail.backends.dummy.EmailBackend",
    LOGIN_REDIRECT_URL="/",
    SOCIALACCOUNT_PROVIDERS={
        "openid_connect": {
            "OAUTH_PKCE_ENABLED": True,
            "APPS": [
                {
                    "provider_id": "countersign",
                    "name": "Countersign",
                    "client_id": environ["CLIENT_ID"],
                    "secret": environ["CLIENT_SECRET"],
                    "settings": {"server_url": environ["ISSUER"]},
                }
            ],
        }
    },
)
django.setup()


def home(request):
    """Says who signed in, and with which addresses."""
    user = request.user
    if not user.is_authenticated:
        return HttpResponse("Nobody is signed in.")
    addresses = user.emailaddress_set.values_list("email", "verified")
    said = ", ".join(f"{email} (verified: {verified})" for email, verified in addresses)
    return HttpResponse(f"Hello, {user.username}: {said}")


urlpatterns = [path("accounts/", include("allauth.urls")), path("", home)]

if __name__ == "__main__":
    execute_from_command_line(sys.argv)
