"""``zoom-emitter events``: which events there are, and what each holds."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import rich_click as click

from emitter.catalog.operations import printable
from emitter.catalog.paths import items_of, members_of
from emitter.cli.catalogs import chosen_catalog
from emitter.cli.columns import in_columns, output_width

if TYPE_CHECKING:
    from collections.abc import Iterator

    from emitter.catalog.events import Catalog, EventType


@click.group(name="events")
def events() -> None:
    """List and show the events.

    \b
      zoom-emitter events list
      zoom-emitter events show playlist_create
    """


@events.command(name="list")
@click.option("--json", "as_json", is_flag=True, help="Print a JSON list.")
def list_events(as_json: bool) -> None:
    """List the events, one line each.

    \b
      zoom-emitter events list
      zoom-emitter events list --spec users.json
    """
    catalog = chosen_catalog()
    if as_json:
        click.echo(json_text([_summary(event) for event in catalog]))
        return
    click.echo("\n".join(_by_product(catalog)))


@events.command(name="show")
@click.argument("name")
@click.option("--schema", "as_schema", is_flag=True, help="Print the JSON Schema of the event's body.")
@click.option("--json", "as_json", is_flag=True, help="Print everything about the event as JSON.")
def show_event(name: str, as_schema: bool, as_json: bool) -> None:
    """Show what an event holds. The last part of its NAME will do.

    \b
      zoom-emitter events show playlist_create
    """
    event = chosen_catalog().find(name)
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
    """List the stories that `emit --story` and `corpus make` tell.

    An event that is in none of them is a story of its own, named as the event.

    \b
      zoom-emitter events stories
    """
    from emitter.faking.stories import stories_of  # noqa: PLC0415 - the other subcommands need none

    stories = stories_of(chosen_catalog())
    if as_json:
        told = [
            {"name": story.name, "title": story.title, "events": [step.event for step in story.steps]}
            for story in stories
        ]
        click.echo(json_text(told))
        return
    rows = [(story.name, story.title) for story in stories]
    click.echo("\n".join(in_columns(rows, width=output_width())))


def json_text(value: Any) -> bytes:
    """Return a value as readable JSON, in UTF-8 whatever the terminal speaks."""
    return json.dumps(value, indent=2, ensure_ascii=False).encode("utf-8", "backslashreplace")


def _by_product(catalog: Catalog) -> list[str]:
    """Return the events as lines, below the name of their product where there are several."""
    rows: dict[str, list[tuple[str, str]]] = {}
    for event in catalog:
        rows.setdefault(event.product, []).append((event.name, event.title))
    if len(rows) == 1:
        return in_columns(*rows.values(), width=output_width())
    lines: list[str] = []
    for product, events_of_it in rows.items():
        indented = [(f"  {name}", title) for name, title in events_of_it]
        lines += [*([""] if lines else []), product, *in_columns(indented, width=output_width())]
    return lines


def _summary(event: EventType) -> dict[str, Any]:
    return {"name": event.name, "title": event.title, "tag": event.tag, "product": event.product}


def _readable(event: EventType) -> str:
    lines = [printable(line) for line in event.description.strip().splitlines()]
    parts = [event.name, "\n".join(lines) or event.title, f"{event.product}, tag {event.tag}"]
    tree = "\n".join(in_columns(list(_tree(event.schema, depth=0)), width=output_width()))
    sections = ["\n".join(part for part in parts if part), f"Properties\n{tree}"]
    if event.example is not None:
        sections.append(f"Example\n{json.dumps(event.example, indent=2, ensure_ascii=False)}")
    return "\n\n".join(sections)


def _tree(schema: dict[str, Any], *, depth: int) -> Iterator[tuple[str, str]]:
    """Yield a row a property, children indented below it; ``[]`` marks a list by its name."""
    for name, member in members_of(schema).items():
        each = member if isinstance(member, dict) else {}
        items = items_of(each)
        mark = "" if items is None else "[]"
        yield f"{'  ' * (depth + 1)}{name}{mark}", _facts(each, name in schema.get("required", []))
        yield from _tree(each if items is None else items, depth=depth + 1)


def _kind(schema: dict[str, Any]) -> str:
    types = schema.get("type", "object" if members_of(schema) else "anything")
    return types if isinstance(types, str) else " or ".join(types)


def _facts(schema: dict[str, Any], is_required: bool) -> str:
    kind = _kind(schema)
    items = items_of(schema)
    if items is not None:
        kind += f" of {_kind(items)}"
    facts = [f"{kind} ({schema['format']})" if "format" in schema else kind]
    if is_required:
        facts.append("required")
    if "const" in schema:
        facts.append(f"always {json.dumps(schema['const'])}")
    if "enum" in schema:
        facts.append(f"one of {', '.join(json.dumps(value) for value in schema['enum'])}")
    if "x-unit" in schema:
        facts.append(f"in {schema['x-unit']}")
    return printable(f"{', '.join(facts)}. {schema.get('description', '')}")
