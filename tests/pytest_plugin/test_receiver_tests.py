"""`pytest --zoom-receiver-url URL` as its users run it (docs/check.md), in a repository of their own."""

from __future__ import annotations

import importlib.metadata
import json
import os
import re
import subprocess
import sys
import threading
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from tests.support.command import zoom_emitter
from tests.support.documents import document, envelope, operation
from tests.support.receivers.reference import SECRET_TOKEN, Answer, right
from tests.support.receivers.serving import receivers_served
from tests.support.sockets import not_listening

OWN_CONTRACTS = """
import contracts.models

def test_the_own_package_is_the_one_that_is_imported():
    assert contracts.models.WHOSE == "the user's"
"""
SAYS_WHAT_IS_LOADED = """
import sys

def pytest_unconfigure():
    print("loaded", *sys.modules, file=sys.__stderr__)
"""
OURS = "test_the_own_package"


@pytest.fixture(autouse=True)
def secret(monkeypatch):
    monkeypatch.setenv("ZOOM_WEBHOOK_SECRET_TOKEN", SECRET_TOKEN.reveal())


@pytest.fixture
def receivers():
    with receivers_served() as served:
        yield served


@pytest.fixture
def repository():
    """A repository that has a package called `contracts` and one test of its own."""
    package = Path("contracts")
    package.mkdir()
    (package / "__init__.py").write_text("", encoding="utf-8")
    (package / "models.py").write_text('WHOSE = "the user\'s"\n', encoding="utf-8")
    Path("test_own.py").write_text(OWN_CONTRACTS, encoding="utf-8")


class Ran:
    """How a run of pytest ended, and how each of its tests did."""

    def __init__(self, process, report):
        self.status = process.returncode
        self.text = process.stdout + process.stderr
        cases = [*ET.parse(report).getroot().iter("testcase")] if report.exists() else []
        self.outcomes = {case.get("name"): _outcome(case) for case in cases}
        self.cases = cases

    def with_outcome(self, outcome):
        return [name for name, each in self.outcomes.items() if each == outcome]


def _outcome(case):
    skipped = case.find("skipped")
    if skipped is not None:
        return "known" if "xfail" in (skipped.get("type") or "") else "skipped"
    return "failed" if case.find("failure") is not None else "passed"


def run_pytest(*arguments, is_bare=True):
    """Run pytest; bare with our plugin only, for the others that are installed here take their time."""
    report = Path("results.xml")
    plugins = ["-p", "emitter.pytest_plugin"] if is_bare else []
    process = subprocess.run(
        [sys.executable, "-m", "pytest", *plugins, f"--junitxml={report}", *arguments],
        env={**os.environ, **({"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"} if is_bare else {})},
        capture_output=True,
        encoding="utf-8",
        check=False,
        timeout=180,
    )
    return Ran(process, report)


def unverifying(asked):
    return right(asked.signed_anew())


def failing_on_nonsense(asked):
    return Answer(500) if asked.is_signed and not isinstance(asked.value, dict) else right(asked)


def test_the_entry_point_is_in_no_package_that_others_may_have():
    (ours,) = importlib.metadata.distribution("zoom-webhook-emitter").entry_points.select(group="pytest11")

    assert (ours.name, ours.value) == ("zoom_emitter", "emitter.pytest_plugin")


def test_a_run_that_does_not_ask_loads_the_options_and_nothing_else(repository):
    Path("conftest.py").write_text(SAYS_WHAT_IS_LOADED, encoding="utf-8")
    ran = run_pytest("test_own.py", "-p", "no:schemathesis", is_bare=False)
    loaded = next(line for line in ran.text.splitlines() if line.startswith("loaded ")).split()
    ours = {name for name in loaded if name.partition(".")[0] == "emitter"}

    assert ran.status == 0, ran.text
    assert ours == {"emitter", "emitter._version", "emitter.pytest_plugin", "emitter.pytest_zoom_api"}
    assert "contracts.models" in loaded
    assert not {"contracts.registry", "requests", "click"} & set(loaded)


