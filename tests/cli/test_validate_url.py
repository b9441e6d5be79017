import json
import sqlite3
from pathlib import Path

import pytest
from flask import Flask, request

from tests.support.command import zoom_emitter
from tests.support.receivers.challenged import SECRET_TOKEN, VERIFICATION_TOKEN
from tests.support.receivers.handshake_mistakes import CORRECT, MISTAKEN, TOLERATED, remembered
from tests.support.servers import serve
from tests.support.sockets import not_listening


@pytest.fixture(autouse=True)
def secret_token(monkeypatch):
    monkeypatch.setenv("ZOOM_WEBHOOK_SECRET_TOKEN", SECRET_TOKEN)


def validate(app, *options, path="/"):
    with serve(app) as url:
        return zoom_emitter("validate-url", f"{url}{path}", "--database", "record.sqlite", *options)


def test_a_correct_receiver_is_valid_and_the_exchange_is_shown():
    result = validate(CORRECT["plain"], path="/webhooks/zoom?key=hidden")

    sent, answered, verdict = result.text.splitlines()
    assert result.status == 0
    assert sent.startswith("sent      POST http://127.0.0.1:")
    assert "/webhooks/zoom?…  challenge " in sent
    assert answered.startswith("answered  200 accepted  ")
    assert '"encryptedToken"' in answered
    assert verdict == "verdict   valid"
    assert "hidden" not in result.text + result.err


def test_a_wrong_answer_is_explained_with_status_1():
    result = validate(MISTAKEN["base64-digest"])

    assert result.status == 1
    assert result.text.splitlines()[2:] == [
        "verdict   not valid",
        "  base64-digest: the digest is not lower-case hexadecimal but base64",
        "    ask for hex: hexdigest(), digest('hex'), %x",
    ]


def test_a_late_answer_is_status_1():
    result = validate(MISTAKEN["late-answer"], "--timeout", "200ms")

    assert result.status == 1
    assert "late-answer: no whole answer came within the deadline" in result.text


def test_no_connection_is_status_3():
    with not_listening() as holder:
        url = f"http://127.0.0.1:{holder.getsockname()[1]}/"
        result = zoom_emitter("validate-url", url, "--database", "record.sqlite")

    assert result.status == 3
    assert "no-connection: nothing answers at the URL (connection refused)" in result.text


@pytest.mark.parametrize(("options", "status"), [((), 0), (("--strict",), 1)], ids=["by default", "strict"])
def test_warnings_are_printed_and_fail_only_when_strict(options, status):
    result = validate(TOLERATED["answered-unsigned"], *options)

    assert result.status == status
    assert result.text.splitlines()[2:5] == [
        "verdict   valid",
        "warnings",
        "  answered-unsigned: a challenge without a signature was answered",
    ]


def test_strict_passes_a_correct_receiver():
    assert validate(CORRECT["line feed at the end"], "--strict").status == 0


def test_probes_can_be_left_out():
    result = validate(TOLERATED["answered-unsigned"], "--no-probes", "--strict")

    assert result.status == 0


def test_a_remembered_answer_is_seen_on_the_second_challenge():
    result = validate(remembered()["hash"])

    assert "remembered-answer: a second challenge got the first one's hash" in result.text


def test_an_answer_remembered_from_an_earlier_run_is_recognised_by_the_record():
    receiver = remembered()["hash"]
    validate(receiver)

    result = validate(receiver)

    assert result.status == 1
    assert "another-token: encryptedToken is the hash of another request's token" in result.text


def test_the_verification_token_is_recognised_when_it_is_given():
    Path("old").write_text(VERIFICATION_TOKEN, encoding="utf-8")

    result = validate(MISTAKEN["verification-token"], "--verification-token-file", "old")

    assert "verification-token: wrong key: the verification token" in result.text
    assert VERIFICATION_TOKEN not in result.text


def test_the_value_for_programs():
    result = validate(TOLERATED["answered-wrong-signature"], "--json")

    (value,) = result.json_lines
    assert (value["is_valid"], value["status"], value["mistakes"]) == (True, 200, [])
    assert [warning["id"] for warning in value["warnings"]] == ["answered-wrong-signature"]
    assert [probe["kind"] for probe in value["probes"]] == ["unsigned", "wrongly-signed"]
    assert json.loads(value["request"]["body"])["event"] == "endpoint.url_validation"
    assert SECRET_TOKEN not in result.text


def test_the_handshake_and_its_probes_are_recorded():
    result = validate(CORRECT["plain"])

    with sqlite3.connect("record.sqlite") as record:
        rows = record.execute("SELECT kind, status, is_valid FROM handshakes ORDER BY id").fetchall()
    record.close()
    assert rows == [("signed", 200, 1), ("unsigned", 401, 0), ("wrongly-signed", 401, 0)]
    assert "recording in" in result.err


def test_a_receiver_behind_authentication_passes_with_it_and_fails_without():
    app = Flask(__name__)

    @app.before_request
    def challenge():
        if request.headers.get("x-api-key") != "hunter2":
            return "", 401
        return CORRECT["plain"]

    assert validate(app, "--header", "x-api-key: hunter2").status == 0
    refused = validate(app)
    assert refused.status == 1
    assert "not-authorised" in refused.text


def test_hostile_text_reaches_the_terminal_escaped():
    app = Flask(__name__)
    app.add_url_rule("/", view_func=lambda: "\x1b[2J\x07<script>", methods=["POST"])

    result = validate(app)

    assert "\x1b" not in result.text
    assert r"\u001b[2J\u0007" in result.text


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("ftp://127.0.0.1/", "is not an http or https URL"),
        ("http://169.254.169.254/latest", "never sent to"),
        ("nowhere", "unknown receiver 'nowhere'"),
        ("http://user:hunter2@127.0.0.1/", "give them with --auth"),
    ],
    ids=["scheme", "metadata", "name", "user"],
)
def test_a_url_that_cannot_be_used_is_refused_with_status_2(url, words):
    result = zoom_emitter("validate-url", url, "--database", "record.sqlite")

    assert (result.status, result.out) == (2, b"")
    assert words in result.err
    assert "hunter2" not in result.err
    assert "Traceback" not in result.err


def test_an_empty_secret_token_is_refused_before_anything_is_sent(monkeypatch):
    monkeypatch.setenv("ZOOM_WEBHOOK_SECRET_TOKEN", "")

    result = zoom_emitter("validate-url", "http://127.0.0.1:9/", "--database", "record.sqlite")

    assert result.status == 2
    assert "is empty" in result.err
