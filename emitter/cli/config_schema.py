"""The JSON Schema of the settings file, made of the keys and of the commands' options."""

from __future__ import annotations

import json
from typing import Any, Final

import rich_click as click

from emitter.cli.commands import all_commands
from emitter.cli.option_tables import kind_of, options_of
from emitter.faking.known import USER_KEYS, WORLD_KEYS
from emitter.settings.keys import COMMAND_TABLES, DESCRIPTIONS, RECEIVER_KEYS, TOP_KEYS

_KINDS: Final[dict[str, dict[str, Any]]] = {
    "text": {"type": "string"},
    "a list of text": {"type": "array", "items": {"type": "string"}},
    "true or false": {"type": "boolean"},
    "a whole number": {"type": "integer"},
    "a number": {"type": "number"},
}


def schema_text() -> str:
    """Return the schema as indented JSON; it is shipped as ``emitter/settings/settings.schema.json``."""
    return json.dumps(schema_value(), indent=2, ensure_ascii=False) + "\n"


def schema_value() -> dict[str, Any]:
    """Return the schema of ``zoom-emitter.toml``, and of ``[tool.zoom-emitter]``."""
    receiver = {**_table(RECEIVER_KEYS), "required": ["url"]}
    commands = all_commands(COMMAND_TABLES)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Settings of zoom-emitter",
        "type": "object",
        "properties": {
            **_table(TOP_KEYS)["properties"],
            "receivers": {
                "type": "object",
                "description": "Receivers by name: what `emit --to NAME` and `check NAME` reach.",
                "additionalProperties": receiver,
            },
            "world": _world(),
            **{name: _command(commands[name], f"Options of `{name}`.") for name in COMMAND_TABLES},
        },
        "additionalProperties": False,
    }


def _world() -> dict[str, Any]:
    """Return the schema of what a receiver knows already."""
    texts = _KINDS["a list of text"]
    user = {
        "type": "object",
        "properties": {key: {"type": "string"} for key in USER_KEYS},
        "required": [*USER_KEYS[:2]],
        "additionalProperties": False,
    }
    return {
        "type": "object",
        "description": "Accounts, people, conversations and playlists that the receivers know.",
        "properties": {
            key: {"type": "array", "items": user} if key == "users" else texts for key in WORLD_KEYS
        },
        "additionalProperties": False,
    }


def _table(keys: dict[str, str]) -> dict[str, Any]:
    properties = {key: {**_KINDS[kind], "description": DESCRIPTIONS[key]} for key, kind in keys.items()}
    return {"type": "object", "properties": properties, "additionalProperties": False}


def _command(command: click.Command, description: str) -> dict[str, Any]:
    if isinstance(command, click.Group):
        parts: dict[str, Any] = {
            name: _command(each, f"Options of `{command.name} {name}`.")
            for name, each in command.commands.items()
        }
    else:
        parts = {name: _option(option) for name, option in options_of(command).items()}
    return {
        "type": "object",
        "description": description,
        "properties": parts,
        "additionalProperties": False,
    }


def _option(option: click.Option) -> dict[str, Any]:
    value = dict(_KINDS[kind_of(option)])
    if isinstance(option.type, click.Choice):
        choices = {"enum": [str(choice) for choice in option.type.choices]}
        value = {"type": "array", "items": choices} if option.multiple else choices
    return {**value, "description": click.unstyle(option.help or "").strip()}
