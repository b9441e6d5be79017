"""Bodies about many things: what schemathesis makes one step from one simple body is told of others too."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from contracts.generation.encoding import body_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from contracts.generation.document import Schema
    from contracts.generation.sources import Generated


def varied(made: Sequence[Generated], schema: Schema, samples: Sequence[Any]) -> list[Generated]:
    """Return the bodies with the ids and texts of one sample after the other in the place of the usual ones.

    What is special about a body stays: only texts that a sample has at their place give way, and none whose
    values the schema names.

    Args:
        made: Bodies, most of whose values are those of a sample.
        schema: The event's, as its document has it.
        samples: Plausible envelopes, at least one.
    """
    return [
        _told_of(generated, schema, samples, samples[number % len(samples)])
        for number, generated in enumerate(made)
    ]


def _told_of(generated: Generated, schema: Schema, samples: Sequence[Any], chosen: Any) -> Generated:
    if not isinstance(generated.value, dict):
        return generated
    value = _changed(generated.value, schema, samples, chosen)
    return replace(generated, value=value, body=body_of(value))


def _changed(value: Any, schema: Any, samples: Sequence[Any], chosen: Any) -> Any:
    """Return a value with its texts as the chosen sample has them; a part without a schema stays as it is."""
    if not isinstance(schema, dict):
        return value
    if isinstance(value, dict):
        inner = schema.get("properties", {})
        return {
            key: _changed(each, inner.get(key), _under(samples, key), _first(_under([chosen], key)))
            for key, each in value.items()
        }
    if isinstance(value, list):
        items = [each for sample in samples if isinstance(sample, list) for each in sample]
        theirs = chosen if isinstance(chosen, list) else []
        return [
            _changed(each, schema.get("items"), items, theirs[number % len(theirs)] if theirs else None)
            for number, each in enumerate(value)
        ]
    is_usual = isinstance(value, str) and value in samples and not {"enum", "const"} & schema.keys()
    return chosen if is_usual and isinstance(chosen, str) else value


def _under(samples: Sequence[Any], key: str) -> list[Any]:
    return [sample[key] for sample in samples if isinstance(sample, dict) and key in sample]


def _first(values: Sequence[Any]) -> Any:
    return values[0] if values else None
