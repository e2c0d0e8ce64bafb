"""jsonschema as an editor that checks a configuration file against `countersign config schema`."""

import json
import os
import subprocess
import tomllib

import jsonschema
import pytest
from conftest import BINARY, ROOT


def config(*arguments):
    environment = {name: value for name, value in os.environ.items() if not name.startswith("COUNTERSIGN_")}
    command = [BINARY, "config", *arguments]
    return json.loads(subprocess.run(command, check=True, capture_output=True, env=environment).stdout)


@pytest.fixture(scope="module")
def validator():
    schema = config("schema")
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(schema)


def uncommented(line):
    """A key of the example, which is commented out; a sentence has a space after the #."""
    return line[1:] if line.startswith("#") and not line.startswith("# ") else line


def test_the_example_with_every_key_fits(validator):
    example = (ROOT / "config/countersign.toml").read_text().splitlines()
    document = tomllib.loads("\n".join(map(uncommented, example)))
    assert document["tokens"]["access_ttl"] == "5m"
    validator.validate(document)


def test_what_the_program_shows_fits(validator):
    known = {key: value for key, value in config("show", "--json").items() if value is not None}
    for key, section in known.items():
        if isinstance(section, dict):
            known[key] = {name: value for name, value in section.items() if value is not None}
    validator.validate(known)


@pytest.mark.parametrize(
    "document",
    [
        {"isuer": "https://login.example.com"},
        {"tokens": {"acess_ttl": "5m"}},
        {"tokens": {"access_ttl": "5 minutes"}},
        {"tokens": {"access_ttl": -1}},
        {"workers": "four"},
        {"keys": {"algorithm": "HS256"}},
        {"keys": {"rsa_bits": 1024}},
        {"database": {"url": "mysql://db/x"}},
        {"listen": "8080"},
        {"secrets": {"master_key_previous": "not a list"}},
    ],
    ids=str,
)
def test_a_slip_does_not_fit(validator, document):
    with pytest.raises(jsonschema.ValidationError):
        validator.validate(document)
