"""Zoom's own receiver library meets what we send, each started as a process of its own.

Rivet verifies the signature over ``JSON.stringify(JSON.parse(body))``, which is the body itself until a
character beyond the basic plane arrives as an escape, as it does from Zoom (docs/zoom.md#body).
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.support.receivers.processes import needs

pytestmark = pytest.mark.slow

HERE = Path(__file__).parent
SECRET = "4fv1RkqGQUq5sWbEz6hA5A"
PREFIX = "revenue_accelerator."
EVENTS = [
    "conversation_analysis_completed",
    "conversation_crm_associations_changed",
    "playlist_add_moment",
    "playlist_create",
    "playlist_delete",
    "playlist_remove_moment",
    "post_comment_completed",
]
# Accents, dashes, quotes, Chinese and a symbol people take for an emoji: all inside the basic plane.
TEXT = 'Café – “Über” 東京 ⛳ / \\ "x"'  # noqa: RUF001 - the dash is the point
TEXT_FIELD = {
    "playlist_add_moment": "moment_name",
    "playlist_create": "playlist_name",
    "playlist_delete": "playlist_name",
    "playlist_remove_moment": "moment_name",
    "post_comment_completed": "text",
}
# A request captured from Zoom in July 2024, published in the unit tests of Jericho/ZoomNet.
CAPTURED = (
    r'{"event":"meeting.started","payload":{"account_id":"VjZoEArIT5y-HlWxkV-tVA","object":{"duration":60,'
    r'"start_time":"2024-07-11T14:12:55Z","timezone":"America/New_York",'
    r'"topic":"Test \uD83D\uDE92\uD83D\uDE92 ? - ’ - – \uD83D\uDE97 HOLA","id":"85393847045","type":2,'  # noqa: RUF001
    r'"uuid":"jUh5o3dKQIytvcsfTtKBlg==","host_id":"8lzIwvZTSOqjndWPbPqzuA"}},"event_ts":1720707175904}'
)


@dataclass(frozen=True)
class Rivet:
    url: str
    process: subprocess.Popen[str]

    def accepted(self) -> list[dict[str, Any]]:
        """Stop the receiver and return the events that reached its handlers, in order."""
        out, _ = self.process.communicate(timeout=30)
        return [json.loads(line)["accepted"] for line in out.splitlines()]


@contextmanager
def started(secret_token: str):
    needs("@zoom/rivet")
    with subprocess.Popen(
        ["node", HERE / "rivet_receiver.mjs", "meeting.started", *(PREFIX + name for name in EVENTS)],
        env={**os.environ, "RIVET_SECRET_TOKEN": secret_token},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        encoding="utf-8",
    ) as process:
        try:
            assert process.stdout
            port = json.loads(process.stdout.readline())["port"]
            yield Rivet(f"http://127.0.0.1:{port}/zoom/events", process)
        finally:
            process.kill()


@pytest.fixture
def rivet():
    with started(SECRET) as receiver:
        yield receiver


def emit(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "emitter", "emit", *arguments],
        env={**os.environ, "ZOOM_WEBHOOK_SECRET_TOKEN": SECRET},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        timeout=60,
        check=False,
    )


def with_emoji(folder: Path) -> str:
    body = folder / "captured.body"
    body.write_bytes(CAPTURED.encode())
    return str(body)


def test_the_handshake_is_answered_and_all_seven_events_are_accepted(rivet):
    sent = emit(*EVENTS, "--seed", "13", "--to", rivet.url)

    assert sent.returncode == 0, sent.stderr
    assert [event["event"] for event in rivet.accepted()] == [PREFIX + name for name in EVENTS]


@pytest.mark.parametrize(("event", "field"), TEXT_FIELD.items(), ids=TEXT_FIELD)
def test_texts_inside_the_basic_plane_are_accepted_and_arrive_whole(rivet, event, field):
    sent = emit(event, "--override", f"payload.object.{field}={TEXT}", "--to", rivet.url)

    assert sent.returncode == 0, sent.stderr
    assert [event["payload"]["object"][field] for event in rivet.accepted()] == [TEXT]


def test_another_secret_token_fails_the_handshake():
    with started("another-secret-token-00") as receiver:
        sent = emit("playlist_create", "--to", receiver.url)

        assert sent.returncode == 1
        assert "400" in sent.stderr
        assert receiver.accepted() == []


def test_a_wrong_signature_is_refused(rivet):
    sent = emit("playlist_create", "--fault", "wrong-signature", "--to", rivet.url)

    assert sent.returncode == 1
    assert "400" in sent.stdout
    assert rivet.accepted() == []


def test_the_captured_emoji_is_refused_as_zoom_writes_it(rivet, tmp_path):
    sent = emit("--payload", with_emoji(tmp_path), "--raw", "--to", rivet.url)

    assert sent.returncode == 1
    assert "400" in sent.stdout
    assert rivet.accepted() == []


def test_the_same_emoji_is_accepted_when_it_is_not_escaped(rivet, tmp_path):
    sent = emit("--payload", with_emoji(tmp_path), "--force", "--fault", "wire-raw", "--to", rivet.url)

    assert sent.returncode == 0, sent.stderr
    assert rivet.accepted() == [json.loads(CAPTURED)]
