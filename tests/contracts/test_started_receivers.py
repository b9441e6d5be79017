"""Receivers that the run starts: real commands, in a shell, with children of their own."""

from __future__ import annotations

import json
import os
import shlex
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from contracts.cli.starting import free_port
from tests.support.command import zoom_emitter
from tests.support.waiting import wait_for

ROOT = Path(__file__).parents[2]
pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="the commands are for a POSIX shell")
PYTHON = shlex.quote(sys.executable)
SAMPLE = f"{PYTHON} -m emitter sample-receiver --port $PORT"
REMEMBERING = """
import json, os, pathlib, subprocess, sys
names = ("ZOOM_WEBHOOK_SECRET_TOKEN", "ZOOM_WEBHOOK_SECRET", "WEBHOOK_SECRET_TOKEN", "PORT")
child = subprocess.Popen([sys.executable, "-m", "emitter", "sample-receiver", "--port", os.environ["PORT"]])
known = {**{name: os.environ[name] for name in names}, "pids": [os.getpid(), child.pid]}
pathlib.Path("seen.json").write_text(json.dumps(known))
print("the secret is", os.environ["WEBHOOK_SECRET_TOKEN"], flush=True)
child.wait()
"""


@pytest.fixture(autouse=True)
def own_package(monkeypatch):
    monkeypatch.setenv("PYTHONPATH", str(ROOT))


@pytest.fixture
def remembering():
    Path("receiver.py").write_text(REMEMBERING, encoding="utf-8")
    return f"{PYTHON} receiver.py"


def seen():
    return json.loads(Path("seen.json").read_text(encoding="utf-8"))


def is_running(pid):
    """Return whether a process runs; one that only waits to be reaped does not."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"


def test_a_started_receiver_needs_no_secret_and_no_url(remembering):
    result = zoom_emitter("check", "--start", remembering, "--depth", "quick")

    assert result.status == 0, result.text + result.err
    known = seen()
    secrets = {value for name, value in known.items() if name.endswith(("TOKEN", "SECRET"))}
    assert len(secrets) == 1
    assert f"localhost:{known['PORT']}/" in result.text


@pytest.mark.slow
def test_another_run_has_another_secret(remembering):
    secrets = set()
    for _ in range(2):
        zoom_emitter("check", "--start", remembering, "--select", "S01")
        secrets.add(seen()["ZOOM_WEBHOOK_SECRET"])

    assert len(secrets) == 2


@pytest.mark.slow
def test_the_whole_tree_is_gone_afterwards(remembering):
    zoom_emitter("check", "--start", f"{remembering} & wait", "--select", "S01")

    assert [pid for pid in seen()["pids"] if is_running(pid)] == []


def test_a_receiver_that_ignores_the_polite_signal_is_stopped_too(remembering):
    zoom_emitter("check", "--start", f"trap '' TERM; {remembering}; true", "--select", "S01")

    assert [pid for pid in seen()["pids"] if is_running(pid)] == []


def test_a_path_is_a_receiver_on_our_port(remembering):
    result = zoom_emitter("check", "/webhooks/zoom", "--start", remembering, "--select", "S01")

    assert f"http://localhost:{seen()['PORT']}/webhooks/zoom" in result.text


@pytest.mark.slow
def test_a_url_says_which_port_it_listens_on(remembering):
    port = free_port()
    result = zoom_emitter("check", f"http://localhost:{port}/", "--start", remembering, "--select", "S01")

    assert result.status == 0, result.err
    assert seen()["PORT"] == str(port)


def test_its_output_is_shown_where_it_is_found_wanting_without_the_secret(remembering):
    result = zoom_emitter("check", "/", "--start", f"{remembering} & exec {PYTHON} -m http.server $PORT")

    assert result.status == 1
    assert "the receiver's own output:" in result.err
    assert seen()["ZOOM_WEBHOOK_SECRET"] not in result.err + result.text
    assert "the secret is ********" in result.err


def test_one_that_ends_at_once_is_no_connection_and_its_output_says_why():
    result = zoom_emitter("check", "--start", "echo no such module >&2; exit 7")

    assert result.status == 3
    assert "ended with status 7 and does not listen" in result.err
    assert "  no such module" in result.err


@pytest.mark.slow
def test_one_that_listens_elsewhere_is_given_up_after_the_wait():
    result = zoom_emitter("check", "--start", "sleep 60", "--wait", "300ms")

    assert result.status == 3
    assert "does not listen at http://localhost:" in result.err
    assert "PORT" in result.err


def test_another_that_listens_there_already_is_not_judged_in_its_place():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        url = f"http://127.0.0.1:{taken.getsockname()[1]}/"
        result = zoom_emitter("check", url, "--start", "sleep 60")

    assert result.status == 2
    assert "something listens at" in result.err


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--start", " "], "--start wants a command"),
        (["--start", "x", "http://127.0.0.1:1/", "http://127.0.0.1:2/"], "--start starts one receiver"),
        (["--start", "x", "http://127.0.0.1:1/", "http://127.0.0.1:2/"], "write start = … into the settings"),
        (["--start", "x", "--all"], "write start = … there in the place of --start"),
    ],
)
def test_what_cannot_be_meant_is_refused(arguments, says):
    result = zoom_emitter("check", *arguments)

    assert result.status == 2
    assert says in result.err


@pytest.mark.slow
def test_receivers_of_the_settings_are_started_as_those_say(remembering):
    ports = [free_port(), free_port()]
    Path("zoom-emitter.toml").write_text(
        f"""
        [receivers.one]
        url = "http://localhost:{ports[0]}/"
        start = "{SAMPLE}"
        [receivers.two]
        url = "http://localhost:{ports[1]}/webhooks"
        secret-token-env = "TWO_SECRET"
        start = "test -n \\"$TWO_SECRET\\" && {remembering}"
        """,
        encoding="utf-8",
    )

    result = zoom_emitter("check", "--all", "--select", "S01")

    assert result.status == 0, result.text + result.err
    assert result.text.splitlines()[-2:] == ["one  passed  nothing found", "two  passed  nothing found"]
    assert seen()["PORT"] == str(ports[1])
    assert [pid for pid in seen()["pids"] if is_running(pid)] == []


def test_one_that_is_started_is_shown_again_by_starting_it_again(remembering):
    Path("zoom-emitter.toml").write_text(
        f"""
        [receivers.app]
        url = "http://localhost:{free_port()}/"
        start = "{PYTHON} -m http.server $PORT"
        """,
        encoding="utf-8",
    )

    report = json.loads(zoom_emitter("check", "app", "--select", "S01", "--json").text)

    assert [each["reproduce"]["command"] for each in report["findings"]] == [
        "zoom-emitter check app --select P06"
    ]


@pytest.mark.slow
def test_a_secret_token_that_the_settings_name_is_the_one_it_gets(remembering, monkeypatch):
    monkeypatch.setenv("APP_SECRET", "4fv1RkqGQUq5sWbEz6hA5A")
    Path("zoom-emitter.toml").write_text(
        f"""
        [receivers.app]
        url = "http://localhost:{free_port()}/"
        secret-token-env = "APP_SECRET"
        start = "{remembering}"
        """,
        encoding="utf-8",
    )

    zoom_emitter("check", "app", "--select", "S01")

    assert seen()["ZOOM_WEBHOOK_SECRET_TOKEN"] == "4fv1RkqGQUq5sWbEz6hA5A"


def test_a_dry_run_starts_nothing(remembering):
    result = zoom_emitter("check", "--start", remembering, "--dry-run")

    assert result.status == 0
    assert not Path("seen.json").exists()


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=["Ctrl-C", "terminated"])
def test_an_interrupted_run_stops_it(number, remembering):
    process = subprocess.Popen(
        [sys.executable, "-m", "emitter", "check", "--start", remembering, "--rate-limit", "5/s"],
        env=os.environ,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
    )
    wait_for(lambda: Path("seen.json").exists() and seen_whole(), within_s=30)
    port = int(seen()["PORT"])
    wait_for(lambda: listens(port), within_s=30)
    process.send_signal(number)
    out, err = process.communicate(timeout=30)

    assert process.returncode in {130, 3}, out + err
    assert "Traceback" not in err
    assert [pid for pid in seen()["pids"] if is_running(pid)] == []


def seen_whole():
    try:
        return seen()["pids"]
    except ValueError:
        return False


def listens(port):
    try:
        socket.create_connection(("localhost", port), timeout=1).close()
    except OSError:
        return False
    return True


CALLING = """
import json, os, pathlib, urllib.parse, urllib.request
from flask import Flask, request
from emitter.core.handshake import expected_answer
from emitter.core.secrets import SecretToken

