"""Starts the real binary and registers a client, as an operator does."""

import json
import os
import socket
import subprocess
import time
from pathlib import Path
from types import SimpleNamespace

import pytest
import requests

ROOT = Path(__file__).resolve().parents[3]
BINARY = ROOT / os.environ.get("COUNTERSIGN_BIN", "target/release/countersign")
API = "https://notes.countersign.dev"
ACCESS_TTL = 3


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture(scope="session")
def server(tmp_path_factory):
    data = tmp_path_factory.mktemp("countersign")
    port, management = free_port(), free_port()
    issuer = f"http://localhost:{port}"
    environment = {name: value for name, value in os.environ.items() if not name.startswith("COUNTERSIGN_")}
    environment |= {
        "COUNTERSIGN_ISSUER": issuer,
        "COUNTERSIGN_LISTEN": f"127.0.0.1:{port}",
        "COUNTERSIGN_MANAGEMENT__LISTEN": f"127.0.0.1:{management}",
        "COUNTERSIGN_DATA_DIR": str(data),
        "COUNTERSIGN_TOKENS__ACCESS_TTL": f"{ACCESS_TTL}s",
    }
    log = data / "log"
    with log.open("w") as output:
        process = subprocess.Popen([BINARY, "serve"], cwd=data, env=environment, stdout=output, stderr=output)
    try:
        wait_until_ready(process, issuer, log)

        def printed(*arguments, input=None):
            run = [BINARY, *arguments]
            done = subprocess.run(run, cwd=data, env=environment, check=True, input=input, capture_output=True)
            return done.stdout.decode()

        def command(*arguments, input=None):
            return json.loads(printed(*arguments, "--json", input=input))

        command("resource", "add", API)
        client = command("client", "add", "job", "--grant", "client_credentials", "--resource", API)
        metrics = f"http://127.0.0.1:{management}/metrics"
        yield SimpleNamespace(issuer=issuer, metrics=metrics, client=client, command=command, printed=printed)
    finally:
        process.terminate()
        assert process.wait(20) == 0, log.read_text()


def wait_until_ready(process, issuer, log):
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline and process.poll() is None:
        try:
            if requests.get(f"{issuer}/health/ready", timeout=1).ok:
                return
        except requests.RequestException:
            pass
        time.sleep(0.02)
    pytest.fail(f"the server is not ready:\n{log.read_text()}")


@pytest.fixture
def access_token(server):
    """A fresh access token for the API."""
    client = (server.client["client_id"], server.client["client_secret"])
    form = {"grant_type": "client_credentials"}
    response = requests.post(f"{server.issuer}/token", data=form, auth=client, timeout=5)
    assert response.status_code == 200, response.text
    return response.json()["access_token"]