@pytest.mark.usefixtures("repository")
def test_there_is_one_test_for_each_check_and_event_beside_the_own(receivers):
    ran = run_pytest("--zoom-receiver-url", receivers.add(right), "--zoom-select", "A01,S01")
    ours = {name for name in ran.outcomes if not name.startswith(OURS)}
    events = {name.partition("[")[2] for name in ours if name.startswith("A01_")}

    assert ran.status == 0, ran.text
    assert set(ran.outcomes.values()) == {"passed"}
    assert len(ran.outcomes) == len(ours) + 1
    assert len(events) == 7
    assert sum(name.startswith("S01_a_request_with_a_wrong_signature_is_refused[") for name in ours) == 1
    assert f"collected {len(ran.outcomes)} items" in ran.text


@pytest.mark.usefixtures("repository")
def test_what_is_found_is_shown_without_a_traceback(receivers):
    ran = run_pytest(
        "--zoom-receiver-url", receivers.add(unverifying), "--zoom-select", "signature", "-k", "S01"
    )

    assert ran.status == 1
    assert [name[:3] for name in ran.with_outcome("failed")] == ["S01"]
    assert "expected: a 4xx" in ran.text
    assert "again: zoom-emitter emit" in ran.text
    assert "Traceback" not in ran.text
    assert "pytest_receiver.py" not in ran.text


@pytest.mark.slow
def test_tests_are_selected_by_code_event_and_family(receivers):
    url = receivers.add(right)

    def selected(expression):
        listed = run_pytest("--zoom-receiver-url", url, "--collect-only", "-k", expression)
        return re.findall(r"<ReceiverTest (\w+?)_\w+(?:\[(.*)\])?>", listed.text)

    assert {code[0] for code, _ in selected("handshake")} == {"H"}
    assert {(code, event.rpartition(".")[2]) for code, event in selected("A01 and playlist_delete")} == {
        ("A01", "playlist_delete")
    }


@pytest.mark.slow
def test_collecting_sends_nothing(receivers):
    asked: list[object] = []

    ran = run_pytest("--zoom-receiver-url", receivers.add(asked.append), "--collect-only", "-q")

    assert ran.status == 0, ran.text
    assert asked == []


@pytest.mark.slow
@pytest.mark.usefixtures("repository")
def test_workers_share_the_tests_and_one_greeting(receivers):
    asked, lock = [], threading.Lock()

    def counting(request):
        with lock:
            asked.append(request)
        return right(request)

    url = receivers.add(counting)
    alone = run_pytest("--zoom-receiver-url", url, "--zoom-depth", "quick")
    sent_alone = len(asked)
    asked.clear()
    shared = run_pytest("--zoom-receiver-url", url, "--zoom-depth", "quick", "-p", "xdist", "-n", "2")

    assert shared.status == 0, shared.text
    assert shared.outcomes == alone.outcomes
    assert len(asked) == sent_alone


@pytest.mark.slow
def test_what_does_not_fail_is_shown_at_the_end_and_fails_where_it_counts(receivers):
    url = receivers.add(failing_on_nonsense)
    arguments = ["--zoom-receiver-url", url, "--zoom-select", "R02", "-k", "R02"]

    lenient, strict = run_pytest(*arguments), run_pytest(*arguments, "--zoom-strict")

    assert (lenient.status, strict.status) == (0, 1)
    assert "Zoom webhook receiver: found, but no failure" in lenient.text
    assert "warning R02" in lenient.text
    assert [name[:3] for name in strict.with_outcome("failed")] == ["R02"]


@pytest.mark.slow
def test_what_is_in_the_baseline_is_expected_to_fail(receivers):
    url = receivers.add(unverifying)
    zoom_emitter("check", url, "--select", "S", "--report", "baseline=known.json")

    ran = run_pytest(
        "--zoom-receiver-url", url, "--zoom-select", "S01", "--zoom-baseline", "known.json", "-k", "S01"
    )

    assert ran.status == 0, ran.text
    assert ran.with_outcome("known") != []


