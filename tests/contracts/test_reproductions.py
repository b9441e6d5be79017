"""What every finding of the matrix says about seeing it again is run as it stands, and shows it again."""

from __future__ import annotations

import json
import os
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from contracts.scope import Depth
from emitter.core.subscription import BasicAuth, CustomHeaderAuth
from tests.support.command import zoom_emitter
from tests.support.receivers.defects import DEFECTS
from tests.support.receivers.judging import judged, receiver_at
from tests.support.receivers.reference import SECRET_TOKEN

pytestmark = pytest.mark.slow

BIN = Path(sys.executable).parent
ASKED_AGAIN = [defect for defect in DEFECTS if not defect.observed and defect.events == ("*",)]
"""All but those that need a counter in this process, or settings."""
SHOWN = [defect for defect in ASKED_AGAIN if not {*defect.codes.split()} & {"O02", "P07", "P08"}]
"""All but those whose whole run has to be repeated, which takes its time."""
ONE_OF_EACH_FAMILY = {defect.codes[0]: defect for defect in reversed(ASKED_AGAIN)}
LONG_S = 120


@pytest.fixture(autouse=True)
def secret(monkeypatch):
    monkeypatch.setenv("ZOOM_WEBHOOK_SECRET_TOKEN", SECRET_TOKEN.reveal())
    monkeypatch.setenv("PATH", f"{BIN}{os.pathsep}{os.environ['PATH']}")


class Replaceable:
    """A receiver with a defect, which has forgotten all after `forget`."""

    def __init__(self, defect):
        self._defect = defect
        self.forget()

    def forget(self):
        self._receiver, _ = self._defect.receiver()

    def __call__(self, asked):
        return self._receiver(asked)


@pytest.fixture
def found_in(receivers, monkeypatch):
    """Return a receiver with a defect, and what is found in it."""

    def judge(defect):
        _lend(defect.auth, monkeypatch)
        receiver = Replaceable(defect)
        url = receivers.add(receiver, reads=defect.reads)
        known = receiver_at(url, timeout_s=defect.timeout_s, auth=defect.auth)
        result = judged(
            url,
            codes=defect.codes.split(),
            receiver=known,
            is_response_strict=defect.is_response_strict,
            depth=Depth.QUICK,
        )
        assert result.findings
        return receiver, result.findings

    return judge


def _lend(auth, monkeypatch):
    """Put credentials where a command of a report expects them."""
    if isinstance(auth, BasicAuth):
        monkeypatch.setenv("ZOOM_EMITTER_AUTH", f"basic:{auth.username}:{auth.password.reveal()}")
    elif isinstance(auth, CustomHeaderAuth):
        monkeypatch.setenv("ZOOM_EMITTER_HEADER", f"{auth.name}: {auth.value.reveal()}")


def run(command):
    """Run a command, in this process where it needs no shell, and return all it said."""
    words = shlex.split(command)
    if "|" not in words:
        ran = zoom_emitter(*words[1:], *(["--json"] if words[1] == "check" else []))
        return ran.text + ran.err
    shell = ["sh", "-c", command]
    done = subprocess.run(shell, capture_output=True, encoding="utf-8", check=False, timeout=LONG_S)
    return done.stdout + done.stderr


def shows(finding, said):
    """Return whether what a command said shows the finding."""
    command = finding.reproduce.command
    if " check " in command:
        report = json.loads(said[said.index("{") : said.rindex("}") + 1])
        return finding.fingerprint in {each["fingerprint"] for each in report["findings"]}
    if " validate-url " in command:
        return "not valid" in said
    return finding.received.partition(" after")[0] in said


@pytest.mark.parametrize("defect", SHOWN, ids=lambda defect: defect.name)
def test_every_finding_of_the_matrix_is_shown_again_by_its_command(defect, found_in):
    receiver, findings = found_in(defect)

    for finding in findings:
        said = run(finding.reproduce.command)
        if not shows(finding, said):  # it had to be started anew, as one does who mended it or whom it died
            receiver.forget()
            said = run(finding.reproduce.command)
        assert shows(finding, said), f"{finding.reproduce.command}\n{finding.received}\n{said}"


@pytest.mark.parametrize("letter", sorted(ONE_OF_EACH_FAMILY))
def test_a_finding_of_every_family_is_shown_again_by_its_snippet(letter, found_in):
    receiver, findings = found_in(ONE_OF_EACH_FAMILY[letter])
    finding = next(each for each in findings if each.code[0] == letter)
    Path("test_snippet.py").write_text(finding.reproduce.snippet, encoding="utf-8")
    receiver.forget()

    ran = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "test_snippet.py"],
        env={**os.environ, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"},
        capture_output=True,
        encoding="utf-8",
        check=False,
        timeout=LONG_S,
    )

    assert ran.returncode == 1, ran.stdout
    assert "1 failed" in ran.stdout
    assert "found[" in ran.stdout, ran.stdout
