"""A canary: a receiver that says every secret it knows, in every spelling, in every place."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import re
from pathlib import Path
from urllib.parse import quote

import pytest

from contracts.reports import FORMATS
from emitter.core.secrets import MASK
from tests.support.command import zoom_emitter
from tests.support.receivers.hostile import PASSWORD, QUERY_TOKEN, SECRET, echoing
from tests.support.receivers.judging import REGISTRY, judged
from tests.support.receivers.reference import Answer, right
from tests.support.receivers.serving import receivers_served

SECRETS = {
    "secret token": SECRET,
    "secret token in base64": base64.b64encode(SECRET.encode()).decode().rstrip("="),
    "password": PASSWORD,
    "password, percent-encoded": quote(PASSWORD, safe=""),
    "credentials": base64.b64encode(f"zoom:{PASSWORD}".encode()).decode(),
    "token of the query": QUERY_TOKEN,
}


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    """Every format, and what was printed, of one run against the receiver that says everything."""
    folder = tmp_path_factory.mktemp("reports")
    asked = []

    def remembering(request):
        asked.append(request)
        return echoing(request)

    with receivers_served() as served, pytest.MonkeyPatch.context() as patch:
        patch.setenv("ZOOM_WEBHOOK_SECRET_TOKEN", SECRET)
        reports = [f"--report={name}={folder / name}" for name in FORMATS]
        url = f"{served.add(remembering)}?token={QUERY_TOKEN}"
        result = zoom_emitter("check", url, "--auth", f"basic:zoom:{PASSWORD}", "--ignore", "G", *reports)
    assert result.status == 1, result.err
    texts = {name: (folder / name).read_text(encoding="utf-8") for name in FORMATS}
    return {**texts, "console": result.text + result.err}, asked


def digest_of(request):
    signed = f"v0:{request.timestamp}:".encode() + request.body
    return hmac.new(SECRET.encode(), signed, hashlib.sha256).digest()


def sent_in(archive):
    """Return the digests that requests of a HAR carry in their signature headers."""
    headers = [
        each for entry in json.loads(archive)["log"]["entries"] for each in entry["request"]["headers"]
    ]
    values = [each["value"].lower() for each in headers if each["name"].lower() == "x-zm-signature"]
    return {bytes.fromhex(digits) for value in values for digits in re.findall(r"[0-9a-f]{64}", value)}


@pytest.mark.parametrize("name", [*FORMATS, "console"])
def test_no_secret_is_in_it(name, written):
    texts, _ = written

    assert {called for called, secret in SECRETS.items() if secret in texts[name]} == set()


@pytest.mark.parametrize("name", [*FORMATS, "console"])
def test_no_signature_is_in_it_that_would_open_the_receiver_to_a_forgery(name, written):
    texts, asked = written
    forged = [request for request in asked if not request.is_signed]
    # Some spell the right signature in another way, or beside a wrong one: what was sent is told as it was.
    digests = {digest_of(request) for request in forged} - sent_in(texts["har"])
    in_hex = set(re.findall(r"[0-9a-f]{64}", texts[name].lower()))

    assert len(forged) > 3
    assert in_hex & {digest.hex() for digest in digests} == set()
    assert [each for each in digests if base64.b64encode(each).decode() in texts[name]] == []


def test_the_canary_sings_where_nothing_is_taken_out(written):
    texts, _ = written

    assert MASK in texts["console"]
    assert MASK in texts["har"]
    assert json.loads(texts["har"])["log"]["entries"]


def test_what_the_receiver_said_is_still_there(written):
    texts, _ = written
    bodies = [
        entry["response"]["content"].get("text", "") for entry in json.loads(texts["har"])["log"]["entries"]
    ]

    assert any("x-zm-request-timestamp" in body and MASK in body for body in bodies)


@pytest.mark.parametrize("before", range(92, 120, 4))
def test_a_secret_is_not_left_in_part_where_a_text_is_cut(before):
    def saying(asked):
        return right(asked) if asked.is_signed else Answer(500, "x" * before + SECRET + "y" * 100)

    with receivers_served() as served:
        result = judged(served.add(saying), checks=[REGISTRY.find("S01")])

    assert "xxxx" in result.findings[0].received
    assert SECRET[:3] not in result.findings[0].received


def test_credentials_in_the_url_itself_are_refused_before_anything_is_sent(monkeypatch):
    monkeypatch.setenv("ZOOM_WEBHOOK_SECRET_TOKEN", SECRET)

    result = zoom_emitter("check", f"http://zoom:{PASSWORD}@127.0.0.1:9/", "--report", "json=report.json")

    assert result.status == 2
    assert PASSWORD not in result.err
    assert not Path("report.json").exists()


def test_a_word_of_the_query_is_not_taken_for_a_secret(monkeypatch):
    monkeypatch.setenv("ZOOM_WEBHOOK_SECRET_TOKEN", SECRET)
    with receivers_served() as served:
        url = f"{served.add(lambda asked: right(asked.signed_anew()))}?from=zoom"
        result = zoom_emitter("check", url, "--select", "S01")

    assert "again     zoom-emitter emit" in result.text
