"""In a container localhost is the container: a refused connection there says what to write instead."""

from __future__ import annotations

import pytest

from emitter.delivery.containers import is_in_container
from tests.support.command import zoom_emitter
from tests.support.sending import send
from tests.support.sockets import not_listening

HINT = "; localhost is this container itself; a receiver beside it is host.docker.internal"


@pytest.mark.parametrize("mark", [".dockerenv", "run/.containerenv"])
def test_a_container_is_known_by_the_file_it_has(mark, tmp_path):
    (tmp_path / mark).parent.mkdir(exist_ok=True)
    (tmp_path / mark).touch()

    assert is_in_container({}, root=tmp_path)
    assert not is_in_container({"container": ""}, root=tmp_path)


def test_a_container_is_known_by_its_variable(tmp_path):
    assert is_in_container({"container": "docker"}, root=tmp_path)
    assert not is_in_container({}, root=tmp_path)


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "app.test"])
@pytest.mark.parametrize("kind", ["docker", ""])
def test_a_refused_localhost_says_what_it_is_called_from_a_container(host, kind, monkeypatch):
    monkeypatch.setenv("container", kind)
    with not_listening() as holder:
        exchange = send(f"http://{host}:{holder.getsockname()[1]}/", resolve=lambda _: ["127.0.0.1"])

    hint = HINT if kind and host != "app.test" else ""
    assert exchange.outcome.detail == f"connection refused{hint}"


@pytest.mark.parametrize(
    "command", [["check"], ["validate-url"], ["emit", "playlist_create", "--to"]], ids=lambda each: each[0]
)
def test_every_command_that_sends_shows_the_hint(command, monkeypatch):
    monkeypatch.setenv("container", "docker")
    monkeypatch.setenv("ZOOM_WEBHOOK_SECRET_TOKEN", "4fv1RkqGQUq5sWbEz6hA5A")
    with not_listening() as holder:
        result = zoom_emitter(*command, f"http://localhost:{holder.getsockname()[1]}/")

    assert result.status == 3
    assert "host.docker.internal" in result.text + result.err
