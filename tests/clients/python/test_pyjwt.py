"""PyJWT, unmodified, as an API that knows only the issuer: it accepts our access tokens and refuses all others."""

import base64
import json
import time

import jwt
import pytest
import requests
from cryptography.hazmat.primitives.asymmetric import rsa

from conftest import ACCESS_TTL, API


@pytest.fixture(scope="session")
def keys(server):
    metadata = requests.get(f"{server.issuer}/.well-known/openid-configuration", timeout=5).json()
    return jwt.PyJWKClient(metadata["jwks_uri"])


@pytest.fixture
def verify(server, keys):
    def verified(token, key=None, audience=API, **options):
        key = key or keys.get_signing_key_from_jwt(token)
        required = {"require": ["iss", "aud", "sub", "client_id", "exp", "iat", "jti"]}
        options = required | options
        return jwt.decode(token, key, algorithms=["RS256"], audience=audience, issuer=server.issuer, options=options)

    return verified


def encode(value):
    return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()


def test_an_access_token_is_accepted(server, verify, access_token):
    claims = verify(access_token)
    assert jwt.get_unverified_header(access_token)["typ"] == "at+jwt"
    assert claims["client_id"] == server.client["client_id"]
    assert claims["exp"] - claims["iat"] == ACCESS_TTL


def test_an_altered_header_is_refused(verify, access_token):
    _, payload, signature = access_token.split(".")
    header = jwt.get_unverified_header(access_token) | {"x": 1}
    altered = f"{encode(header)}.{payload}.{signature}"
    assert verify(altered, verify_signature=False)
    with pytest.raises(jwt.InvalidSignatureError):
        verify(altered)


def test_an_altered_payload_is_refused_for_its_signature_and_nothing_else(verify, access_token):
    header, _, signature = access_token.split(".")
    claims = verify(access_token) | {"scope": "everything"}
    with pytest.raises(jwt.InvalidSignatureError):
        verify(f"{header}.{encode(claims)}.{signature}")

    thief = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    headers = {name: value for name, value in jwt.get_unverified_header(access_token).items() if name != "alg"}
    forged = jwt.encode(claims, thief, algorithm="RS256", headers=headers)
    assert verify(forged, key=thief.public_key())["scope"] == "everything"
    with pytest.raises(jwt.InvalidSignatureError):
        verify(forged)


def test_an_altered_signature_is_refused(verify, access_token):
    signed, signature = access_token.rsplit(".", 1)
    altered = bytearray(base64.urlsafe_b64decode(signature + "=="))
    altered[len(altered) // 2] ^= 1
    with pytest.raises(jwt.InvalidSignatureError):
        verify(f"{signed}.{base64.urlsafe_b64encode(altered).rstrip(b'=').decode()}")


def test_an_unknown_key_is_refused(verify, access_token):
    _, payload, signature = access_token.split(".")
    header = jwt.get_unverified_header(access_token) | {"kid": "unknown"}
    with pytest.raises(jwt.PyJWKClientError):
        verify(f"{encode(header)}.{payload}.{signature}")


def test_a_token_for_another_api_is_refused(verify, access_token):
    with pytest.raises(jwt.InvalidAudienceError):
        verify(access_token, audience="https://photos.countersign.dev")


def test_an_expired_token_is_refused(verify, access_token):
    claims = verify(access_token)
    time.sleep(max(0, claims["exp"] - time.time()) + 0.02)
    with pytest.raises(jwt.ExpiredSignatureError):
        verify(access_token)
    assert verify(access_token, verify_exp=False) == claims
