"""What lies between the command and the receiver: TLS, a token to fetch, the deadline, the record's lock."""

from __future__ import annotations

import contextlib
import json
import sqlite3
import ssl
import time
from pathlib import Path

import pytest
import trustme
from flask import Flask

from emitter.core.secrets import SecretToken
from tests.support.command import zoom_emitter
from tests.support.receiving import Receiver
from tests.support.servers import serve
from tests.support.sockets import RawPeer, answers, is_silent

SECRET = "4fv1RkqGQUq5sWbEz6hA5A"


@pytest.fixture(autouse=True)
def secret(monkeypatch):
    monkeypatch.setenv("ZOOM_WEBHOOK_SECRET_TOKEN", SECRET)


@pytest.fixture
def receiver():
    with Receiver(SecretToken(SECRET)) as receiver:
        yield receiver


@pytest.fixture
def over_tls(tmp_path):
    """A receiver behind TLS: its URL, the file of its authority, and what arrived there."""
    authority = trustme.CA()
    bundle = tmp_path / "ca.pem"
    authority.cert_pem.write_to_path(bundle)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    arrivals: list[str] = []
    app = Flask(__name__)

    @app.post("/")
    def accept():
        arrivals.append("arrived")
        return "", 204

    with serve(app, ssl_context=context) as url:
        yield f"{url}/", str(bundle), arrivals


def emit(url, *options):
    return zoom_emitter("emit", "playlist_create", "--no-validate", "--to", url, *options)


def answer_of(value):
    body = json.dumps(value).encode()
    return b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body)


def test_a_certificate_of_an_authority_that_is_named_is_trusted(over_tls):
    url, bundle, arrivals = over_tls

    result = emit(url, "--ca-bundle", bundle)

    assert (result.status, arrivals) == (0, ["arrived"]), result.err


def test_any_certificate_is_taken_where_that_is_asked_for(over_tls):
    url, _, arrivals = over_tls

    result = emit(url, "--insecure")

    assert (result.status, arrivals) == (0, ["arrived"]), result.err


def test_a_certificate_that_is_not_trusted_is_an_outcome_that_is_not_retried(over_tls):
    url, _, arrivals = over_tls

    result = emit(url, "--retry", "30ms,30ms")

    assert result.status == 1
    assert result.text.count("untrusted") == 1
    assert "--ca-bundle FILE" in result.text
    assert "Traceback" not in result.err
    assert arrivals == []


def test_an_oauth_token_is_fetched_and_sent_with_the_event(receiver):
    token = {"access_token": "eyJ0b2tlbg", "token_type": "bearer", "expires_in": 3599}
    with RawPeer(answers(answer_of(token))) as tokens:
        result = emit(receiver.url, "--auth", f"oauth:id:s3cret@{tokens.url}oauth/token")

    (arrival,) = receiver.arrivals
    assert result.status == 0, result.err
    assert arrival.headers["authorization"] == "Bearer eyJ0b2tlbg"
    # printf id:s3cret | base64
    assert b"authorization: Basic aWQ6czNjcmV0\r\n" in tokens.requests[0]


def test_without_an_oauth_token_nothing_is_sent_and_the_code_is_zooms(receiver):
    with RawPeer(answers(answer_of({"error": "invalid_client"}))) as tokens:
        result = emit(receiver.url, "--auth", f"oauth:id:s3cret@{tokens.url}")

    assert result.status == 1
    assert "no-token (-14)" in result.text
    assert receiver.arrivals == []


def test_a_deadline_of_ones_own_ends_the_attempt():
    with RawPeer(is_silent) as peer:
        began_s = time.monotonic()
        result = emit(peer.url, "--timeout", "250ms")
        took_s = time.monotonic() - began_s

    assert result.status == 1
    assert "timed-out (-1)" in result.text
    assert took_s < 3


@pytest.mark.slow
def test_a_record_that_another_program_locks_is_one_clear_line(receiver):
    emit(receiver.url, "--database", "record.sqlite")
    with contextlib.closing(sqlite3.connect(Path("record.sqlite"), isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")

        result = emit(receiver.url, "--database", "record.sqlite")

    assert result.status == 2
    assert "record.sqlite is locked by another program; wait for it or end it" in result.err
    assert "Traceback" not in result.err
    assert len(receiver.arrivals) == 1
