"""The settings that `client add` prints for Authlib, run as they were printed."""

import re
from types import SimpleNamespace

import pytest
from authlib.oauth2.rfc6749.errors import MismatchingStateException
from flask import Flask
from person import Person

CALLBACK = "http://localhost:49152/callback"
PASSWORD = "a long enough password"


@pytest.fixture(scope="module")
def ada(server):
    """A person with a browser."""
    add = ["user", "add", "ada", "--email", "ada@countersign.dev", "--password-stdin"]
    person = server.command(*add, input=f"{PASSWORD}\n".encode())
    return SimpleNamespace(sub=person["sub"], authorize=Person("ada", PASSWORD).authorize)


@pytest.fixture
def settings(server, monkeypatch):
    """Registers a client as a developer does, and gives what is printed for Authlib."""

    def register(*arguments):
        printed = server.printed("client", "add", *arguments)
        if secret := re.search(r"shown this once: (\S+)", printed):
            monkeypatch.setenv("CLIENT_SECRET", secret[1])
        (text,) = re.findall(r"^--- Authlib 1[^\n]*\n\n(.*?)(?=\n--- |\Z)", printed, re.DOTALL | re.MULTILINE)
        return text

    return register


@pytest.mark.parametrize("method", ["client_secret_basic", "client_secret_post"])
def test_a_flask_application_signs_people_in(ada, settings, method):
    text = settings(f"flask-{method}", "--redirect-uri", CALLBACK, "--auth-method", method)
    app = Flask("photos")
    app.secret_key = "a secret of the application"
    names = {"app": app}
    exec(text, names)
    comments = dict(re.findall(r"^# ([^:]+): (?:return |tokens = )?(.+)$", text, re.MULTILINE))

    def callback():
        names["tokens"] = eval(comments["At the redirect URI"], names)
        return eval(comments["Who signed in"], names)

    app.add_url_rule("/sign-in", "sign-in", lambda: eval(comments["To sign in"], names))
    app.add_url_rule("/callback", "callback", callback)
    browser = app.test_client()
    sent = browser.get("/sign-in", base_url=CALLBACK)
    assert sent.status_code == 302
    claims = browser.get(ada.authorize(sent.location)).json
    assert (claims["sub"], claims["email"]) == (ada.sub, "ada@countersign.dev")
    assert names["tokens"]["userinfo"]["sub"] == ada.sub


@pytest.fixture
def native(request, ada, settings):
    """Begins as a program on somebody's machine, and gives what finishes with the address that the browser came to."""
    client = ["--public", "--redirect-uri", "http://127.0.0.1/callback", "--scope", "openid offline_access"]
    text = settings(request.node.name, *client)
    begin, finish = text.split("# With the URL that the browser asked the port for.\n")
    names = {"port": 49153}
    exec(begin, names)

    def finished(address):
        exec(finish, names | {"current_url": address}, names)
        return SimpleNamespace(**names)

    return SimpleNamespace(address=ada.authorize(names["url"]), finish=finished)


def test_a_program_on_somebodys_machine_signs_people_in_and_refreshes(server, native):
    program = native.finish(native.address)
    first = program.tokens["refresh_token"]
    assert program.tokens["id_token"]
    assert program.session.refresh_token(f"{server.issuer}/token")["refresh_token"] != first


def test_a_program_on_somebodys_machine_refuses_an_answer_with_another_state(native):
    with pytest.raises(MismatchingStateException):
        native.finish(re.sub("state=[^&]+", "state=another", native.address))


@pytest.mark.parametrize("method", ["client_secret_basic", "client_secret_post"])
def test_a_service_gets_a_token_and_the_next_one(server, settings, method):
    service = ["--grant", "client_credentials", "--scope", "reports.read", "--auth-method", method]
    names = {}
    exec(settings(f"service-{method}", *service), names)
    session = names["session"]
    first = session.token["access_token"]
    # The tokens of this server live for less than Authlib's leeway.
    session.get(f"{server.issuer}/health/ready")
    assert session.token["access_token"] != first
