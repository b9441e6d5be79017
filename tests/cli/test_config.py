from __future__ import annotations

import json
import re
import tomllib
from pathlib import Path

import jsonschema_rs
import pytest
import rich_click as click

from emitter.cli.commands import all_commands, leaves_of
from emitter.cli.config_schema import schema_text
from emitter.cli.main import COMMANDS
from emitter.cli.option_tables import default_map, kind_of, options_of
from emitter.settings.file import load_settings
from emitter.settings.keys import COMMAND_TABLES, DESCRIPTIONS, RECEIVER_KEYS, TOP_KEYS
from tests.support.command import zoom_emitter
from tests.support.wheel import ROOT

PAGE = (ROOT / "docs" / "settings.md").read_text(encoding="utf-8")
(EXAMPLE,) = re.findall(r"<!-- file: zoom-emitter.toml -->\n```toml\n(.*?)```", PAGE, re.DOTALL)
SCHEMA = ROOT / "emitter" / "settings" / "settings.schema.json"
RECEIVER = '[receivers.app]\nurl = "http://localhost:3000/hooks?key=s3cret"\n'


def write(text):
    Path("zoom-emitter.toml").write_text(text, encoding="utf-8")


def shown(*arguments):
    result = zoom_emitter("config", "show", *arguments, "--json")
    assert result.status == 0, result.err
    return json.loads(result.text)


def test_the_shipped_schema_is_what_the_commands_say():
    assert SCHEMA.read_text(encoding="utf-8") == schema_text()
    assert zoom_emitter("config", "schema").text == schema_text()


def test_the_documented_example_fits_the_schema_and_is_read():
    value = tomllib.loads(EXAMPLE)
    jsonschema_rs.validate(json.loads(schema_text()), value)
    write(EXAMPLE)

    settings = load_settings(Path.cwd())
    assert [*settings.receivers] == ["app", "staging"]
    assert settings.commands["check"]["depth"] == "quick"


@pytest.mark.parametrize(
    "text",
    ["timeoutt = '1s'", "timeout = 5", "[check]\ndepth = 'deeper'", "[receivers.app]\ntimeout = '1s'"],
    ids=["an unknown key", "another kind", "another word", "no url"],
)
def test_the_schema_refuses_what_the_commands_refuse(text):
    with pytest.raises(jsonschema_rs.ValidationError):
        jsonschema_rs.validate(json.loads(schema_text()), tomllib.loads(text))


def test_every_command_with_options_has_a_table_and_every_key_a_description():
    assert {*COMMANDS} - {*COMMAND_TABLES} == {"spec", "config", "doctor", "completion"}
    assert {*DESCRIPTIONS} == {*RECEIVER_KEYS, *TOP_KEYS}


def test_the_page_shows_what_is_shown(monkeypatch):
    write(EXAMPLE)
    (block,) = re.findall(r"```console\n(\$ zoom-emitter config show\n.*?)```", PAGE, re.DOTALL)
    for command, lines in re.findall(r"^\$ (.*)\n((?:[^$].*\n|\n)*)", block, re.MULTILINE):
        variable, _, rest = command.rpartition("zoom-emitter ")
        if variable:
            monkeypatch.setenv(*variable.strip().split("="))
        output = re.sub(" +", " ", zoom_emitter(*rest.split()).text)
        for line in filter(None, lines.splitlines()):
            pattern = re.escape(re.sub(" +", " ", line)).replace("…", ".*").replace(r"\ .*\ ", ".*")
            assert re.search(f"^{pattern}$", output, re.MULTILINE), f"{line!r} is not in\n{output}"


def test_the_environment_wins_over_the_file_and_a_receivers_own_over_the_top(monkeypatch):
    write(f'timeout = "5s"\ninsecure = true\n{RECEIVER}timeout = "1s"\n')
    before = shown()
    monkeypatch.setenv("ZOOM_EMITTER_TIMEOUT", "9s")
    after = shown()

    assert before["settings"]["timeout"] == {"value": "5s", "from": "zoom-emitter.toml"}
    assert before["receivers"]["app"]["timeout"] == {
        "value": "1s",
        "from": "zoom-emitter.toml, receivers.app",
    }
    assert before["receivers"]["app"]["insecure"] == {"value": True, "from": "zoom-emitter.toml"}
    assert after["receivers"]["app"]["timeout"] == {"value": "9s", "from": "environment ZOOM_EMITTER_TIMEOUT"}