def test_a_receiver_that_cannot_be_judged_fails_once(receivers):
    ran = run_pytest("--zoom-receiver-url", receivers.add(lambda _: Answer(404)), "--zoom-depth", "quick")

    assert ran.status == 1
    assert len(ran.with_outcome("failed")) in {1, 2}
    assert "every request is answered 404: is the path right?" in ran.text
    assert ran.with_outcome("skipped")


def test_no_connection_fails_once_and_says_so():
    with not_listening() as sock:
        url = f"http://127.0.0.1:{sock.getsockname()[1]}/"
        ran = run_pytest("--zoom-receiver-url", url, "--zoom-select", "S", "-k", "signature")

    assert ran.status == 1
    assert len(ran.with_outcome("failed")) == 1
    assert f"no connection to {url}" in ran.text


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--zoom-receiver-url", "http://127.0.0.1:9/", "--zoom-select", "S99"], "unknown check 'S99'"),
        (["--zoom-receiver-url", "nobody"], "unknown receiver 'nobody'"),
        (
            ["--zoom-receiver-url", "http://127.0.0.1:9/", "--zoom-observe", "a", "--zoom-observe-cmd", "b"],
            "--observe and --observe-cmd exclude each other",
        ),
        (["--zoom-depth", "quick"], "--zoom-depth wants --zoom-receiver-url URL beside it"),
    ],
    ids=["an unknown check", "an unknown receiver", "two observers", "no receiver"],
)
def test_what_cannot_be_used_ends_the_run_with_pytests_own_status(arguments, says):
    ran = run_pytest(*arguments)

    assert ran.status == pytest.ExitCode.USAGE_ERROR
    assert f"ERROR: {says}" in ran.text
    assert "Traceback" not in ran.text


@pytest.mark.slow
def test_receivers_of_the_settings_are_known_by_their_names(receivers):
    Path("zoom-emitter.toml").write_text(
        f'[receivers.app]\nurl = "{receivers.add(right)}"\n', encoding="utf-8"
    )

    ran = run_pytest("--zoom-receiver-url", "app", "--zoom-select", "S01", "-k", "S01")

    assert ran.status == 0, ran.text
    assert ran.with_outcome("passed") != []


class Working:
    """A receiver that does its work for every request that is signed, however often it came."""

    def __init__(self):
        self.done = 0

    def __call__(self, asked):
        if asked.method == "GET":
            return Answer(200, str(self.done))
        self.done += asked.is_signed and not asked.is_challenge
        return right(asked)


@pytest.mark.slow
def test_effects_are_counted_where_asked(receivers):
    url = receivers.add(Working())
    ran = run_pytest(
        "--zoom-receiver-url", url, "--zoom-select", "D08,D09", "--zoom-observe", url, "-k", "D09"
    )

    assert ran.status == 1, ran.text
    assert all("D09" in name for name in ran.with_outcome("failed"))
    assert ran.with_outcome("failed") != []


def test_effects_are_not_counted_where_tests_run_side_by_side(receivers):
    url = receivers.add(Working())
    observing = ("--zoom-receiver-url", url, "--zoom-observe", url)
    ran = run_pytest(*observing, "-p", "xdist.plugin", "-n", "2")

    assert ran.status == pytest.ExitCode.USAGE_ERROR
    assert "ERROR: --zoom-observe counts effects" in ran.text


@pytest.mark.slow
def test_events_of_a_document_of_ones_own_are_tested(receivers):
    item = operation(envelope({"type": "object", "properties": {"id": {"type": "string"}}}, name="acme.done"))
    Path("own.json").write_text(json.dumps(document(acme__done=item)), encoding="utf-8")
    own = ("--zoom-receiver-url", receivers.add(right), "--zoom-spec", "own.json")
    ran = run_pytest(*own, "--zoom-select", "A01", "-k", "acme")

    assert ran.status == 0, ran.text
    assert [name for name in ran.with_outcome("passed") if "acme.done" in name] != []
