"""The GitHub action: its scripts on real receivers, with files where the runner has its own."""

from __future__ import annotations

import json
import re
import shlex
import shutil
import sys
import sysconfig
from xml.etree import ElementTree

import pytest

from tests.support.sockets import not_listening
from tests.support.wheel import build_wheel
from tests.support.workflow_steps import ACTION, ROOT, run_step, steps_of_action

pytestmark = pytest.mark.skipif(shutil.which("bash") is None, reason="the steps are for bash")
PYTHON = shlex.quote(sys.executable)
SAMPLE = f"{PYTHON} -m emitter sample-receiver --port $PORT"
SAYS_YES = """
import os, http.server

class Handler(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        self.rfile.read(int(self.headers["content-length"] or 0))
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"::error::not ours")

http.server.ThreadingHTTPServer(("127.0.0.1", int(os.environ["PORT"])), Handler).serve_forever()
"""


@pytest.fixture
def job(tmp_path, monkeypatch):
    """Return a job's folder in which zoom-emitter is installed: the one of this environment."""
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    (tmp_path / "zoom-emitter").symlink_to(sys.prefix, target_is_directory=True)
    return tmp_path


def test_a_right_receiver_passes_with_a_summary_reports_and_no_error(job):
    step = run_step("check.sh", job, start=SAMPLE, depth="quick", reports="my reports")

    assert step.status == 0, step.log
    assert step.outputs == {"status": "0", "reports": "my reports"}
    assert step.summary.startswith("## zoom-emitter check\n")
    assert "✅" in step.summary
    assert step.annotations("error") == []
    assert json.loads((job / "my reports/zoom.json").read_text())["summary"]["depth"] == "quick"
    assert ElementTree.parse(job / "my reports/zoom.xml").getroot().tag == "testsuites"
    assert (job / "my reports/zoom.html").read_text().startswith("<!doctype html>")


@pytest.mark.slow
def test_a_broken_receiver_fails_with_at_most_ten_annotations_of_a_kind(job):
    (job / "server.py").write_text(SAYS_YES, encoding="utf-8")

    step = run_step("check.sh", job, start=f"{PYTHON} server.py", depth="quick", strict="true")

    assert step.status == 1, step.log
    assert step.outputs["status"] == "1"
    assert 1 <= len(step.annotations("error")) <= 10
    assert len(step.annotations("warning")) <= 10
    assert "<details>" in step.summary
    assert all(line.partition(" ")[2].startswith("title=") for line in step.heard.splitlines())


def test_no_receiver_is_said_in_the_summary_and_beside_the_run(job):
    with not_listening() as holder:
        port = holder.getsockname()[1]
        step = run_step(
            "check.sh", job, url=f"http://127.0.0.1:{port}/", secret_token="x" * 22, options="--select=S01\n"
        )

    assert step.status == 3, step.log
    assert step.outputs["status"] == "3"
    assert step.annotations("error") == ["error"]
    assert "no connection to the receiver (exit status 3)" in step.summary


def test_options_are_taken_line_by_line(job):
    options = "--select=S01\n\n--start\nfalse; echo a  b\n--wait\n1s"
    step = run_step("check.sh", job, url="/", options=options)

    assert step.status == 3
    assert "'false; echo a  b' ended with status 0" in step.log


def test_every_input_reaches_a_script_that_reads_it():
    steps = steps_of_action()
    given = {name for step in steps.values() for name in step["env"]}
    text = "".join((ROOT / "ci/github" / name).read_text(encoding="utf-8") for name in steps)
    named = set(re.findall(r"inputs\.([a-z-]+)", json.dumps(ACTION["runs"])))

    assert named == set(ACTION["inputs"])
    assert [name for name in sorted(given) if not re.search(rf"\$\{{?{name}\b", text)] == []


@pytest.mark.slow
@pytest.mark.parametrize("is_released", [True, False], ids=["a-release", "the-action-itself"])
def test_the_command_is_installed_into_an_environment_of_its_own(is_released, tmp_path):
    version = build_wheel(tmp_path).name.split("-")[1] if is_released else ""
    # No network and no dependencies, which `--version` does not need; what builds is that of these tests.
    offline = {"PIP_NO_INDEX": "1", "PIP_NO_DEPS": "1", "PIP_FIND_LINKS": str(tmp_path)}
    building = {"PIP_NO_BUILD_ISOLATION": "0", "PYTHONPATH": sysconfig.get_path("purelib")}

    step = run_step(
        "install.sh",
        tmp_path,
        version=version,
        environ={"PYTHON": sys.executable, **offline, **({} if is_released else building)},
    )

    assert step.status == 0, step.log
    assert step.log.splitlines()[-1].startswith("zoom-emitter 0.")
    assert (tmp_path / "zoom-emitter/bin/zoom-emitter").exists()
