"""What cannot be judged: one clear message each, and the status that tells a script what happened."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.command import zoom_emitter
from tests.support.receivers.reference import SECRET_TOKEN, Answer, right
from tests.support.sockets import RawPeer, answers_and_closes, not_listening

ROOT = Path(__file__).parents[2]
DEFECTIVE_JUDGE = """
import sys
from dataclasses import replace
import contracts.checks
from contracts.check import Family

def broken(scope):
    raise ZeroDivisionError("ours")

*others, last = contracts.checks.FAMILIES
checks = tuple(replace(check, cases=broken) for check in last.checks)
contracts.checks.FAMILIES = (*others, Family(last.letter, last.name, last.title, checks))
from emitter.cli.main import run
run(sys.argv[1:])
"""


@pytest.fixture(autouse=True)
def secret(monkeypatch):
    monkeypatch.setenv("ZOOM_WEBHOOK_SECRET_TOKEN", SECRET_TOKEN.reveal())


def codes_of(url, *arguments):
    result = zoom_emitter("check", url, "--json", *arguments)
    return result.status, [finding["code"] for finding in json.loads(result.text)["findings"]]


def test_nothing_that_listens_is_status_3_and_says_how_to_wait():
    with not_listening() as sock:
        url = f"http://127.0.0.1:{sock.getsockname()[1]}/"
        result = zoom_emitter("check", url)

    assert result.status == 3
    assert result.text == ""
    assert result.err == (
        f"error: no connection to {url}: connection refused; start the receiver, or --wait 30s while it "
        "starts\n"
    )


def test_what_does_not_speak_http_is_status_3():
    with RawPeer(answers_and_closes(b"220 smtp ready\r\n")) as peer:
        result = zoom_emitter("check", peer.url)

    assert result.status == 3
    assert f"what listens at {peer.url} does not speak HTTP" in result.err
    assert result.err.count("\n") == 1


@pytest.mark.parametrize(
    ("answer", "code", "says"),
    [
        (
            Answer(301, headers=(("location", "https://app.example/x?t=1"),)),
            "P01",
            "redirected to https://app.example/x; give the https URL",
        ),
        (Answer(404), "P02", "every request is answered 404: is the path right?"),
        (Answer(405), "P02", "every request is answered 405: is the path right?"),
        (Answer(403, "CSRF verification failed"), "P03", "something before the handler refuses everything"),
        (Answer(403, "<h1>Access Denied</h1> by policy"), "P03", "it says 'Access Denied'"),
        (Answer(401), "P04", "everything that is rightly signed is refused"),
        (Answer(500), "P06", "every request makes it fail"),
    ],
    ids=["redirects", "not found", "another method", "a CSRF filter", "a proxy", "refuses", "fails"],
)
def test_what_answers_everything_alike_is_one_finding_and_status_1(answer, code, says, receivers):
    result = zoom_emitter("check", receivers.add(lambda _: answer))

    assert result.status == 1
    assert re.findall(r"^(?:error|warning|info)\s+(\w+)", result.text, re.MULTILINE) == [code]
    assert says in " ".join(result.text.split())
    assert "stopped: the receiver cannot be judged as it is" in result.text


def test_a_wrong_secret_is_one_finding_and_not_two_hundred(receivers, monkeypatch):
    monkeypatch.setenv("ZOOM_WEBHOOK_SECRET_TOKEN", "another-secret-token-0")

    assert codes_of(receivers.add(right)) == (1, ["P04"])


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["http://"], "'http://' is not an http or https URL"),
        (["localhost:3000"], "unknown receiver 'localhost:3000'; write a URL such as http://localhost:3000/"),
        (["http://127.0.0.1:9/ x"], "holds white space or a control character"),
        (["http://169.254.169.254/"], "a link-local, metadata or special address; it is never sent to"),
        (["URL", "--select", "S99"], "unknown check 'S99'"),
        (["URL", "--report", "html=."], "the report '.' is a folder; name a file in it"),
        (["URL", "--wait", "soon"], "soon"),
        (["URL", "--auth", "basic:x"], "basic authentication wants USER:PASSWORD"),
        (["URL", "--env-file", "no.env"], "no.env: No such file or directory; name a readable file"),
    ],
    ids=lambda each: " ".join(each) if isinstance(each, list) else "",
)
def test_what_cannot_be_used_is_status_2_before_anything_is_sent(arguments, message, receivers):
    asked: list[object] = []
    url = receivers.add(asked.append)
    result = zoom_emitter("check", *[url if each == "URL" else each for each in arguments])

    assert result.status == 2, result.err
    assert message in result.err
    assert result.err.startswith("error: ")
    assert result.err.count("\n") == 1
    assert asked == []


def test_no_secret_token_says_where_one_is_looked_for(receivers, monkeypatch):
    monkeypatch.delenv("ZOOM_WEBHOOK_SECRET_TOKEN")

    result = zoom_emitter("check", receivers.add(right))

    assert result.status == 2
    assert "no secret token: the environment has no ZOOM_WEBHOOK_SECRET_TOKEN" in result.err


def test_a_report_that_cannot_be_written_is_said_and_the_others_are(receivers):
    if not Path("/dev/full").exists():
        pytest.skip("there is no device that is always full")

    reports = ["--report", "json=/dev/full", "--report", "junit=report.xml"]
    result = zoom_emitter("check", receivers.add(right), "--select", "S01", *reports)

    assert result.status == 2
    assert "cannot write the report /dev/full: No space left on device" in result.err
    assert Path("report.xml").exists()


def run_process(*arguments, code=None, **known):
    program = ["-c", code] if code else ["-m", "emitter"]
    return subprocess.Popen(
        [sys.executable, *program, "check", *arguments],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
        **known,
    )


def test_a_defect_of_ours_is_status_4_and_no_verdict(receivers):
    process = run_process(receivers.add(right), code=DEFECTIVE_JUDGE)
    out, err = process.communicate(timeout=60)

    assert process.returncode == 4
    assert "ZeroDivisionError: ours" in err
    assert err.endswith("this is a defect of zoom-emitter; please report it with the lines above\n")
    assert out == ""


@pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGINT to send")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=["Ctrl-C", "terminated"])
def test_an_interrupted_run_is_status_130_and_writes_every_report(number, receivers):
    asked = []

    def interrupting(request):
        asked.append(request)
        if len(asked) == 30:
            process.send_signal(number)
        return right(request.signed_anew())

    formats = ("json", "junit", "html", "markdown", "github", "har", "baseline")
    reports = [f"--report={name}={name}.out" for name in formats]
    process = run_process(receivers.add(interrupting), "--rate-limit", "40/s", *reports)
    out, err = process.communicate(timeout=60)
    report = json.loads(Path("json.out").read_text(encoding="utf-8"))

    assert process.returncode == 130, err
    assert "interrupted: this is what was seen until then" in out
    assert report["summary"]["is_interrupted"] is True
    assert report["summary"]["requests"] >= 29
    assert [name for name in formats if not Path(f"{name}.out").exists()] == []
    assert "Interrupted" in Path("html.out").read_text(encoding="utf-8")


def test_the_other_statuses_are_those_of_findings(receivers):
    def odd(asked):
        return Answer(500) if asked.is_signed and not isinstance(asked.value, dict) else right(asked)

    assert zoom_emitter("check", receivers.add(right), "--select", "R02").status == 0
    assert zoom_emitter("check", receivers.add(odd), "--select", "R02").status == 0
    assert zoom_emitter("check", receivers.add(odd), "--select", "R02", "--strict").status == 1
