"""What completes the values of arguments and options, found without importing what works.

The shell starts the command anew at every press of a key: events are read from their document, checks from a
list that is shipped, deliveries from the record by one plain query.
"""

from __future__ import annotations

import importlib.util
import json
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from click.shell_completion import CompletionItem

from emitter.settings.file import load_settings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    import rich_click as click

    Found = Iterable[tuple[str, str]]
    Completer = Callable[[click.Context, str], list[CompletionItem]]

_RECENT: Final = 50
_LOCKED_S: Final = 0.1
_CHECKS: Final = "check_names.json"
_LIST_SEPARATOR: Final = ","


def complete_values(command: click.Command, names: tuple[str, ...]) -> None:
    """Have the values of a command's arguments and options completed."""
    commands = getattr(command, "commands", {})
    for name, each in commands.items():
        complete_values(each, (*names, name))
    for param in command.params:
        finds = _FINDERS.get((names[-1], param.name)) or _FINDERS.get(("", param.name))
        if finds and not commands:
            is_list = (names[-1], param.name) in _LISTS
            param.shell_complete = _completer(finds, is_list=is_list)  # type: ignore[assignment, method-assign]
        elif "FILE" in (param.metavar or "") and not commands:
            param.shell_complete = _file  # type: ignore[assignment, method-assign]


def _completer(finds: Callable[[], Found], *, is_list: bool) -> Completer:
    def complete(context: click.Context, incomplete: str) -> list[CompletionItem]:
        before, separator, last = incomplete.rpartition(_LIST_SEPARATOR) if is_list else ("", "", incomplete)
        try:
            with context.scope(cleanup=False):  # by which it is known what --spec names
                found = [*finds()]
        except Exception:  # noqa: BLE001 - a line that is being typed is no place for messages
            return []
        begun = [(name, text) for name, text in found if name.lower().startswith(last.lower())]
        return [CompletionItem(before + separator + name, help=text) for name, text in begun]

    return complete


def _file(_: Any, incomplete: str) -> list[CompletionItem]:
    return [CompletionItem(incomplete, type="file")]


def _events() -> Found:
    from emitter.cli.catalogs import chosen_catalog  # noqa: PLC0415 - reads the document

    catalog = [*chosen_catalog()]
    yield from ((event.short_name, event.title) for event in catalog)
    yield from ((event.name, event.title) for event in catalog)


def _stories() -> Found:
    from emitter.cli.catalogs import chosen_catalog  # noqa: PLC0415
    from emitter.faking.stories import stories_of  # noqa: PLC0415

    return [(story.name, story.title) for story in stories_of(chosen_catalog())]


def _faults() -> Found:
    from emitter.core.faults import FAULTS  # noqa: PLC0415

    return [(fault.name, fault.description) for fault in FAULTS.values()]


def _receivers() -> Found:
    return [(name, str(table["url"])) for name, table in load_settings(Path.cwd()).receivers.items()]


def _codes() -> Found:
    return _check_names()["codes"].items()


def _codes_and_families() -> Found:
    names = _check_names()
    return [*names["codes"].items(), *names["families"].items()]


def _check_names() -> dict[str, dict[str, str]]:
    found = importlib.util.find_spec("contracts")
    assert found and found.origin  # noqa: S101, PT018 - for the type checker
    value: dict[str, dict[str, str]] = json.loads(Path(found.origin).with_name(_CHECKS).read_text("utf-8"))
    return value


def _deliveries() -> Found:
    from emitter.delivery.places import database_place  # noqa: PLC0415

    path = database_place(load_settings(Path.cwd()).defaults.get("database"))
    if not isinstance(path, Path):  # of a database elsewhere a shell is not kept waiting
        return []
    statement = "SELECT id, event, state FROM deliveries ORDER BY id DESC LIMIT ?"
    with closing(sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True, timeout=_LOCKED_S)) as record:
        rows = record.execute(statement, [_RECENT]).fetchall()
    return [(str(number), f"{event}, {state}") for number, event, state in rows]


def _commands() -> Found:
    from emitter.cli.main import COMMANDS  # noqa: PLC0415

    return [(name, text) for name, (_, text) in COMMANDS.items()]


_FINDERS: Final[dict[tuple[str, str | None], Callable[[], Found]]] = {
    ("emit", "events"): _events,
    ("check", "events"): _events,
    ("make", "events"): _events,
    ("show", "name"): _events,
    ("", "event"): _events,
    ("", "to"): _receivers,
    ("emit", "story"): _stories,
    ("emit", "fault_names"): _faults,
    ("validate-url", "url_or_name"): _receivers,
    ("check", "receivers"): _receivers,
    ("check", "select"): _codes_and_families,
    ("check", "ignore"): _codes_and_families,
    ("check", "explain"): _codes,
    ("", "delivery_id"): _deliveries,
    ("", "delivery_ids"): _deliveries,
}
"""By the command's own name, or none for every command, and the parameter's."""
_LISTS: Final = frozenset({("check", "events"), ("check", "select"), ("check", "ignore"), ("make", "events")})
"""Those that take several with commas between them."""
