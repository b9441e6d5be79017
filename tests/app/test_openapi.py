"""The OpenAPI document, and schemathesis against the app it describes."""

from __future__ import annotations

import subprocess
import sys

import jsonschema_rs
import pytest

from emitter.app.tokens import hash_of
from emitter.core.secrets import Secret
from tests.support.api import SECRET_TOKEN, running_app
from tests.support.receiving import Receiver

CONFIG = """
[generation]
deterministic = true
max-examples = {examples}

[parameters]
{parameters}
"""
TOKEN = "a-token-of-more-than-16-characters"


@pytest.fixture(scope="module")
def document(tmp_path_factory):
    with running_app(tmp_path_factory.mktemp("openapi")) as api:
        yield api.get("/openapi.json").json()


def test_the_document_is_openapi_3_1_and_names_every_route(document):
    assert document["openapi"].startswith("3.1.")
    operations = [f"{method.upper()} {path}" for path, item in document["paths"].items() for method in item]
    assert len(operations) == 30
    assert "PATCH /api/subscriptions/{number}" in operations
    assert "GET /metrics" in operations


def test_every_operation_has_an_id_of_its_own_a_summary_and_its_problems(document):
    operations = [operation for item in document["paths"].values() for operation in item.values()]

    assert len({operation["operationId"] for operation in operations}) == len(operations)
    assert all(operation["summary"] for operation in operations)
    for operation in operations:
        assert set(operation["responses"]["422"]["content"]) == {"application/problem+json"}


def test_every_schema_in_the_document_is_one(document):
    for schema in document["components"]["schemas"].values():
        whole = {**schema, "components": document["components"]}
        jsonschema_rs.Draft202012Validator(whole)


def schemathesis(url, folder, *options, examples, parameters=""):
    """Run schemathesis as a process of its own, with every check it has by default."""
    (folder / "schemathesis.toml").write_text(
        CONFIG.format(examples=examples, parameters=parameters), encoding="utf-8"
    )
    command = [sys.executable, "-c", "from schemathesis.cli import schemathesis; schemathesis()"]
    return subprocess.run(
        [*command, "run", url + "/openapi.json", *options],
        cwd=folder,
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=600,
        check=False,
    )


@pytest.mark.slow
def test_schemathesis_finds_nothing(tmp_path):
    with Receiver(SECRET_TOKEN) as receiver, running_app(tmp_path) as api:
        api.subscribe(receiver.url, time_scale=1_000_000)
        ran = schemathesis(api.base, tmp_path, examples=8)

    assert ran.returncode == 0, ran.stdout[-8000:] + ran.stderr[-2000:]
    assert "Tested: 30" in ran.stdout


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["subscriptions", "deliveries"])
def test_schemathesis_finds_nothing_where_there_is_something_to_find(tmp_path, kind):
    with Receiver(SECRET_TOKEN) as receiver, running_app(tmp_path) as api:
        api.subscribe(receiver.url, is_paused=True)
        api.emit(event="playlist_create", count=20)
        found = f"/api/{kind}/{{number}}/.*"
        ran = schemathesis(
            api.base, tmp_path, "--include-path-regex", found, examples=15, parameters='"path.number" = 1'
        )

    assert ran.returncode == 0, ran.stdout[-8000:] + ran.stderr[-2000:]
    assert "404" not in ran.stdout


@pytest.mark.slow
def test_schemathesis_finds_nothing_in_a_shared_app_and_no_way_around_its_token(tmp_path):
    token_hash = hash_of(Secret(TOKEN))
    with Receiver(SECRET_TOKEN) as receiver, running_app(tmp_path, token_hash=token_hash) as api:
        headers = {"authorization": f"Bearer {TOKEN}"}
        assert api.post("/api/subscriptions", {"url": receiver.url}, headers=headers).status_code == 201
        ran = schemathesis(api.base, tmp_path, "-H", f"Authorization: Bearer {TOKEN}", examples=2)

    assert ran.returncode == 0, ran.stdout[-8000:] + ran.stderr[-2000:]
    assert "Tested: 30" in ran.stdout
