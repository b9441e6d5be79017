from __future__ import annotations

import pytest

from emitter.cli.commands import all_commands, leaves_of
from emitter.cli.main import COMMANDS
from tests.support.command import zoom_emitter

LEAVES = [
    " ".join(names) for name, command in all_commands().items() for names, _ in leaves_of(command, name)
]


@pytest.mark.parametrize("name", sorted({*COMMANDS, *LEAVES}))
def test_every_commands_help_shows_an_example_of_it(name):
    text = " ".join(zoom_emitter(*name.split(), "--help").text.split())

    _, _, shown = text.partition("Usage: ")
    assert f"zoom-emitter {name}" in shown.partition(f"zoom-emitter {name}")[2]


@pytest.mark.parametrize("columns", [40, 200])
@pytest.mark.parametrize("arguments", [(), ("check",), ("emit",), ("deliveries", "list")], ids=" ".join)
def test_help_fits_narrow_and_wide_terminals(monkeypatch, columns, arguments):
    monkeypatch.setenv("COLUMNS", str(columns))
    result = zoom_emitter(*arguments, "--help")

    assert result.status == 0
    assert "\x1b[" not in result.text
    assert max(map(len, result.text.splitlines())) <= columns


def test_an_unknown_command_gets_the_nearest():
    said = zoom_emitter("chek")

    assert said.status == 2
    assert "No such command 'chek'. Did you mean 'check'?" in said.err
