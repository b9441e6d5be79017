"""``zoom-emitter config``: what the settings come to, and where each value is from."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import rich_click as click

from emitter.core.secrets import MASK
from emitter.faking.known import world_of
from emitter.settings.file import load_settings
from emitter.settings.keys import RECEIVER_KEYS, TOP_KEYS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from emitter.settings.file import Settings

_DEFAULT: Final = "default"
_DEFAULTS: Final[dict[str, Any]] = {
    "timeout": "3s",
    "insecure": False,
    "allow-host": [],
    "spec": [],
    "rest-spec": [],
    "events": ["*"],
    "acks-before-verifying": False,
}
_USERINFO: Final = re.compile(r"(?<=://)[^/@\s]+@")
_CREDENTIALS: Final = frozenset({"auth", "header"})


@click.group()
def config() -> None:
    """Show what the settings come to, and the schema that editors check them with.

    \b
      zoom-emitter config show
      zoom-emitter config show check --json
      zoom-emitter config schema > zoom-emitter.schema.json
    """


@config.command()
@click.argument("command", required=False, metavar="[COMMAND]")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def show(command: str | None, *, as_json: bool) -> None:
    """Print the resolved settings and where each comes from: the environment, a file, or nowhere.

    With COMMAND the options of that command. A flag on the command line wins over all of these. Secrets are
    not shown, only where they are.

    \b
      zoom-emitter config show
      zoom-emitter config show check
      zoom-emitter config show 'corpus make' --json
    """
    settings = load_settings(Path.cwd())
    value = _command_value(command, settings) if command else _whole(settings)
    click.echo(json.dumps(value, ensure_ascii=False) if as_json else "\n".join(_lines(value)))


@config.command()
def schema() -> None:
    """Print the JSON Schema of the settings file, for editors that check TOML.

    \b
      zoom-emitter config schema > zoom-emitter.schema.json
    """
    from emitter.cli.config_schema import schema_text  # noqa: PLC0415 - imports every command

    click.echo(schema_text(), nl=False)


def _whole(settings: Settings) -> dict[str, Any]:
    from emitter.cli.commands import all_commands  # noqa: PLC0415 - imports those that have a table
    from emitter.cli.option_tables import default_map  # noqa: PLC0415

    for name, table in settings.commands.items():
        default_map(all_commands([name])[name], table, where=f"{name} in {_file(settings)}")
    value: dict[str, Any] = {
        "file": str(settings.path) if settings.path else None,
        "settings": {key: _resolved(key, settings) for key in TOP_KEYS},
        "secret_token": _secret_token({}, settings),
        "receivers": {name: _receiver(name, settings) for name in settings.receivers},
        "world": {
            key: {
                "value": [each["id"] if isinstance(each, dict) else each for each in items],
                "from": _file(settings),
            }
            for key, items in world_of(settings.known).items()
        },
        "commands": dict(_tables(settings.commands, _file(settings))),
    }
    return value


def _tables(tables: dict[str, Any], file: str, prefix: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield each command's table, those of groups as ``corpus.make``."""
    for name, table in tables.items():
        own = {key: value for key, value in table.items() if not isinstance(value, dict)}
        if own:
            yield prefix + name, {key: _row(key, value, file) for key, value in own.items()}
        under = {key: value for key, value in table.items() if isinstance(value, dict)}
        yield from _tables(under, file, f"{prefix}{name}.")


def _row(key: str, value: Any, origin: str) -> dict[str, Any]:
    return {"value": _shown(key, _plain(value)), "from": origin}


def _receiver(name: str, settings: Settings) -> dict[str, Any]:
    keys = {key: _resolved(key, settings, receiver=name) for key in RECEIVER_KEYS}
    token = _secret_token(settings.receivers[name], settings)
    return {**keys, "secret_token": token}


def _resolved(key: str, settings: Settings, *, receiver: str = "") -> dict[str, Any]:
    """Return a value and where it is from, by the order in which commands look."""
    variable = f"ZOOM_EMITTER_{key.upper().replace('-', '_')}"
    table = settings.receivers[receiver] if receiver else settings.defaults
    if key not in _OF_FILE_ONLY and os.environ.get(variable):
        return _row(key, _listed(key, os.environ[variable]), f"environment {variable}")
    if key in table:
        own = f", receivers.{receiver}" if receiver and key in settings.own[receiver] else ""
        return _row(key, table[key], _file(settings) + own)
    return _row(key, _default(key), _DEFAULT)


_OF_FILE_ONLY: Final = frozenset(
    {
        "url", "events", "baseline", "acks-before-verifying", "secret-token-env", "start", "observe",
        "observe-cmd", "rest-spec",
    }
)  # fmt: skip
"""Keys that no variable of the environment says for all receivers."""


