"""``schemathesis run`` with our hooks as people run it, a process of its own (docs/schemathesis.md)."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

import emitter
from tests.support.receivers.reference import Answer, right

SECRET = "4fv1RkqGQUq5sWbEz6hA5A"
DOCUMENT = Path(emitter.__file__).parent / "catalog" / "data" / "zra.webhooks.json"
ONE_EVENT = ["--include-path", "/revenue_accelerator.playlist_create"]


def schemathesis(document, url, folder, *options):
    return subprocess.run(
        [
            Path(sys.executable).with_name("schemathesis"),
            "run",
            document,
            "--url",
            url,
            "--no-color",
            *options,
        ],
        cwd=folder,
        env={
            **os.environ,
            "SCHEMATHESIS_HOOKS": "contracts.schemathesis_hooks",
            "ZOOM_WEBHOOK_SECRET_TOKEN": SECRET,
        },
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        timeout=120,
        check=False,
    )


def run(url, folder, *options):
    return schemathesis(DOCUMENT, url, folder, *ONE_EVENT, "--max-examples", "5", "--seed", "1", *options)


@pytest.mark.slow
def test_a_right_receiver_passes_and_got_every_event_as_zoom_sends_it(receivers, tmp_path):
    got = []

    def watched(asked):
        got.append(asked)
        return right(asked)

    ran = run(receivers.add(watched), tmp_path)

    assert ran.returncode == 0, ran.stdout
    assert "No issues found" in ran.stdout
    signed = [asked for asked in got if asked.method == "POST" and asked.is_signed]
    assert len(signed) > 100
    assert any('"playlist_name":"' in asked.body.decode("utf-8", "replace") for asked in signed)
    assert {asked.headers["user-agent"] for asked in signed} == {"Zoom Marketplace/1.0a"}


def test_a_receiver_without_signature_check_is_found(receivers, tmp_path):
    ran = run(receivers.add(lambda asked: right(asked.signed_anew())), tmp_path, "--phases", "examples")

    assert ran.returncode == 1, ran.stdout
    assert "Acknowledged: the last digit of the signature wrong" in ran.stdout
    assert "ST101" not in ran.stdout


@pytest.mark.slow
def test_a_crash_on_an_absent_optional_field_is_found(receivers, tmp_path):
    def crashing(asked):
        payload = asked.value.get("payload") if isinstance(asked.value, dict) else None
        is_bad = asked.is_signed and isinstance(payload, dict) and "operator" not in payload
        return Answer(500, "KeyError: 'operator'") if is_bad else right(asked)

    ran = run(receivers.add(crashing), tmp_path)

    assert ran.returncode == 1, ran.stdout
    assert "ST101" in ran.stdout
    assert "ZOOM-S" not in ran.stdout


class _Api(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.server.seen.append(dict(self.headers))  # type: ignore[attr-defined]
        self.send_response(200)
        self.send_header("content-length", "0")
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the library's name
        """Say nothing."""


@pytest.fixture
def api():
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Api)
    server.seen = []  # type: ignore[attr-defined]
    serving = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    serving.start()
    yield server
    server.shutdown()
    server.server_close()
    serving.join()


def test_documents_of_other_apis_are_left_as_they_are(api, tmp_path):
    document = tmp_path / "api.json"
    responses = {"200": {"description": "OK"}}
    document.write_text(
        json.dumps(
            {
                "openapi": "3.1.0",
                "info": {"title": "another", "version": "1"},
                "paths": {"/things": {"get": {"responses": responses}}},
            }
        )
    )

    ran = schemathesis(
        document,
        f"http://127.0.0.1:{api.server_port}",
        tmp_path,
        "--max-examples",
        "2",
        "--phases",
        "fuzzing",
    )

    assert ran.returncode == 0, ran.stdout
    assert api.seen
    assert not any("x-zm-signature" in {name.lower() for name in headers} for headers in api.seen)
