"""docs/compose.yaml: what it says fits together, and its app and its worker run as it says."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest
import yaml

from tests.support.api import KEY, SECRET_TOKEN, Api
from tests.support.brokers import REDIS, cleaned_up
from tests.support.postgres import NAME, SERVER
from tests.support.receiving import Receiver
from tests.support.waiting import wait_for

DOCS = Path(__file__).parents[2] / "docs"
TOKEN = "a-token-for-tests"
GIVEN = {"POSTGRES_PASSWORD": "a-password", "ZOOM_EMITTER_TOKEN": TOKEN, "ZOOM_EMITTER_KEY": KEY}


@pytest.fixture(scope="module")
def compose():
    """The file with its variables filled in, as `docker compose` does."""
    text = (DOCS / "compose.yaml").read_text(encoding="utf-8")
    return yaml.safe_load(re.sub(r"\$\{(\w+):\?\}", lambda found: GIVEN[found[1]], text))


def test_every_variable_it_wants_is_told_of():
    wanted = set(re.findall(r"\$\{(\w+)", (DOCS / "compose.yaml").read_text(encoding="utf-8")))

    assert wanted == GIVEN.keys()
    assert all(f"{name}=" in (DOCS / "operations.md").read_text(encoding="utf-8") for name in wanted)


def test_services_depend_on_services_that_can_tell_whether_they_are_well(compose):
    services = compose["services"]

    for service in services.values():
        for name, wanted in service.get("depends_on", {}).items():
            assert wanted == {"condition": "service_healthy"}
            assert services[name]["healthcheck"]["test"][0] == "CMD"
    assert all(":" in service["image"] for service in services.values() if "image" in service)
    assert {*services["database"]["volumes"][0].split(":")} & {*compose["volumes"]} == {"database"}


def test_the_image_is_the_project_s_own_with_both_extras(compose):
    for build in (compose["services"][name]["build"] for name in ("app", "worker")):
        assert (DOCS / build["context"] / "Dockerfile").is_file()
        assert build["args"]["EXTRAS"].split(",") == ["postgres", "celery"]


@contextmanager
def running(service, folder, url):
    """Run a service's own command with its own variables, which name this machine's database and broker."""
    environ = {
        name: value.replace("postgresql+psycopg://zoom:a-password@database:5432/zoom", url).replace(
            "redis://queue:6379/0", REDIS
        )
        for name, value in service["environment"].items()
    }
    assert url in environ.values()
    assert REDIS in environ.values()
    said = folder / f"said-{len(list(folder.glob('said-*')))}.txt"
    with said.open("wb") as out:
        command = [sys.executable, "-m", "emitter", *service["command"]]
        of_the_image = {"ZOOM_EMITTER_SERVE_PORT": "0", "ZOOM_EMITTER_SERVE_HOST": "0.0.0.0"}  # noqa: S104
        environ = os.environ | environ | of_the_image
        process = subprocess.Popen(command, env=environ, cwd=folder, stdout=out, stderr=out)
    with process:
        try:
            yield (
                process,
                lambda pattern: wait_for(
                    lambda: re.search(pattern, said.read_text("utf-8"), re.MULTILINE),
                    within_s=30,
                    what=pattern,
                ),
            )
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(20)


@pytest.mark.slow
@pytest.mark.skipif(not (REDIS and SERVER), reason="TEST_REDIS_URL, TEST_POSTGRES_URL name none")
def test_its_app_and_its_worker_deliver(compose, tmp_path, postgres_url):
    services = compose["services"]
    with ExitStack() as stack:
        receiver = stack.enter_context(Receiver(SECRET_TOKEN))
        stack.enter_context(cleaned_up(REDIS, f"zoom-emitter.{NAME}.public"))
        _, app_says = stack.enter_context(running(services["app"], tmp_path, postgres_url))
        worker, worker_says = stack.enter_context(running(services["worker"], tmp_path, postgres_url))
        worker_says("^working for ")
        port = app_says(r"^serving on http://0\.0\.0\.0:(\d+)/$")[1]
        app = Api(f"http://127.0.0.1:{port}", headers={"Authorization": f"Bearer {TOKEN}"})

        app.subscribe(receiver.url, secret_token=SECRET_TOKEN.reveal())
        (number,) = app.emit(event="playlist_create")
        delivery = app.settled(number)
        assert app.get("/readyz").status_code == 200

    assert delivery["state"] == "delivered"
    assert worker.returncode == 130