def _listed(key: str, text: str) -> Any:
    if key == "spec":
        return text.split(os.pathsep)
    if key == "allow-host":
        return text.split()
    return text.lower() in {"1", "true", "yes", "on", "t", "y"} if key == "insecure" else text


def _default(key: str) -> Any:
    if key == "database":
        from emitter.delivery.places import usual_database_path  # noqa: PLC0415 - imports platformdirs

        return str(usual_database_path())
    return _DEFAULTS.get(key)


def _shown(key: str, value: Any) -> Any:
    """Return a value without the credential in it; where it is to be found may be shown."""
    if not isinstance(value, str):
        return value
    if "://" in value:
        bare = value.partition("?")[0] if key == "url" else value
        return _USERINFO.sub(f"{MASK}@", bare)
    if key.endswith("token"):
        return MASK
    if key not in _CREDENTIALS:
        return value
    name, _, rest = value.partition(":")
    return value if rest.strip().startswith(("env:", "@")) else f"{name}:{MASK}"


def _secret_token(table: dict[str, Any], settings: Settings) -> dict[str, Any]:
    """Return where the secret token is, or why there is none; never the token itself."""
    from emitter.cli.secret_options import secret_from  # noqa: PLC0415
    from emitter.delivery.secret_sources import words_of  # noqa: PLC0415
    from emitter.errors import SecretTokenError  # noqa: PLC0415

    given = {
        key: os.environ.get(f"ZOOM_EMITTER_{key.upper().replace('-', '_')}")
        for key in ("secret-token-file", "env-file")
    }
    values = (table or settings.defaults) | {key: value for key, value in given.items() if value}
    try:
        _, source = secret_from(values)
    except SecretTokenError as error:
        return {"value": None, "from": str(error)}
    return {"value": MASK, "from": words_of(source)}


def _command_value(name: str, settings: Settings) -> dict[str, Any]:
    """Return every option of a command as click resolves it without a flag."""
    from emitter.cli.commands import find_command  # noqa: PLC0415
    from emitter.cli.option_tables import default_map, options_of  # noqa: PLC0415

    names, command, group = find_command(name)
    where = _file(settings)
    defaults: Any = settings.commands.get(names[0], {})
    defaults = default_map(group, defaults, where=f"{names[0]} in {where}") if defaults else {}
    for part in names[1:]:
        defaults = defaults.get(part, {})
    prefix = "_".join(["ZOOM_EMITTER", *names]).upper().replace("-", "_")
    context = click.Context(command, info_name=names[-1], auto_envvar_prefix=prefix, default_map=defaults)
    options = {}
    for key, option in options_of(command).items():
        value, source = option.consume_value(context, {})
        variable = option.resolve_envvar_value(context) and _variable(option, prefix)
        origin = {"ENVIRONMENT": f"environment {variable}", "DEFAULT_MAP": f"{where}, {'.'.join(names)}"}
        known = option.get_default(context) if source.name == "DEFAULT" else value
        options[key] = _row(key, known, origin.get(source.name, _DEFAULT))
    return {"command": " ".join(names), "options": options}


def _variable(option: click.Option, prefix: str) -> str:
    named = [option.envvar] if isinstance(option.envvar, str) else [*(option.envvar or ())]
    return next((name for name in named if os.environ.get(name)), f"{prefix}_{(option.name or '').upper()}")


def _plain(value: Any) -> Any:
    if isinstance(value, tuple | list):
        return [*value]
    return value if isinstance(value, str | int | float | bool) else None


def _file(settings: Settings) -> str:
    return settings.path.name if settings.path else "no file"


def _lines(value: dict[str, Any]) -> Iterator[str]:
    if "options" in value:
        yield from _rows(value["options"])
        return
    yield f"settings  {value['file'] or 'no zoom-emitter.toml, and no [tool.zoom-emitter] in pyproject.toml'}"
    yield ""
    yield from _rows({**value["settings"], "secret token": value["secret_token"]})
    world = {"world": value["world"]} if value["world"] else {}
    for kind, tables in (("receivers.", value["receivers"]), ("", world), ("", value["commands"])):
        for name, rows in tables.items():
            yield ""
            yield f"[{kind}{name}]"
            yield from _rows({key.replace("secret_token", "secret token"): row for key, row in rows.items()})


def _rows(rows: dict[str, dict[str, Any]]) -> Iterator[str]:
    shown = {key: _text(row["value"]) for key, row in rows.items()}
    key_width, value_width = max(map(len, rows)), min(40, max(map(len, shown.values())))
    for key, row in rows.items():
        yield f"{key:<{key_width}}  {shown[key]:<{value_width}}  {row['from']}".rstrip()


def _text(value: Any) -> str:
    if value is None:
        return "-"
    if isinstance(value, list):
        return ", ".join(map(str, value)) or "-"
    return {True: "true", False: "false"}.get(value, str(value)) if isinstance(value, bool) else str(value)