app = Flask(__name__)
secret = SecretToken(os.environ["ZOOM_WEBHOOK_SECRET_TOKEN"])

def got(path, **more):
    url = os.environ.get("ZOOM_API_URL", "http://127.0.0.1:9") + path
    with urllib.request.urlopen(urllib.request.Request(url, **more), timeout=2) as answer:
        return json.load(answer)

@app.post("/")
def receive():
    from emitter.core.signing import verify
    from emitter.errors import VerificationError
    try:
        verify(secret, headers=dict(request.headers), body=request.get_data())
    except VerificationError:
        return "", 401
    event = request.get_json()
    if event["event"] == "endpoint.url_validation":
        return expected_answer(secret, event["payload"]["plainToken"])
    told = event["payload"]["object"]
    if isinstance(told, dict) and "conversation_id" in told:
        form = b"grant_type=account_credentials&account_id=a&client_id=b&client_secret=c"
        token = got("/oauth/token", data=form)["access_token"]
        id_ = urllib.parse.quote(urllib.parse.quote(told["conversation_id"], safe=""), safe="")
        shown = got("/v2/zra/conversations/" + id_, headers={"authorization": "Bearer " + token})
        assert shown["conversation_id"] == told["conversation_id"]
    return "", 204

app.run(port=int(os.environ["PORT"]), threaded=True)
"""


def test_a_receiver_that_calls_zoom_finds_its_api_in_the_environment(monkeypatch):
    monkeypatch.delenv("ZOOM_API_URL")
    Path("receiver.py").write_text(CALLING, encoding="utf-8")
    started = ("check", "--start", f"{PYTHON} receiver.py", "/", "--select", "A01", "--json")
    result = zoom_emitter(*started)

    assert result.status == 0, result.text + result.err
    assert json.loads(result.text)["findings"] == []


@pytest.mark.slow
def test_a_receiver_that_fails_for_want_of_zooms_api_is_asked_whether_it_calls_it():
    Path("receiver.py").write_text(CALLING, encoding="utf-8")
    started = ("check", "--start", f"{PYTHON} receiver.py", "/", "--select", "A01")
    result = zoom_emitter(*started)

    assert result.status == 1
    assert "does its handler call Zoom's API?" in " ".join(result.text.split())
    assert "ZOOM_API_URL" in result.text
