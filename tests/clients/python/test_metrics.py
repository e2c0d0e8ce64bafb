"""Prometheus' own parser reads `/metrics`."""

import math

import requests
from prometheus_client.parser import text_string_to_metric_families


def scrape(server):
    response = requests.get(server.metrics, timeout=5)
    assert response.status_code == 200
    assert response.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8"
    families = list(text_string_to_metric_families(response.text))
    by_name = {family.name: family for family in families}
    assert len(by_name) == len(families), "a family is there once"
    return by_name, response.text


def value(families, family, sample, **labels):
    (found,) = [s.value for s in families[family].samples if s.name == sample and s.labels == labels]
    return found


def test_every_family_has_help_a_type_and_samples(server, access_token):
    families, text = scrape(server)
    samples = 0
    for family in families.values():
        assert family.documentation and family.type in ("counter", "gauge", "histogram"), family.name
        assert family.samples, family.name
        series = [(s.name, tuple(sorted(s.labels.items()))) for s in family.samples]
        assert len(set(series)) == len(series), family.name
        assert all(math.isfinite(s.value) for s in family.samples), family.name
        samples += len(series)
    assert samples == sum(1 for line in text.splitlines() if not line.startswith("#")), "no line is lost"


def test_a_token_request_counts(server):
    labels = {"grant": "client_credentials", "result": "ok"}
    sample = ("countersign_token_requests", "countersign_token_requests_total")
    before = value(scrape(server)[0], *sample, **labels)
    client = (server.client["client_id"], server.client["client_secret"])
    form = {"grant_type": "client_credentials"}
    assert requests.post(f"{server.issuer}/token", data=form, auth=client, timeout=5).ok
    assert value(scrape(server)[0], *sample, **labels) == before + 1