def test_no_secret_is_shown(monkeypatch):
    monkeypatch.setenv("APP_SECRET", "s3cret")
    monkeypatch.setenv("ZOOM_EMITTER_TOKEN", "s3cret")
    write(
        f'auth = "basic:zoom:s3cret"\nheader = "x-key: env:KEY"\n{RECEIVER}secret-token-env = "APP_SECRET"\n'
    )
    outputs = [zoom_emitter("config", "show", *name) for name in ((), ("serve",), ("emit",))]
    value = shown()

    assert all("s3cret" not in output.text + output.err for output in outputs)
    assert value["settings"]["auth"]["value"] == "basic:********"
    assert value["settings"]["header"]["value"] == "x-key: env:KEY"
    assert value["receivers"]["app"]["secret_token"] == {
        "value": "********",
        "from": "environment APP_SECRET",
    }


def test_a_commands_table_is_its_default_the_environment_and_flags_win(monkeypatch):
    write(f'{RECEIVER}[check]\ndepth = "quick"\nselect = "S01"\n')
    monkeypatch.setenv("ZOOM_WEBHOOK_SECRET_TOKEN", "any")

    def depth(*arguments):
        result = zoom_emitter("check", "app", "--dry-run", *arguments)
        assert result.status == 0, result.err
        (found,) = re.findall(r"depth (\w+)", result.text)
        return found

    by_file = depth()
    monkeypatch.setenv("ZOOM_EMITTER_CHECK_DEPTH", "deep")

    assert (by_file, depth(), depth("--depth", "default")) == ("quick", "deep", "default")


def test_every_option_may_be_said_by_the_environment_and_in_its_table(monkeypatch):
    samples = {
        "a list of text": ["x"],
        "true or false": True,
        "a whole number": 2,
        "a number": 2.5,
        "text": "x",
    }
    for name, command in all_commands(COMMAND_TABLES).items():
        for names, leaf in leaves_of(command, name):
            prefix = "_".join(["ZOOM_EMITTER", *names]).upper().replace("-", "_")
            for key, option in options_of(leaf).items():
                wanted = samples.get(kind_of(option), "x")
                table = default_map(leaf, {key: wanted}, where="a test")
                context = click.Context(leaf, auto_envvar_prefix=prefix, default_map=table)
                by_table, source = option.consume_value(context, {})
                assert (by_table, source.name) == (wanted, "DEFAULT_MAP"), (names, key)
                text = "x" if isinstance(wanted, list) else str(wanted)
                with monkeypatch.context() as shell:
                    shell.setenv(f"{prefix}_{option.name.upper()}", text)
                    _, source = option.consume_value(context, {})
                assert source.name == "ENVIRONMENT" or isinstance(option.envvar, str), (names, key)


def test_the_command_of_a_group_has_its_table_in_the_groups():
    write('[corpus.make]\nseed = "7"\n')

    assert shown("corpus make")["options"]["seed"] == {"value": "7", "from": "zoom-emitter.toml, corpus.make"}
    assert shown()["commands"] == {"corpus.make": {"seed": {"value": "7", "from": "zoom-emitter.toml"}}}


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (
            '[check]\ndeph = "quick"',
            "option of check in zoom-emitter.toml 'deph'; did you mean 'depth'?",
        ),
        ('[check]\ntimeout = "1s"', "it stands at the top, or in [receivers.NAME]"),
        ("[check]\nstrict = 'yes'", "check in zoom-emitter.toml: strict is 'yes'; expected true or false"),
        ('[check]\nreport = "a"', "expected a list of text"),
        ('[chek]\ndepth = "quick"', "unknown key in zoom-emitter.toml 'chek'; did you mean 'check'?"),
        ("check = 3", "check holds options of that command, [check]"),
    ],
    ids=["an option", "one of the target", "a flag", "a list", "a command", "no table"],
)
def test_what_a_table_cannot_say_is_refused(text, says):
    write(text)
    result = zoom_emitter("check", "--list")

    assert result.status == 2
    assert says in result.err
    assert "Traceback" not in result.err


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("chek", "unknown command 'chek'; did you mean 'check'?"),
        ("corpus", "'corpus' is several commands; name one: make, verify"),
        ("corpus mak", "unknown command of corpus 'mak'; did you mean 'make'?"),
    ],
)
def test_a_command_that_there_is_not_is_refused_with_the_nearest(name, says):
    result = zoom_emitter("config", "show", name)

    assert (result.status, says in result.err) == (2, True), result.err


def test_switches_and_lists_of_the_target_are_in_the_environment_too(monkeypatch):
    monkeypatch.setenv("ZOOM_EMITTER_INSECURE", "1")
    monkeypatch.setenv("ZOOM_EMITTER_ALLOW_HOST", "one.example two.example")
    value = shown()["settings"]

    assert value["insecure"]["value"] is True
    assert value["allow-host"]["value"] == ["one.example", "two.example"]
