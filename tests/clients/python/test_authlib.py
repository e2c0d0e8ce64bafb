"""Authlib's RFC 9068 validator, unmodified, as the guard of a Flask API that knows only the issuer."""

import base64
import json
import time
from types import SimpleNamespace

import pytest
import requests
from authlib.integrations.flask_oauth2 import ResourceProtector, current_token
from authlib.oauth2.rfc9068 import JWTBearerTokenValidator
from cryptography.hazmat.primitives.asymmetric import rsa
from flask import Flask
from joserfc import jwt
from joserfc.jwk import KeySet, RSAKey

from conftest import API


class Validator(JWTBearerTokenValidator):
    def get_jwks(self):
        metadata = requests.get(f"{self.issuer}/.well-known/oauth-authorization-server", timeout=5).json()
        return KeySet.import_key_set(requests.get(metadata["jwks_uri"], timeout=5).json())


@pytest.fixture(scope="module")
def app(server):
    """A client that signs in people of its own, and gets id_tokens too."""
    may = ["--grant", "password", "--scope", "openid notes.read notes.write", "--resource", API]
    client = server.command("client", "add", "app", *may)
    password = "a long enough password"
    person = server.command("user", "add", "alice", "--password-stdin", input=f"{password}\n".encode())
    auth = (client["client_id"], client["client_secret"])

    def tokens(scope="openid notes.read"):
        form = {"grant_type": "password", "username": "alice", "password": password, "scope": scope}
        response = requests.post(f"{server.issuer}/token", data=form, auth=auth, timeout=5)
        assert response.status_code == 200, response.text
        return SimpleNamespace(**response.json())

    return SimpleNamespace(id=client["client_id"], sub=person["sub"], tokens=tokens)


@pytest.fixture(scope="module")
def call(server):
    """Calls the API with a token; the API may believe to be another one."""

    def answer(token, audience=API):
        require = ResourceProtector()
        require.register_token_validator(Validator(issuer=server.issuer, resource_server=audience))
        api = Flask("notes")

        @api.get("/notes")
        @require("notes.read")
        def notes():
            return dict(current_token)

        headers = {"Authorization": f"Bearer {token}"} if token else {}
        return api.test_client().get("/notes", headers=headers)

    return answer


def assert_refused(response, error="invalid_token"):
    assert response.status_code == 401
    assert response.json["error"] == error
    assert response.headers["WWW-Authenticate"].lower().startswith("bearer ")


def encode(value):
    return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()


def claims_of(token):
    payload = token.split(".")[1]
    return json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))


def test_an_access_token_is_accepted(app, call):
    response = call(app.tokens().access_token)
    assert response.status_code == 200
    assert response.json["sub"] == app.sub
    assert response.json["client_id"] == app.id
    assert response.json["aud"] == API


def test_no_token_is_refused(call):
    assert_refused(call(None), error="missing_authorization")


def test_too_little_scope_is_refused(app, call):
    response = call(app.tokens("notes.write").access_token)
    assert response.status_code == 403
    assert response.json["error"] == "insufficient_scope"


def test_a_token_for_another_api_is_refused(app, call):
    assert_refused(call(app.tokens().access_token, audience="https://photos.countersign.dev"))


def test_an_id_token_is_refused_even_where_its_audience_is_right(app, call):
    tokens = app.tokens()
    assert_refused(call(tokens.id_token))
    assert claims_of(tokens.id_token)["aud"] == app.id
    assert_refused(call(tokens.id_token, audience=app.id))


def test_an_altered_token_is_refused(app, call):
    token = app.tokens().access_token
    header, _, signature = token.split(".")
    claims = claims_of(token) | {"scope": "notes.read notes.write"}
    assert_refused(call(f"{header}.{encode(claims)}.{signature}"))

    kid = json.loads(base64.urlsafe_b64decode(header + "=="))["kid"]
    thief = RSAKey.import_key(rsa.generate_private_key(public_exponent=65537, key_size=2048))
    assert_refused(call(jwt.encode({"alg": "RS256", "typ": "at+jwt", "kid": kid}, claims, thief)))


def test_an_expired_token_is_refused(app, call):
    token = app.tokens().access_token
    time.sleep(max(0, claims_of(token)["exp"] + 1 - time.time()))
    assert_refused(call(token))
