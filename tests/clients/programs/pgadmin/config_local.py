"""pgAdmin, where people sign in at Countersign and nowhere else. What differs comes from the environment."""

from os import environ

SERVER_MODE = True
DATA_DIR = environ["DIR"]
DEFAULT_SERVER = "127.0.0.1"
DEFAULT_SERVER_PORT = int(environ["PORT"])
UPGRADE_CHECK_ENABLED = False
# What it encrypts with this is passwords of databases.
MASTER_PASSWORD_REQUIRED = False

AUTHENTICATION_SOURCES = ["oauth2"]
OAUTH2_AUTO_CREATE_USER = True
OAUTH2_CONFIG = [
    {
        "OAUTH2_NAME": "countersign",
        "OAUTH2_DISPLAY_NAME": "Countersign",
        "OAUTH2_CLIENT_ID": environ["CLIENT_ID"],
        "OAUTH2_CLIENT_SECRET": environ["CLIENT_SECRET"],
        "OAUTH2_SERVER_METADATA_URL": f"{environ['ISSUER']}/.well-known/openid-configuration",
        "OAUTH2_USERINFO_ENDPOINT": f"{environ['ISSUER']}/userinfo",
        "OAUTH2_SCOPE": "openid profile email",
        "OAUTH2_USERNAME_CLAIM": "preferred_username",
        "OAUTH2_CHALLENGE_METHOD": "S256",
        "OAUTH2_RESPONSE_TYPE": "code",
        "OAUTH2_LOGOUT_URL": f"{environ['ISSUER']}/logout"
        "?post_logout_redirect_uri={redirect_uri}&id_token_hint={id_token}",
        "OAUTH2_ICON": "fa-user",
        "OAUTH2_BUTTON_COLOR": "#336791",
    }
]
