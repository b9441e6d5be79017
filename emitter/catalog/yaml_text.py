"""YAML as JSON values: what YAML 1.2 calls its core schema, without tags, dates or aliases of themselves.

Built from the parser's events with a stack of our own, so that depth, size and repetition stay bounded: an
alias counts as often as it is used.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final, NoReturn

import yaml

from emitter.errors import InvalidSpecError

if TYPE_CHECKING:
    from collections.abc import Iterable

MAX_DEPTH: Final = 200
MAX_VALUES: Final = 500_000
"""The most values a document may hold, those of an alias counted wherever it stands."""

# The parser in C is an order of magnitude faster; some builds of the library lack it.
_LOADER: Final = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_INTEGER: Final = re.compile(r"[-+]?[0-9]{1,4000}")
_FLOAT: Final = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]{1,3})?")
_WORDS: Final = {
    **dict.fromkeys(("null", "Null", "NULL", "~", ""), None),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
_KEY: Final = object()


def from_yaml(text: str) -> Any:
    """Return the value of the first document of a YAML text.

    Raises:
        InvalidSpecError: It is not YAML, too deep, too big, or contains itself; the message names the line.
    """
    try:
        return _Builder().value_of(yaml.parse(text, Loader=_LOADER))
    except yaml.MarkedYAMLError as error:
        mark, problem = error.problem_mark, error.problem or error.context or "cannot be read"
        where = f"line {mark.line + 1}, column {mark.column + 1}: " if mark else ""
        raise InvalidSpecError(f"{where}neither JSON nor YAML: {problem}") from None
    except yaml.YAMLError as error:
        raise InvalidSpecError(f"neither JSON nor YAML: {str(error).partition(chr(10))[0]}") from None


class _Builder:
    """Builds one value; made for it and thrown away."""

    def __init__(self) -> None:
        self._result: list[Any] = []
        # Collections under way, innermost last: the value, the key that waits for its own, its anchor.
        self._open: list[tuple[Any, str | None]] = []
        self._keys: list[Any] = []
        self._started: list[int] = []
        self._anchors: dict[str, tuple[Any, int]] = {}
        self._count = 0

    def value_of(self, events: Iterable[yaml.Event]) -> Any:
        """Return the first document's value, None for none."""
        for event in events:
            match event:
                case yaml.ScalarEvent():
                    self._add(_scalar(event), event, anchor=event.anchor)
                case yaml.MappingStartEvent() | yaml.SequenceStartEvent():
                    self._begin({} if isinstance(event, yaml.MappingStartEvent) else [], event)
                case yaml.MappingEndEvent() | yaml.SequenceEndEvent():
                    self._end(event)
                case yaml.AliasEvent():
                    self._alias(event)
                case yaml.DocumentEndEvent():
                    break
                case _:
                    pass
        return self._result[0] if self._result else None

    def _begin(self, value: Any, event: yaml.CollectionStartEvent) -> None:
        if len(self._open) >= MAX_DEPTH:
            _fail(event, f"more than {MAX_DEPTH} levels lie inside each other")
        self._open.append((value, event.anchor))
        self._keys.append(_KEY)
        self._started.append(self._count)

    def _end(self, event: yaml.Event) -> None:
        value, anchor = self._open.pop()
        self._keys.pop()
        size = self._count - self._started.pop()
        self._add(value, event, anchor=anchor, size=size)

    def _alias(self, event: yaml.AliasEvent) -> None:
        if event.anchor not in self._anchors:
            is_open = any(anchor == event.anchor for _, anchor in self._open)
            _fail(event, f"*{event.anchor} " + ("contains itself" if is_open else "is defined nowhere"))
        value, size = self._anchors[event.anchor]
        self._count += size
        self._add(value, event, anchor=None)

    def _add(self, value: Any, event: yaml.Event, *, anchor: str | None, size: int = 0) -> None:
        self._count += 1
        if self._count > MAX_VALUES:
            _fail(event, f"more than {MAX_VALUES} values, aliases counted wherever they stand")
        if anchor:
            self._anchors[anchor] = (value, size)
        if not self._open:
            self._result.append(value)
            return
        around = self._open[-1][0]
        if isinstance(around, list):
            around.append(value)
        elif self._keys[-1] is _KEY:
            self._keys[-1] = _key(value, event)
        else:
            around[self._keys[-1]] = value
            self._keys[-1] = _KEY


def _key(value: Any, event: yaml.Event) -> str:
    """Return a key as JSON has it; statuses such as 200 are numbers in YAML."""
    if isinstance(value, dict | list):
        _fail(event, "a key that is no text")
    if isinstance(value, bool) or value is None:
        return {True: "true", False: "false", None: "null"}[value]
    return str(value)


def _scalar(event: yaml.ScalarEvent) -> Any:
    text: str = event.value
    if event.style or event.tag == "tag:yaml.org,2002:str":
        return text
    if text in _WORDS:
        return _WORDS[text]
    if _INTEGER.fullmatch(text):
        return int(text)
    return float(text) if _FLOAT.fullmatch(text) else text


def _fail(event: yaml.Event, message: str) -> NoReturn:
    mark = event.start_mark
    where = f"line {mark.line + 1}, column {mark.column + 1}: " if mark else ""
    raise InvalidSpecError(f"{where}{message}")
