from __future__ import annotations

import json
import shlex
import threading
from pathlib import Path

import pytest

from tests.support.command import zoom_emitter
from tests.support.receivers.reference import SECRET_TOKEN, Answer, right
from tests.support.sockets import not_listening


@pytest.fixture(autouse=True)
def secret(monkeypatch):
    monkeypatch.setenv("ZOOM_WEBHOOK_SECRET_TOKEN", SECRET_TOKEN.reveal())


class Counted:
    """A right receiver that writes a line for each signed event, and answers how many there are."""

    def __init__(self, path):
        self.path = path
        self._lock = threading.Lock()
        path.touch()

    def __call__(self, asked):
        if asked.method == "GET":
            return Answer(200, json.dumps({"count": len(self.path.read_text().splitlines())}))
        if asked.is_signed and not asked.is_challenge:
            with self._lock, self.path.open("a") as lines:
                lines.write("event\n")
        return right(asked)


def judge(*arguments):
    return zoom_emitter("check", *arguments, "--depth", "quick", "--select", "D09", "--json")


@pytest.fixture
def receiver(tmp_path):
    return Counted(tmp_path / "effects")


def test_effects_are_asked_of_a_url(receivers, receiver):
    url = receivers.add(receiver)
    report = json.loads(judge(url, "--observe", url).text)

    assert [finding["code"] for finding in report["findings"]] == ["D09"]
    assert report["summary"]["is_observed"]


def test_effects_are_asked_of_a_command(receivers, receiver):
    command = f"wc -l < {shlex.quote(str(receiver.path))}"
    report = json.loads(judge(receivers.add(receiver), "--observe-cmd", command).text)

    assert [finding["code"] for finding in report["findings"]] == ["D09"]


@pytest.mark.slow
def test_the_settings_say_how_effects_of_a_receiver_are_counted(receivers, receiver):
    url = receivers.add(receiver)
    Path("zoom-emitter.toml").write_text(f'[receivers.app]\nurl = "{url}"\nobserve = "{url}"\n')

    report = json.loads(judge("app").text)

    assert [finding["code"] for finding in report["findings"]] == ["D09"]
    assert report["summary"]["is_observed"]


def test_without_an_observer_the_report_says_that_effects_were_not_seen(receivers):
    result = zoom_emitter("check", receivers.add(right), "--depth", "quick")

    assert result.status == 0
    assert "effects were not seen: --observe" in result.text


def test_the_report_has_the_latency(receivers):
    url = receivers.add(right)
    shown = zoom_emitter("check", url, "--depth", "quick").text
    latency = json.loads(zoom_emitter("check", url, "--depth", "quick", "--json").text)["summary"]["latency"]

    assert "0 % would have been retried by Zoom" in shown
    assert latency.keys() == {"samples", "p50_ms", "p95_ms", "p99_ms", "max_ms", "retried"}


def test_an_observer_that_cannot_be_asked_is_told_before_anything_is_sent(receivers):
    asked: list[object] = []
    with not_listening() as sock:
        result = judge(receivers.add(asked.append), "--observe", f"http://127.0.0.1:{sock.getsockname()[1]}/")

    assert result.status == 2
    assert "not to be asked" in result.err
    assert asked == []


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("--observe", "http://127.0.0.1:9/", "--observe-cmd", "echo 1"), "exclude each other"),
        (("--observe", "effects"), "effects"),
        (("--observe-cmd", "echo many"), "whole number"),
        (("--observe-cmd", "exit 7"), "status 7"),
    ],
)
def test_an_observer_that_is_none_is_a_usage_error(receivers, arguments, says):
    result = judge(receivers.add(right), *arguments)

    assert result.status == 2, result.err
    assert says in result.err
    assert "Traceback" not in result.err


def test_a_dry_run_counts_the_requests_of_an_observed_run(receivers):
    plain = zoom_emitter("check", "http://127.0.0.1:9/", "--dry-run").text
    observed = zoom_emitter("check", "http://127.0.0.1:9/", "--dry-run", "--observe-cmd", "echo 1").text

    assert plain != observed
