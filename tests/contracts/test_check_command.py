from __future__ import annotations

import json
import os
import shlex
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from contracts.checks_page import page
from contracts.registry import Registry
from emitter.core.secrets import SecretToken
from tests.support.command import zoom_emitter
from tests.support.receivers.reference import SECRET_TOKEN, Answer, Asked, right
from tests.support.sockets import not_listening

ROOT = Path(__file__).parents[2]
SECRET = SECRET_TOKEN.reveal()


@pytest.fixture(autouse=True)
def secret(monkeypatch):
    monkeypatch.setenv("ZOOM_WEBHOOK_SECRET_TOKEN", SECRET)


def without_verification(asked):
    return right(asked.signed_if(True))


def failing_on_nonsense(asked):
    return Answer(500) if asked.is_signed and not isinstance(asked.value, dict) else right(asked)


def test_a_correct_receiver_passes(receivers):
    result = zoom_emitter("check", receivers.add(right), "--depth", "quick")

    assert result.status == 0, result.text
    assert "nothing found in" in result.text


def test_a_finding_says_all_one_needs_to_mend_it(receivers):
    url = receivers.add(without_verification)
    result = zoom_emitter("check", url, "--depth", "quick")
    check = Registry.bundled().find("S01")

    assert result.status == 1
    for text in (
        check.code,
        check.title,
        "204 accepted",
        check.source,
        f"--fault wrong-signature --no-validate --to {url}",
    ):
        assert text in result.text


def test_findings_that_differ_in_what_was_seen_alone_are_shown_as_one(receivers):
    page = Answer(500, body=b"<!doctype html>\n<title>Oh\n no</title><p>It failed.")
    url = receivers.add(lambda asked: page if failing_on_nonsense(asked).status == 500 else right(asked))
    lines = zoom_emitter("check", url, "--select", "R02").text.splitlines()
    report = json.loads(zoom_emitter("check", url, "--select", "R02", "--json").out)

    assert [line.split("  ")[-1] for line in lines if " R02 " in line[:14]] == ["5 times"]
    assert sum(line.startswith("  seen") for line in lines) == 5
    assert sum(line.startswith("  mend") for line in lines) == 1
    assert 'a page titled "Oh no"' in "\n".join(lines)
    assert len(report["findings"]) == 5


def test_warnings_fail_only_where_they_count(receivers):
    url = receivers.add(failing_on_nonsense)

    assert zoom_emitter("check", url, "--depth", "quick").status == 0
    assert zoom_emitter("check", url, "--depth", "quick", "--strict").status == 1


def test_the_report_for_programs_has_the_documented_form(receivers):
    url = receivers.add(without_verification)
    result = zoom_emitter("check", url, "--depth", "quick", "--json", "--report", "json=report.json")
    report = json.loads(result.text)

    assert {"version", "tool", "spec", "receiver", "summary", "findings"} == report.keys()
    assert report["version"] == 1
    assert report["receiver"]["url"] == url
    assert report["summary"]["errors"] == len(report["findings"])
    assert report["findings"][0].keys() == {
        "code", "title", "severity", "evidence", "event", "cause", "fingerprint", "message", "expected",
        "received", "reproduce", "mend", "count", "fails_from", "is_known",
    }  # fmt: skip
    assert json.loads(Path("report.json").read_text(encoding="utf-8"))["findings"] == report["findings"]


@pytest.mark.parametrize("arguments", [[], ["--json"]], ids=["text", "json"])
def test_no_report_holds_the_secret_or_the_query(receivers, arguments):
    def leaking(asked):
        return Answer(500, f"Error: {SECRET}") if asked.is_challenge else without_verification(asked)

    result = zoom_emitter("check", receivers.add(leaking) + "?token=hidden", "--depth", "quick", *arguments)

    assert result.status == 1
    assert SECRET not in result.text + result.err
    assert "hidden" not in result.text + result.err


def test_the_reproduction_of_a_finding_reproduces_it(receivers):
    def refusing_emoji(asked):
        return Answer(422) if asked.is_signed and b"\\uD83D" in asked.body else right(asked)

    report = json.loads(zoom_emitter("check", receivers.add(refusing_emoji), "--json", "--select", "B").text)
    (finding,) = report["findings"]
    bin_folder = str(Path(sys.executable).parent)

    ran = subprocess.run(
        ["sh", "-c", finding["reproduce"]["command"]],
        env={**os.environ, "PATH": f"{bin_folder}{os.pathsep}{os.environ['PATH']}"},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )

    assert finding["code"] == "B01"
    assert ran.returncode == 1
    assert "422" in ran.stdout


