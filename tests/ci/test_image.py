"""The image, as far as it can be looked at without Docker: what goes in, what it runs, its health check."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from emitter.cli.main import COMMANDS
from tests.support.command import zoom_emitter
from tests.support.serving import serving
from tests.support.sockets import not_listening
from tests.support.wheel import output_of

ROOT = Path(__file__).parents[2]
DOCKERFILE = (ROOT / "Dockerfile").read_text(encoding="utf-8").replace("\\\n", " ")
COMPOSE = yaml.safe_load((ROOT / "compose.yaml").read_text(encoding="utf-8"))
COPIES = [line.split()[1:] for line in re.findall(r"^COPY (?!--).*$", DOCKERFILE, re.MULTILINE)]
ENVIRON = dict(re.findall(r"(\w+)=(\S+)", re.search(r"^ENV (.*)$", DOCKERFILE, re.MULTILINE)[1]))  # type: ignore[index]
HEALTH = ROOT / "ci/docker/health.py"


def test_what_is_copied_is_there_and_not_left_out_of_the_context():
    kept = {line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")}
    for *sources, _ in COPIES:
        for source in sources:
            assert (ROOT / source).exists()
            assert any(Path(source) == Path(one) or Path(one) in Path(source).parents for one in kept)


def test_the_image_runs_as_nobody_in_particular_and_is_asked_whether_it_is_well():
    assert re.search(r"^USER [1-9]\d*$", DOCKERFILE, re.MULTILINE)
    assert 'CMD ["python", "/opt/zoom-emitter/health.py"]' in DOCKERFILE
    assert DOCKERFILE.rstrip().endswith('ENTRYPOINT ["zoom-emitter"]\nCMD ["--help"]')


def test_what_the_image_sets_is_what_the_commands_read(monkeypatch):
    for name in ("container", "ZOOM_EMITTER_SERVE_HOST", "ZOOM_EMITTER_SAMPLE_RECEIVER_HOST"):
        monkeypatch.setenv(name, ENVIRON[name])
    with not_listening() as holder:
        refused = zoom_emitter("validate-url", f"http://localhost:{holder.getsockname()[1]}/")

    assert "'0.0.0.0' only with a token" in zoom_emitter("serve", "--port", "0").err
    assert refused.status != 0


def test_the_health_check_asks_the_app_that_serves(tmp_path, monkeypatch):
    with serving(tmp_path) as served:
        port = served.line.strip().rstrip("/").rpartition(":")[2]
        command = Path(f"/proc/{served.process.pid}/cmdline")
        well = health(command, port)
    gone = health(None, port)

    assert (well.returncode, well.stdout) == (0, "")
    assert gone.returncode == 1


def health(command_line, port):
    """Run the health check with another process in the place of number 1."""
    source = HEALTH.read_text(encoding="utf-8")
    other = repr(str(command_line)) if command_line else "'cmdline'"
    if not command_line:
        Path("cmdline").write_bytes(b"zoom-emitter\0serve\0")
    return subprocess.run(
        [sys.executable, "-c", source.replace('"/proc/1/cmdline"', other)],
        env={**os.environ, "ZOOM_EMITTER_SERVE_PORT": port},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )


def test_a_container_of_another_command_is_well_while_it_runs():
    Path("cmdline").write_bytes(b"zoom-emitter\0sample-receiver\0")
    source = HEALTH.read_text(encoding="utf-8").replace("/proc/1/cmdline", "cmdline")

    assert subprocess.run([sys.executable, "-c", source], check=False).returncode == 0


def test_the_services_run_commands_that_exist_with_one_secret_token():
    services = COMPOSE["services"]

    assert {service["command"][0] for service in services.values()} <= {*COMMANDS}
    assert (
        len({json.dumps(each["environment"]["ZOOM_WEBHOOK_SECRET_TOKEN"]) for each in services.values()}) == 1
    )
    assert all(port.startswith("127.0.0.1:") for each in services.values() for port in each.get("ports", ()))


@pytest.mark.slow
def test_what_is_copied_is_enough_to_build_the_wheel(tmp_path):
    for *sources, _ in COPIES[:3]:
        for source in sources:
            to = tmp_path / source
            (shutil.copytree if (ROOT / source).is_dir() else shutil.copy)(ROOT / source, to)
    build = [sys.executable, "-m", "pip", "wheel", "--no-deps", "--no-index", "--no-build-isolation"]
    output_of(*build, "--wheel-dir", "wheels", ".", cwd=tmp_path)

    assert len([*(tmp_path / "wheels").glob("zoom_webhook_emitter-*.whl")]) == 1
