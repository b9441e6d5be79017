"""``zoom-emitter events``: which events there are, and what each holds."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import rich_click as click

from emitter.catalog.events import Catalog
from emitter.cli.columns import in_columns, output_width

if TYPE_CHECKING:
    from collections.abc import Iterator

    from emitter.catalog.events import EventType


@click.group(name="events")
def events() -> None:
    """List and show the events."""


@events.command(name="list")
@click.option("--json", "as_json", is_flag=True, help="Print a JSON list.")
def list_events(as_json: bool) -> None:
    """List the events, one line each."""
    catalog = Catalog.bundled()
    if as_json:
        click.echo(json_text([_summary(event) for event in catalog]))
        return
    rows = [(event.name, event.title) for event in catalog]
    click.echo("\n".join(in_columns(rows, width=output_width())))


@events.command(name="show")
@click.argument("name")
@click.option("--schema", "as_schema", is_flag=True, help="Print the JSON Schema of the event's body.")
@click.option("--json", "as_json", is_flag=True, help="Print everything about the event as JSON.")
def show_event(name: str, as_schema: bool, as_json: bool) -> None:
    """Show what an event holds. The last part of its NAME will do."""
    event = Catalog.bundled().find(name)
    if as_schema:
        click.echo(json_text(event.schema))
    elif as_json:
        described = _summary(event) | {"description": event.description}
        click.echo(json_text(described | {"schema": event.schema, "example": event.example}))
    else:
        click.echo(_readable(event))


@events.command(name="stories")
@click.option("--json", "as_json", is_flag=True, help="Print a JSON list.")
def list_stories(as_json: bool) -> None:
    """List the stories that `emit --story` and `corpus make` tell."""
    from emitter.faking.stories import STORIES  # noqa: PLC0415 - the other subcommands need none

    if as_json:
        told = [
            {"name": story.name, "title": story.title, "events": [step.event for step in story.steps]}
            for story in STORIES.values()
        ]
        click.echo(json_text(told))
        return
    rows = [(story.name, story.title) for story in STORIES.values()]
    click.echo("\n".join(in_columns(rows, width=output_width())))


def json_text(value: Any) -> bytes:
    """Return a value as readable JSON, in UTF-8 whatever the terminal speaks."""
    return json.dumps(value, indent=2, ensure_ascii=False).encode("utf-8", "backslashreplace")


def _summary(event: EventType) -> dict[str, Any]:
    return {"name": event.name, "title": event.title, "tag": event.tag, "product": event.product}


def _readable(event: EventType) -> str:
    parts = [event.name, event.description.strip() or event.title, f"{event.product}, tag {event.tag}"]
    tree = "\n".join(in_columns(list(_tree(event.schema, depth=0)), width=output_width()))
    sections = ["\n".join(part for part in parts if part), f"Properties\n{tree}"]
    if event.example is not None:
        sections.append(f"Example\n{json.dumps(event.example, indent=2, ensure_ascii=False)}")
    return "\n\n".join(sections)


def _tree(schema: dict[str, Any], *, depth: int) -> Iterator[tuple[str, str]]:
    """Yield a row a property, children indented below it; ``[]`` marks a list by its name."""
    for name, each in schema.get("properties", {}).items():
        is_list = "items" in each
        yield f"{'  ' * (depth + 1)}{name}{'[]' * is_list}", _facts(each, name in schema.get("required", []))
        yield from _tree(each["items"] if is_list else each, depth=depth + 1)


def _facts(schema: dict[str, Any], is_required: bool) -> str:
    types = schema.get("type", "anything")
    kind = types if isinstance(types, str) else " or ".join(types)
    if "items" in schema:
        kind += f" of {schema['items'].get('type', 'anything')}"
    facts = [f"{kind} ({schema['format']})" if "format" in schema else kind]
    if is_required:
        facts.append("required")
    if "const" in schema:
        facts.append(f"always {json.dumps(schema['const'])}")
    if "enum" in schema:
        facts.append(f"one of {', '.join(json.dumps(value) for value in schema['enum'])}")
    if "x-unit" in schema:
        facts.append(f"in {schema['x-unit']}")
    return f"{', '.join(facts)}. {schema.get('description', '')}".strip()
