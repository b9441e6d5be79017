"""What a command does not need it does not import; `make bench` measures what that gives."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

from emitter.core.secrets import SecretToken
from tests.support.documents import document, envelope, operation
from tests.support.receiving import Receiver

SECRET = "4fv1RkqGQUq5sWbEz6hA5A"
REPORTS_WHAT_IS_LOADED = """
import atexit, sys
atexit.register(lambda: print("loaded", *sys.modules, file=sys.stderr))
from emitter.__main__ import main
main()
"""


def loaded_by(*arguments: str) -> set[str]:
    ran = subprocess.run(
        [sys.executable, "-c", REPORTS_WHAT_IS_LOADED, *arguments],
        env={**os.environ, "ZOOM_WEBHOOK_SECRET_TOKEN": SECRET},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        timeout=60,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    return set(ran.stderr.splitlines()[-1].split())


def test_the_version_is_answered_before_click_loads():
    assert loaded_by("--version") & {"click", "rich_click", "rich", "requests", "emitter.cli"} == set()


@pytest.mark.parametrize("arguments", [["--help"], ["emit", "--help"]], ids=" ".join)
def test_help_loads_nothing_that_works(arguments):
    heavy = {"requests", "urllib3", "sqlalchemy", "flask", "faker", "schemathesis", "cryptography"}

    assert loaded_by(*arguments) & (heavy | {"jsonschema_rs", "sqlite3"}) == set()


def test_little_time_goes_into_garbage_of_a_short_command():
    reports = """
import atexit, gc, sys
before = sum(one["collections"] for one in gc.get_stats())
@atexit.register
def report():
    print(sum(one["collections"] for one in gc.get_stats()) - before, gc.get_freeze_count(), file=sys.stderr)
from emitter.__main__ import main
main()
"""
    ran = subprocess.run(
        [sys.executable, "-c", reports, "--help"],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        timeout=60,
        check=True,
    )
    looked, left_alone = map(int, ran.stderr.split())

    assert looked < 5
    assert left_alone > 10_000


def test_emitting_loads_neither_faker_nor_flask_nor_schemathesis(tmp_path):
    with Receiver(SecretToken(SECRET)) as receiver:
        loaded = loaded_by("emit", "playlist_create", "--no-validate", "--to", receiver.url)

    assert len(receiver.arrivals) == 1
    assert loaded & {"faker", "flask", "werkzeug", "schemathesis", "hypothesis", "cryptography"} == set()
    assert "sqlalchemy.dialects.postgresql" not in loaded


def test_a_document_in_json_loads_neither_yaml_nor_a_judge(tmp_path):
    path = tmp_path / "things.json"
    path.write_text(json.dumps(document(a__b=operation(envelope({}, name="a.b")))), encoding="utf-8")

    loaded = loaded_by("--spec", str(path), "events", "list")

    assert loaded & {"yaml", "jsonschema_rs", "requests", "sqlalchemy", "faker", "flask"} == set()


@pytest.mark.parametrize("words", ["emit playlist_", "check --select S", "deliveries show 1"])
def test_completing_loads_nothing_that_works(words, monkeypatch):
    monkeypatch.setenv("_ZOOM_EMITTER_COMPLETE", "zsh_complete")
    monkeypatch.setenv("COMP_WORDS", f"zoom-emitter {words}")
    monkeypatch.setenv("COMP_CWORD", str(words.count(" ") + 1))
    heavy = {"requests", "urllib3", "sqlalchemy", "flask", "faker", "schemathesis", "cryptography", "jinja2"}

    assert loaded_by() & (heavy | {"jsonschema_rs", "pytest", "contracts.registry"}) == set()
