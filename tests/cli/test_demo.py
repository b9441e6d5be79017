from __future__ import annotations

import json
import os
import re
import shlex
import signal
import socket
import subprocess
import sys
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from emitter.cli.demo import program
from emitter.cli.receiver_process import ReceiverProcess
from emitter.core.deliveries import DeliveryState
from emitter.core.secrets import SecretToken
from emitter.delivery.secret_sources import Sealed, read
from emitter.delivery.store import Store
from emitter.delivery.vault import Vault, key_file_beside
from emitter.errors import EmitterError
from tests.support.command import zoom_emitter

TIMEOUT_S = 60.0
RECEIVER = re.compile(r"receiver +http://127\.0\.0\.1:(\d+)/, a process of its own", re.MULTILINE)


@dataclass(frozen=True)
class Run:
    """One demo, from its start to its end."""

    status: int
    out: str
    err: str
    cpu_s: float
    database: Path

    @property
    def port(self) -> int:
        match = RECEIVER.search(self.out)
        assert match
        return int(match[1])


@contextmanager
def started(environ, *options):
    with subprocess.Popen(
        [sys.executable, "-m", "emitter", "demo", *options],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
        env=environ,
        cwd=environ["HOME"],
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def environ_with(home, **variables):
    places = {
        "HOME": home,
        "USERPROFILE": home,
        "XDG_DATA_HOME": f"{home}/data",
        "LOCALAPPDATA": f"{home}/data",
    }
    inherited = {name: value for name, value in os.environ.items() if name != "COLUMNS"}
    return {**inherited, **{name: str(value) for name, value in places.items()}, **variables}


def cpu_of_children_s():
    times = os.times()
    return times.children_user + times.children_system


def run_demo(environ, database, *options):
    before = cpu_of_children_s()
    with started(environ, *options) as process:
        out, err = process.communicate(timeout=TIMEOUT_S)
    return Run(process.returncode, out, err, cpu_of_children_s() - before, database)


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    """One demo in a pipe, in surroundings that would lead a receiver astray if they reached it."""
    home = tmp_path_factory.mktemp("home")
    (home / "zoom-emitter.toml").write_text('secret-token-file = "missing.txt"\n', encoding="utf-8")
    environ = environ_with(
        home,
        ZOOM_WEBHOOK_SECRET_TOKEN="of another app",
        ZOOM_EMITTER_SAMPLE_RECEIVER_FAIL_FIRST="9",
        ZOOM_EMITTER_DATABASE=str(home / "deliveries.sqlite"),
    )
    return run_demo(environ, home / "deliveries.sqlite")


def is_listening(port):
    with socket.socket() as client:
        return client.connect_ex(("127.0.0.1", port)) == 0


def without_latency(line):
    return re.sub(r" +\d+ ms  ", "  ", line)


def test_it_succeeds_without_any_configuration(run):
    assert run.status == 0
    assert run.err == f"recording in {run.database}\n"


def test_it_takes_less_than_ten_seconds_on_a_machine_that_does_nothing_else(run):
    summary = re.search(r" of virtual time in (\d+\.\d) s$", run.out, re.MULTILINE)

    assert summary
    assert float(summary[1]) + run.cpu_s < 10


def test_each_attempt_is_shown_as_it_ends(run):
    lines = [without_latency(line) for line in run.out.splitlines() if line.startswith("+")]

    assert lines == [
        "+0:00:00  204  accepted  conversation_analysis_completed",
        "+0:00:00  503  failed  playlist_create, next in 5m",
        "+0:00:00  204  accepted  playlist_add_moment",
        "+0:00:00  204  accepted  post_comment_completed",
        "+0:00:00  204  accepted  conversation_crm_associations_changed",
        "+0:00:00  204  accepted  playlist_remove_moment",
        "+0:00:00   -1  timed-out  playlist_delete, next in 5m",
        "+0:05:00  503  failed  playlist_create, attempt 2, next in 20m",
        "+0:05:03  204  accepted  playlist_delete, attempt 2",
        "+0:25:00  204  accepted  playlist_create, attempt 3",
    ]


def test_it_ends_with_a_table_of_every_attempt(run):
    lines = run.out.splitlines()
    head = next(number for number, line in enumerate(lines) if line.startswith("event "))
    rows = [line.split() for line in lines[head + 2 : head + 12]]

    assert [[*row[:4], *row[6:]] for row in rows] == [
        ["revenue_accelerator.conversation_analysis_completed", "1", "+0:00:00", "204", "accepted", "-"],
        ["revenue_accelerator.playlist_create", "1", "+0:00:00", "503", "failed", "in", "5m"],
        ["revenue_accelerator.playlist_create", "2", "+0:05:00", "503", "failed", "in", "20m"],
        ["revenue_accelerator.playlist_create", "3", "+0:25:00", "204", "accepted", "-"],
        ["revenue_accelerator.playlist_add_moment", "1", "+0:00:00", "204", "accepted", "-"],
        ["revenue_accelerator.post_comment_completed", "1", "+0:00:00", "204", "accepted", "-"],
        [
            "revenue_accelerator.conversation_crm_associations_changed",
            "1",
            "+0:00:00",
            "204",
            "accepted",
            "-",
        ],
        ["revenue_accelerator.playlist_remove_moment", "1", "+0:00:00", "204", "accepted", "-"],
        ["revenue_accelerator.playlist_delete", "1", "+0:00:00", "-1", "timed-out", "in", "5m"],
        ["revenue_accelerator.playlist_delete", "2", "+0:05:03", "204", "accepted", "-"],
    ]
    assert re.fullmatch(
        r"7 of 7 events accepted in 10 attempts, \+0:25:00 of virtual time in \d\.\d s", lines[head + 13]
    )


def test_it_is_plain_in_a_pipe(run):
    assert "\x1b" not in run.out + run.err


def test_its_receiver_is_gone_in_the_end(run):
    assert not is_listening(run.port)


def test_its_commands_for_looking_closer_work(run, monkeypatch):
    monkeypatch.setenv("ZOOM_EMITTER_DATABASE", str(run.database))
    lines = [shlex.split(line.partition("   ")[0]) for line in run.out.splitlines()]
    commands = [words[1:] for words in lines if words[:2] == ["zoom-emitter", "deliveries"]]

    results = [zoom_emitter(*command) for command in commands]

    assert [command[1] for command in commands] == ["list", "show", "show"]
    assert [result.status for result in results] == [0, 0, 0]
    assert "playlist_create" in results[1].text
    assert "playlist_delete" in results[2].text


def test_the_record_holds_one_story_whose_retries_kept_body_and_id_and_were_signed_anew(run):
    with Store.open(run.database, vault=Vault(key_file_beside(run.database))) as store:
        deliveries = [store.get_delivery(number) for number in store.delivery_ids()]
        attempts = {delivery.event: store.attempts(delivery.id) for delivery in deliveries}
    bodies = [json.loads(delivery.body) for delivery in deliveries]
    first, *_, last = attempts["revenue_accelerator.playlist_create"]

    assert {delivery.state for delivery in deliveries} == {DeliveryState.DELIVERED}
    assert len({body["payload"]["account_id"] for body in bodies}) == 1
    assert max(body["event_ts"] for body in bodies) <= first.started_at_ms
    assert dict(first.request_headers)["x-zm-request-id"] == dict(last.request_headers)["x-zm-request-id"]
    assert dict(first.request_headers)["x-zm-signature"] != dict(last.request_headers)["x-zm-signature"]


def test_the_record_holds_the_handshake_and_the_secret_token_only_sealed(run):
    vault = Vault(key_file_beside(run.database))
    with Store.open(run.database, vault=vault) as store:
        (subscription,) = store.list_subscriptions()
        (handshake,) = store.handshakes(subscription.id)
        secret_token = read(subscription.secret_source, vault)

    assert handshake.is_valid
    assert isinstance(subscription.secret_source, Sealed)
    for file in run.database.parent.glob("deliveries.sqlite*"):
        assert secret_token.key() not in file.read_bytes()
    assert secret_token.reveal() not in run.out + run.err


@pytest.mark.slow
def test_it_fits_a_narrow_terminal_and_records_where_it_is_told_to(tmp_path):
    database = tmp_path / "my record.sqlite"

    run = run_demo(environ_with(tmp_path, COLUMNS="60"), database, "--database", str(database))

    assert run.status == 0
    lines = run.out.splitlines()
    quoted = f'"{database}"' if sys.platform == "win32" else f"'{database}'"
    assert f"zoom-emitter deliveries list --database {quoted}" in lines
    assert "revenue_accelerator.conversation_crm_associations_changed" in lines
    assert "        2  +0:05:03     204" in run.out
    assert database.exists()
    assert max(len(line) for line in lines if "--database" not in line) <= 60


@pytest.mark.skipif(sys.platform == "win32", reason="Windows ends a process without asking it")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=["Ctrl-C", "SIGTERM"])
def test_interrupted_it_stops_its_receiver_and_leaves(tmp_path, number):
    with started(environ_with(tmp_path)) as process:
        assert process.stdout
        first_line = process.stdout.readline()
        process.send_signal(number)
        _, err = process.communicate(timeout=TIMEOUT_S)

    match = RECEIVER.match(first_line)
    assert match
    assert not is_listening(int(match[1]))
    assert process.returncode == 130
    assert err.endswith("interrupted\n")
    assert "Traceback" not in err


def test_a_receiver_that_does_not_start_says_why():
    with (
        ReceiverProcess(SecretToken("a"), "--slow", "soon") as receiver,
        pytest.raises(EmitterError) as caught,
    ):
        receiver.wait_until_ready()

    assert str(caught.value).startswith("the sample receiver did not start: error: 'soon' is not a duration")


def test_a_receiver_is_stopped_when_what_it_was_started_for_fails():
    ports = []

    def fail():
        with ReceiverProcess(SecretToken("a")) as receiver:
            ports.append(int(receiver.wait_until_ready().rstrip("/").rpartition(":")[2]))
            assert is_listening(*ports)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()

    assert not is_listening(*ports)


def test_the_program_is_named_by_its_path_where_no_shell_finds_it(tmp_path):
    inside = Path.cwd() / ".venv/bin/zoom-emitter"

    assert program(str(inside), found=None) == ".venv/bin/zoom-emitter"
    assert program("/opt/zoom/bin/zoom-webhook-emitter", found=None) == "/opt/zoom/bin/zoom-webhook-emitter"
    assert program(str(inside), found="/usr/bin/zoom-emitter") == "zoom-emitter"
    assert program("/opt/emitter/__main__.py", found=None) == "zoom-emitter"
