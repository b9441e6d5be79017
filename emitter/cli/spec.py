"""``zoom-emitter spec``: the webhook documents the events come from."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Final

import rich_click as click

from emitter.catalog.document import bundled_document, bundled_overlay, merge
from emitter.catalog.events import BUNDLED, Catalog, Document
from emitter.catalog.files import opened
from emitter.catalog.prose import parse_page
from emitter.cli.catalogs import chosen_files
from emitter.cli.columns import in_columns, output_width
from emitter.cli.events import json_text
from emitter.errors import InvalidSpecError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from emitter.catalog.repairs.rule import Repair

FOUND_WANTING: Final = 1


@click.group(name="spec")
def spec() -> None:
    """Show, lint and import the webhook documents the events come from.

    \b
      zoom-emitter spec show
      zoom-emitter spec lint users.json
    """


@spec.command(name="show")
@click.option("--json", "as_json", is_flag=True, help="Print the document itself, as published.")
@click.option("--merged", is_flag=True, help="With the overlay: what the page says in words only.")
def show(as_json: bool, merged: bool) -> None:
    """Show the bundled document, or those that --spec names.

    \b
      zoom-emitter spec show --json --merged
    """
    files = chosen_files()
    overlay = bundled_overlay() if merged and not files else None
    documents = [opened(file) for file in files] or [Document(BUNDLED, _bundled(overlay))]
    if as_json:
        values = [document.value for document in documents]
        click.echo(json_text(values[0] if len(values) == 1 else values))
        return
    click.echo("\n\n".join(_readable(document, overlay) for document in documents))


@spec.command(name="lint")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Print a JSON list.")
def lint(file: Path, as_json: bool) -> None:
    """List what of a webhook document FILE had to be repaired, with a JSON pointer to each place.

    The exit status is 1 if anything was; the events of the document can be used all the same.

    \b
      zoom-emitter spec lint users.json
    """
    from emitter.catalog.linting import lint as linted  # noqa: PLC0415 - judges examples

    document = opened(file)
    found = linted(document)
    if as_json:
        click.echo(json_text([_entry(repair) for repair in found]))
    else:
        click.echo("\n".join(_report(found)) or "nothing to repair")
        events = len(Catalog.of([document]))
        click.echo(f"events that can be used: {events}; places repaired: {len(found)}", err=True)
    sys.exit(FOUND_WANTING if found else 0)


@spec.command(name="import")
@click.argument("page", type=click.File("rb"))
def import_page(page: IO[bytes]) -> None:
    """Read a prose PAGE of Zoom's documentation, saved as text, and print its document as JSON.

    \b
      zoom-emitter spec import page.txt > users.json
    """
    name = getattr(page, "name", "standard input")
    try:
        document = parse_page(page.read().decode("utf-8"))
    except UnicodeDecodeError as error:
        message = f"{name}: byte {error.start} is not UTF-8; save the page as UTF-8 text"
        raise InvalidSpecError(message) from None
    except InvalidSpecError as error:
        raise InvalidSpecError(f"{name}: {error}") from None
    click.echo(json_text(document))


def _bundled(overlay: dict[str, Any] | None) -> dict[str, Any]:
    return bundled_document() if overlay is None else merge(bundled_document(), overlay)


def _readable(document: Document, overlay: dict[str, Any] | None) -> str:
    catalog, width = Catalog.of([document]), output_width()
    info = document.value.get("info")
    info = info if isinstance(info, dict) else {}
    rows = [(f"  {event.name}", event.title) for event in catalog]
    product = next(iter(catalog)).product
    versions = [f"version {info['version']}"] if "version" in info else []
    versions += [f"OpenAPI {document.value['openapi']}"] if "openapi" in document.value else []
    lines = [product, ", ".join([*versions, f"{len(rows)} events"]), "", *in_columns(rows, width=width)]
    if overlay is not None:
        said = dict.fromkeys(action["description"] for action in overlay["actions"])
        lines += ["", overlay["info"]["title"], *in_columns([("  -", text) for text in said], width=width)]
    return "\n".join(lines)


def _report(found: list[Repair]) -> Iterator[str]:
    """Yield a heading for each rule, and a line for each place below it."""
    from emitter.catalog.linting import RULES  # noqa: PLC0415

    rule = ""
    for repair in found:
        if repair.rule != rule:
            rule = repair.rule
            count = sum(each.rule == rule for each in found)
            yield f"{rule} ({count}): {RULES[rule].title}; {RULES[rule].change}"
        yield f"  {repair.pointer}: {repair.message}"


def _entry(repair: Repair) -> dict[str, str]:
    return {"rule": repair.rule, "pointer": repair.pointer, "message": repair.message}
