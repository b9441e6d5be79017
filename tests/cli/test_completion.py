"""What a shell is told that asks what may come next (docs/terminal.md); a shell itself is asked once."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from click.shell_completion import ShellComplete

from contracts.checks_page import names
from contracts.registry import Registry
from emitter.cli.completion import SHELLS
from emitter.cli.main import COMPLETE_VARIABLE, NAME, cli
from emitter.core.secrets import SecretToken
from tests.support.command import zoom_emitter
from tests.support.documents import document, envelope, operation
from tests.support.receiving import Receiver
from tests.support.wheel import ROOT


@pytest.fixture
def completed(monkeypatch):
    """Return what completes the last word of a line."""

    def complete(line):
        *words, last = line.split(" ")
        asked = ShellComplete(cli, {}, NAME, COMPLETE_VARIABLE)
        with monkeypatch.context() as shell:
            shell.setenv(COMPLETE_VARIABLE, "zsh_complete")
            return {item.value: item.help or "" for item in asked.get_completions(words, last)}

    return complete


@pytest.mark.parametrize(
    ("line", "finds"),
    [
        ("em", {"emit"}),
        ("corpus ma", {"make"}),
        ("emit --tim", {"--time-scale", "--timeout"}),
        ("emit playlist_c", {"playlist_create"}),
        ("emit revenue_accelerator.playlist_d", {"revenue_accelerator.playlist_delete"}),
        ("events show post", {"post_comment_completed"}),
        ("emit --fault wire-s", {"wire-spaced", "wire-slashes"}),
        ("emit --story conv", {"conversation-life"}),
        ("check --explain b01", {"B01"}),
        ("check --select signature,F01", {"signature,F01"}),
        ("check --select han", {"handshake"}),
        ("check --events playlist_create,playlist_d", {"playlist_create,playlist_delete"}),
        ("check --depth d", {"default", "deep"}),
        ("completion ", {"bash", "zsh", "fish"}),
        ("deliveries show ", set()),
        ("check --select nothing", set()),
    ],
)
def test_the_last_word_is_completed(completed, line, finds):
    found = {*completed(line)}

    assert found == finds


def test_events_of_a_document_on_the_line_are_completed_too(completed):
    described = document(user__created=operation(envelope({}, name="user.created")))
    Path("users.json").write_text(json.dumps(described), encoding="utf-8")

    assert "user.created" in completed("emit --spec users.json user.c")


def test_receivers_of_the_settings_are_completed_with_their_urls(completed):
    Path("zoom-emitter.toml").write_text(
        '[receivers.app]\nurl = "http://localhost:3000/"\n[receivers.api]\nurl = "http://localhost:1/"\n',
        encoding="utf-8",
    )

    assert completed("check ap") == {"app": "http://localhost:3000/", "api": "http://localhost:1/"}
    assert {*completed("emit --to app")} == {"app"}
    Path("zoom-emitter.toml").write_text("receivers = 3", encoding="utf-8")
    assert completed("check ap") == {}


def test_recent_deliveries_are_completed_with_what_they_are(completed, monkeypatch):
    secret = "4fv1RkqGQUq5sWbEz6hA5A"
    monkeypatch.setenv("ZOOM_WEBHOOK_SECRET_TOKEN", secret)
    monkeypatch.setenv("ZOOM_EMITTER_DATABASE", str(Path("record.sqlite").absolute()))
    with Receiver(SecretToken(secret)) as receiver:
        zoom_emitter("emit", "playlist_create", "playlist_delete", "--no-validate", "--to", receiver.url)

    assert completed("deliveries show ") == {
        "2": "revenue_accelerator.playlist_delete, delivered",
        "1": "revenue_accelerator.playlist_create, delivered",
    }
    assert {*completed("deliveries export 1 2")} == {"2"}


def test_codes_are_completed_from_a_list_that_is_current():
    shipped = (ROOT / "contracts" / "check_names.json").read_text(encoding="utf-8")

    assert shipped == names(Registry.bundled())


@pytest.mark.parametrize("shell", SHELLS)
def test_every_shell_has_a_script(shell):
    result = zoom_emitter("completion", shell)

    assert result.status == 0
    assert f"{COMPLETE_VARIABLE}={shell}_complete" in result.text


@pytest.mark.skipif(shutil.which("bash") is None, reason="bash is absent")
def test_bash_completes_with_the_script_it_is_given(tmp_path):
    program = tmp_path / "zoom-emitter"
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m emitter "$@"\n', encoding="utf-8")
    program.chmod(0o755)
    typed = "COMP_WORDS=(zoom-emitter emit playlist_r); COMP_CWORD=2; _zoom_emitter_completion zoom-emitter"
    ran = subprocess.run(
        ["bash", "-c", f'{zoom_emitter("completion", "bash").text}\n{typed}; echo "${{COMPREPLY[@]}}"'],
        env={**os.environ, "PATH": f"{tmp_path}{os.pathsep}{os.environ['PATH']}", "PYTHONPATH": str(ROOT)},
        capture_output=True,
        encoding="utf-8",
        timeout=60,
        check=False,
    )

    assert (ran.stdout.strip(), ran.stderr) == ("playlist_remove_moment", "")
