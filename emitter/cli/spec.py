"""``zoom-emitter spec``: the webhook document the events come from."""

from __future__ import annotations

from typing import IO, Any

import rich_click as click

from emitter.catalog.document import bundled_document, bundled_overlay, merge
from emitter.catalog.events import Catalog
from emitter.catalog.prose import parse_page
from emitter.cli.columns import in_columns, output_width
from emitter.cli.events import json_text
from emitter.errors import InvalidSpecError


@click.group(name="spec")
def spec() -> None:
    """Show the webhook document the events come from."""


@spec.command(name="show")
@click.option("--json", "as_json", is_flag=True, help="Print the document itself, as published.")
@click.option("--merged", is_flag=True, help="With the overlay: what the page says in words only.")
def show(as_json: bool, merged: bool) -> None:
    """Show the bundled document."""
    document = merge(bundled_document(), bundled_overlay()) if merged else bundled_document()
    click.echo(json_text(document) if as_json else _readable(document, bundled_overlay() if merged else None))


@spec.command(name="import")
@click.argument("page", type=click.File("rb"))
def import_page(page: IO[bytes]) -> None:
    """Read a prose PAGE of Zoom's documentation, saved as text, and print its document as JSON."""
    name = getattr(page, "name", "standard input")
    try:
        document = parse_page(page.read().decode("utf-8"))
    except UnicodeDecodeError as error:
        message = f"{name}: byte {error.start} is not UTF-8; save the page as UTF-8 text"
        raise InvalidSpecError(message) from None
    except InvalidSpecError as error:
        raise InvalidSpecError(f"{name}: {error}") from None
    click.echo(json_text(document))


def _readable(document: dict[str, Any], overlay: dict[str, Any] | None) -> str:
    info, width = document["info"], output_width()
    rows = [(f"  {event.name}", event.title) for event in Catalog.from_document(document)]
    lines = [
        info["title"],
        f"version {info['version']}, OpenAPI {document['openapi']}, {len(rows)} events",
        "",
        *in_columns(rows, width=width),
    ]
    if overlay is not None:
        said = dict.fromkeys(action["description"] for action in overlay["actions"])
        lines += ["", overlay["info"]["title"], *in_columns([("  -", text) for text in said], width=width)]
    return "\n".join(lines)
