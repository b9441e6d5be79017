"""The places of an envelope where a variant differs: every property, and the first item of every array."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple

from emitter.faking.alternatives import judge_of
from emitter.faking.field import Field
from emitter.faking.merging import Schema, as_schema, merged, without
from emitter.faking.references import References
from emitter.faking.scalars import is_possible

if TYPE_CHECKING:
    from collections.abc import Iterator

Steps = tuple[str | int, ...]

_BRANCHES: Final = ("anyOf", "oneOf")
_SUBJECT: Final = ("payload", "object")
_DEEPEST: Final = 12


class Place(NamedTuple):
    """A place in an envelope.

    Attributes:
        steps: The keys and numbers that lead to it.
        field: How the rules see it; its schema is resolved and, where there is a choice, the chosen branch.
        is_required: Whether it is there whenever what is around it is.
        is_there: Whether it is there in the envelope at hand.
        forms: The branches it may take where it has several; none otherwise.
    """

    steps: Steps
    field: Field
    is_required: bool
    is_there: bool
    forms: tuple[Schema, ...] = ()

    @property
    def schema(self) -> Schema:
        """What holds at this place."""
        return self.field.schema

    @property
    def label(self) -> str:
        """The name people read: without ``payload.object``, in which most places are, and without numbers."""
        names = [step if isinstance(step, str) else "item" for step in self.steps]
        # An item is told from its array only where it is no object, whose properties tell.
        names = [name for at, name in enumerate(names) if name != "item" or at == len(names) - 1]
        inside = names[len(_SUBJECT) :] if tuple(names[: len(_SUBJECT)]) == _SUBJECT else []
        return ".".join(inside or names) if names else "envelope"


def places_of(envelope: Any, root: Schema, *, subject: str) -> Iterator[Place]:
    """Yield the places of an envelope, the outer before the inner; absent properties too, nothing in them.

    Args:
        envelope: An envelope.
        root: The schema it fits.
        subject: What messages call the schema.

    Raises:
        InvalidSpecError: A reference of the schema leads nowhere.
    """
    return _Walk(root, References(root, subject=subject)).at((), root, envelope)


class _Walk:
    def __init__(self, root: Schema, references: References) -> None:
        self._root = root
        self._references = references

    def at(
        self, steps: Steps, schema: Any, value: Any, siblings: frozenset[str] = frozenset()
    ) -> Iterator[Place]:
        """Yield a place that is there, then those in it. Only the envelope itself is no place."""
        whole = self._joined(self._references.resolved(as_schema(schema)))
        forms = self._forms(whole)
        chosen = self._chosen(whole, value)
        if steps:
            yield Place(steps, _field(steps, chosen, siblings), is_required=True, is_there=True, forms=forms)
        if len(steps) > _DEEPEST:
            return
        if isinstance(value, dict):
            yield from self._properties(steps, chosen, value)
        elif isinstance(value, list) and value:
            first = (chosen.get("prefixItems") or [chosen.get("items", {})])[0]
            yield from self.at((*steps, 0), first, value[0])

    def _properties(self, steps: Steps, schema: Schema, value: dict[str, Any]) -> Iterator[Place]:
        parts = [schema, as_schema(schema.get("then")), as_schema(schema.get("else"))]
        properties: Schema = {}
        for part in parts:
            properties = as_schema(part.get("properties")) | properties
        required = set(schema.get("required") or [])
        names = frozenset([*properties, *required])
        for name in [*properties, *(name for name in value if name in required - properties.keys())]:
            below = (*steps, name)
            if name not in value:
                part = self._references.resolved(as_schema(properties[name]))
                if name not in required and is_possible(part):
                    yield Place(below, _field(below, part, names), is_required=False, is_there=False)
                continue
            here, *inner = self.at(below, properties.get(name, {}), value[name], names)
            yield here._replace(is_required=name in required)
            yield from inner

    def _joined(self, schema: Schema) -> Schema:
        """Return the schema with its ``allOf`` written into it."""
        result = without(schema, "allOf")
        for part in schema.get("allOf") or []:
            result = merged(result, self._joined(self._references.resolved(as_schema(part))))
        return result

    def _forms(self, schema: Schema) -> tuple[Schema, ...]:
        for key in _BRANCHES:
            if schema.get(key):
                rest = without(schema, key)
                branches = (self._references.resolved(as_schema(branch)) for branch in schema[key])
                return tuple(self._joined(merged(rest, branch)) for branch in branches)
        return ()

    def _chosen(self, schema: Schema, value: Any) -> Schema:
        """Return the schema narrowed to the first branch that the value fits, at every level of branches."""
        forms = self._forms(schema)
        for form in forms:
            if judge_of(form, self._root).is_valid(value):
                return self._chosen(form, value)
        return forms[0] if forms else schema


def _field(steps: Steps, schema: Schema, siblings: frozenset[str]) -> Field:
    names = [step for step in steps if isinstance(step, str)]
    path = "".join("[0]" if isinstance(step, int) else f".{step}" for step in steps).removeprefix(".")
    return Field(names[-1] if names else "", path, siblings, schema)
