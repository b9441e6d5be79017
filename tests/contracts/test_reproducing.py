"""What a finding says about seeing it again is run as it stands: commands in a shell, snippets by pytest."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from contracts.bodies import EventBody
from contracts.cases import Case, Procedure
from contracts.expectations import REFUSED, missed
from contracts.reproducing import Rerun, Showing, reproduction_of
from contracts.sent import Recipe
from emitter.delivery.raw import wire_bytes
from tests.support.command import zoom_emitter
from tests.support.receivers.judging import REGISTRY, judged, receiver_at, session_for
from tests.support.receivers.reference import SECRET_TOKEN, Answer, right

EVENT = "revenue_accelerator.playlist_create"
ROOT = Path(__file__).parents[2]
BIN = Path(sys.executable).parent


@pytest.fixture(autouse=True)
def secret(monkeypatch):
    monkeypatch.setenv("ZOOM_WEBHOOK_SECRET_TOKEN", SECRET_TOKEN.reveal())
    monkeypatch.setenv("PATH", f"{BIN}{os.pathsep}{os.environ['PATH']}")


def in_shell(command, **environment):
    return subprocess.run(
        ["sh", "-c", command],
        env={**os.environ, **environment},
        capture_output=True,
        encoding="utf-8",
        check=False,
        timeout=60,
    )


def by_pytest(snippet, **environment):
    """Return how a pytest of its own ends with the snippet as its only test."""
    Path("test_snippet.py").write_text(snippet, encoding="utf-8")
    ran = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "test_snippet.py"],
        env={**os.environ, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", **environment},
        capture_output=True,
        encoding="utf-8",
        check=False,
        timeout=60,
    )
    return ran.returncode, ran.stdout


def findings_of(url, *arguments):
    report = json.loads(zoom_emitter("check", url, "--json", *arguments).text)
    return {finding["code"]: finding for finding in report["findings"]}


def unverifying(asked):
    return right(asked.signed_anew())


def without_emoji(asked):
    return Answer(422) if asked.is_signed and b"\\uD83D" in asked.body else right(asked)


def failing_on_nesting(asked):
    return Answer(500) if asked.is_signed and asked.body.startswith(b'{"event":[[[[') else right(asked)


def failing_on_big_ones(asked):
    return Answer(413) if asked.is_signed and len(asked.body) > 30_000 else right(asked)


def failing_on_a_list(asked):
    payload = asked.value.get("payload") if isinstance(asked.value, dict) else None
    return Answer(500) if asked.is_signed and isinstance(payload, list) else right(asked)


def failing_on_null(asked):
    return Answer(500) if asked.is_signed and asked.body == b"null" else right(asked)


def wrong_token(asked):
    return Answer(200, '{"plainToken":"x"}') if asked.is_challenge else right(asked)


def failing_deletes(asked):
    return Answer(500) if asked.is_signed and asked.event.endswith("delete") else right(asked)


@pytest.mark.parametrize(
    ("respond", "code", "shows"),
    [
        (unverifying, "S01", "204 accepted"),
        (without_emoji, "B01", "422 refused"),
        (failing_on_null, "R02", "500 failed"),
        (failing_on_nesting, "R03", "500 failed"),
        (failing_on_big_ones, "A14", "413 refused"),
        pytest.param(failing_on_a_list, "G02", "500 failed", marks=pytest.mark.slow),
        (wrong_token, "H01", "verdict   not valid"),
        (failing_deletes, "A01", "500 failed"),
    ],
    ids=[
        "a fault",
        "exact bytes",
        "signed nonsense",
        "many bytes",
        "a long text",
        "generated",
        "a challenge",
        "one event",
    ],
)
def test_the_command_shows_the_finding_again(respond, code, shows, receivers):
    finding = findings_of(receivers.add(respond), "--select", code)[code]

    ran = in_shell(finding["reproduce"]["command"])

    assert shows in ran.stdout, ran.stderr


@pytest.mark.slow
@pytest.mark.parametrize(
    ("respond", "code"),
    [(unverifying, "S01"), (without_emoji, "B01"), (failing_deletes, "A01")],
    ids=["a fault", "exact bytes", "one event"],
)
def test_the_snippet_fails_until_the_finding_is_mended(respond, code, receivers):
    is_mended: list[bool] = []

    def mendable(asked):
        return right(asked) if is_mended else respond(asked)

    finding = findings_of(receivers.add(mendable), "--select", code)[code]
    snippet = finding["reproduce"]["pytest"]
    compile(snippet, "snippet", "exec")

    status, said = by_pytest(snippet)
    assert status == 1, said
    assert finding["received"].split(" after")[0] in said

    is_mended.append(True)
    status, said = by_pytest(snippet)
    assert status == 0, said


@pytest.mark.slow
def test_a_snippet_does_not_pass_where_nothing_can_be_judged(receivers, monkeypatch):
    finding = findings_of(receivers.add(unverifying), "--select", "S01")["S01"]
    snippet = finding["reproduce"]["pytest"].replace(
        finding["reproduce"]["command"].rpartition(" ")[2], receivers.add(lambda _: Answer(404))
    )

    status, said = by_pytest(snippet)

    assert status == 1
    assert "stopped" in said


@pytest.mark.slow
def test_the_query_of_a_url_is_left_to_a_variable(receivers):
    url = receivers.add(unverifying) + "?token=hidden"
    finding = findings_of(url, "--select", "S01")["S01"]
    command, snippet = finding["reproduce"]["command"], finding["reproduce"]["pytest"]

    assert "hidden" not in command + snippet
    assert "204 accepted" in in_shell(command, RECEIVER_URL=url).stdout
    assert by_pytest(snippet, RECEIVER_URL=url)[0] == 1


def raw(request):
    return (wire_bytes(request, method="PUT"),)


S01 = REGISTRY.find("S01")
RAW_CASE = Case(
    name="by another method",
    event=EVENT,
    recipe=Recipe(body=EventBody(event=EVENT), pieces=raw),
    expects=REFUSED,
)


def twice(session):
    for _ in range(2):
        sent = session.send(Recipe(body=EventBody(event=EVENT)))
    yield missed("twice", "once", sent, session.receiver)


@pytest.mark.parametrize(
    "case",
    [RAW_CASE, Procedure(name="twice", event=EVENT, requests=2, misses=twice)],
    ids=["raw bytes", "a procedure"],
)
def test_what_no_single_request_shows_is_judged_again(case, receivers):
    check = replace(S01, cases=lambda _: [case])
    result = judged(receivers.add(lambda _: Answer()), checks=[check])
    reproduce = result.findings[0].reproduce

    assert reproduce
    assert reproduce.command == f"zoom-emitter check {result.receiver.shown} --select S01"


def test_a_receiver_that_a_run_starts_is_started_again():
    receiver = receiver_at("http://127.0.0.1:9/", address=("--start", "npm start", "/hook"))
    session = session_for("http://127.0.0.1:9/", receiver=receiver)
    sent = session._made(Recipe(body=EventBody(event=EVENT)), None)
    case = Case(name="as it is", event=EVENT, recipe=sent.recipe, expects=REFUSED)
    finding = judged_finding()

    reproduction = reproduction_of(
        finding, Showing(check=S01, case=case, sent=sent), Rerun(receiver=receiver, seed="7")
    )

    assert reproduction.command == ("zoom-emitter check --start 'npm start' /hook --select S01 --seed 7")


def judged_finding():
    from contracts.findings import Evidence, Finding  # noqa: PLC0415

    return Finding(
        code="S01", title=S01.title, severity=S01.severity, evidence=Evidence.ATTACK, event="*", cause="x",
        message='"""\n\\', expected="a 4xx", received='204 """ \\ \n x', mend="verify",
    )  # fmt: skip


def test_hostile_words_do_not_leave_the_comment_of_a_snippet():
    reproduction = reproduction_of(
        judged_finding(),
        Showing(check=S01, case=None, sent=None),
        Rerun(receiver=receiver_at("http://127.0.0.1:9/")),
    )

    compile(reproduction.snippet, "snippet", "exec")