def test_the_reproduction_by_seed_sends_the_same_values(receivers):
    asked: list[Asked] = []

    def keeping(request):
        asked.append(request)
        return without_verification(request)

    report = json.loads(zoom_emitter("check", receivers.add(keeping), "--json", "--select", "S01").text)
    judged = asked[-1]
    command = shlex.split(report["findings"][0]["reproduce"]["command"])
    result = zoom_emitter(*command[1:])

    assert result.status == 0
    assert asked[-1].value["payload"]["account_id"] == judged.value["payload"]["account_id"]
    assert asked[-1].object.keys() == judged.object.keys()
    assert not asked[-1].is_signed


def test_what_was_left_out_for_time_is_said(receivers):
    url = receivers.add(lambda asked: replace(right(asked), delay_s=0.02))

    result = zoom_emitter("check", url, "--no-cache", "--time-budget", "1500ms")

    assert result.status == 0, result.text
    (said,) = [line for line in result.text.splitlines() if line.startswith("left out for time: ")]
    assert "G01 (" in said
    assert said.endswith("a longer --time-budget includes them")


@pytest.mark.parametrize(("depth", "seeds"), [("quick", 1), ("deep", 2)])
def test_a_run_repeats_itself_unless_it_is_deep(depth, seeds, receivers):
    url = receivers.add(lambda asked: right(asked.signed_anew()))
    runs = [
        json.loads(zoom_emitter("check", url, "--depth", depth, "--select", "S01", "--json").text)
        for _ in range(2)
    ]

    shown = {run["summary"]["seed"] for run in runs}
    assert len(shown) == seeds
    for run in runs:
        assert f"--seed {run['summary']['seed']}." in run["findings"][0]["reproduce"]["command"]


def test_a_dry_run_sends_nothing(receivers):
    asked: list[Asked] = []
    result = zoom_emitter("check", receivers.add(asked.append), "--dry-run")

    assert result.status == 0
    assert "nothing was sent" in result.text
    assert asked == []


def test_checks_are_listed_and_explained():
    listed = zoom_emitter("check", "--list").text
    explained = zoom_emitter("check", "--explain", "h02").text

    assert all(check.code in listed and check.title in listed for check in Registry.bundled())
    assert "docs/zoom.md#handshake" in explained


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ([], "wants a URL"),
        (["URL", "--select", "S3"], "did you mean 'S03'"),
        (["URL", "--ignore", "signatur"], "did you mean 'signature'"),
        (["URL", "--explain", "X99"], "unknown check 'X99'"),
        (["URL", "--report", "jsn=x"], "did you mean 'json'"),
        (["URL", "--report", "json"], "FORMAT=PATH"),
        (["URL", "--report", "json=no/such/folder/x"], "does not exist"),
        (["URL", "--rate-limit", "fast"], "50/s"),
        (["URL", "--events", "playlist_created"], "unknown event"),
        (["URL", "--time-budget", "long"], "long"),
        (["nobody"], "unknown receiver"),
    ],
    ids=lambda each: " ".join(each) if isinstance(each, list) else "",
)
def test_bad_input_is_refused_with_the_way_out(arguments, says):
    result = zoom_emitter("check", *["http://127.0.0.1:9/" if each == "URL" else each for each in arguments])

    assert result.status == 2, result.err
    assert says in result.err
    assert "Traceback" not in result.err


def test_no_connection_has_a_status_of_its_own():
    with not_listening() as sock:
        result = zoom_emitter("check", f"http://127.0.0.1:{sock.getsockname()[1]}/")

    assert result.status == 3
    assert "no connection" in result.err


def test_a_wrong_secret_is_said_once(receivers, monkeypatch):
    monkeypatch.setenv("ZOOM_WEBHOOK_SECRET_TOKEN", SecretToken("another-secret-token-0").reveal())

    result = zoom_emitter("check", receivers.add(right), "--json")

    assert result.status == 1
    assert [finding["code"] for finding in json.loads(result.text)["findings"]] == ["P04"]


def test_the_worst_of_several_receivers_decides(receivers):
    result = zoom_emitter(
        "check", receivers.add(right), receivers.add(without_verification), "--json", "--depth", "quick"
    )

    assert result.status == 1
    assert result.text.count('"version": 1') == 2


@pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGINT to send")
def test_ctrl_c_still_reports(receivers):
    asked = []

    def interrupting(request):
        asked.append(request)
        if len(asked) == 30:
            process.send_signal(signal.SIGINT)
        return without_verification(request)

    process = subprocess.Popen(
        [sys.executable, "-m", "emitter", "check", receivers.add(interrupting), "--rate-limit", "40/s"],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
    )
    out, err = process.communicate(timeout=30)

    assert process.returncode == 130, err
    assert "interrupted: this is what was seen until then" in out
    assert "Traceback" not in err


def test_the_page_of_checks_is_current():
    assert (ROOT / "docs" / "checks.md").read_text(encoding="utf-8") == page(Registry.bundled())
