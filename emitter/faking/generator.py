"""Realistic envelopes from the schemas of the catalog, compiled once per event type.

A schema becomes a tree of closures. What can be built directly is built: types, enums, bounds, formats,
patterns, arrays, required and optional properties. The rest is `emitter.faking.alternatives`.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

from emitter.errors import InvalidSpecError
from emitter.faking import scalars
from emitter.faking.alternatives import Judged, drafts, is_structural, is_uncertain
from emitter.faking.containers import ArrayMaker, Member, ObjectMaker
from emitter.faking.field import Field
from emitter.faking.merging import Schema, as_schema, types_of
from emitter.faking.references import References

if TYPE_CHECKING:
    from collections.abc import Callable

    from emitter.catalog.events import EventType
    from emitter.faking.draw import Draw, Make

_MAX_CACHED: Final = 1024
_NULLS_PERCENT: Final = 10

# Tells the type of a schema that names none, by what else it says; the first that has a keyword counts.
_TELLING: Final = (
    (
        "object",
        frozenset({"properties", "required", "additionalProperties", "minProperties", "maxProperties"}),
    ),
    ("array", frozenset({"items", "prefixItems", "minItems", "maxItems", "uniqueItems"})),
    ("number", frozenset({"minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"})),
)


@lru_cache(maxsize=_MAX_CACHED)
def envelope_maker(event_type: EventType) -> Callable[[Draw], dict[str, Any]]:
    """Return what makes envelopes of the event type; kept, and safe to share between threads.

    What it makes fits the event's schema. Keys are in the order of the document's example, then of the
    schema. It raises InvalidSpecError when it finds no value that fits.
    """
    return Compiler(event_type.schema, subject=repr(event_type.name)).compile(event_type.example)


class Compiler:
    """Turns the schemas of one document into makers.

    Args:
        root: The schema, and where references are looked up.
        subject: What messages call it.
    """

    def __init__(self, root: Schema, *, subject: str) -> None:
        self._root = root
        self._subject = subject
        self._references = References(root, subject=subject)

    def compile(self, example: Any = None) -> Make:
        """Return the maker of the root; the example decides the order of keys."""
        make = self._node(self._root, Field("", "", frozenset(), as_schema(self._root)), example)

        def make_or_explain(draw: Draw) -> Any:
            try:
                return make(draw)
            except RecursionError:
                raise InvalidSpecError(f"the schema of {self._subject} contains itself without end") from None

        return make_or_explain

    def part(self, schema: Schema, field: Field) -> Make:
        """Return the maker of a part of the root, where the field says."""
        return self._node(schema, field, None)

    def _node(self, schema: Any, field: Field, example: Any) -> Make:
        schema = self._references.resolved(as_schema(schema))
        if is_structural(schema):
            makers = [self._later(draft, field, example) for draft in drafts(schema)]
        elif is_uncertain(schema):
            makers = [self._direct(schema, field, example)]
        else:
            return self._direct(schema, field, example)
        return Judged(
            schema, self._root, makers, subject=f"{field.path or 'the envelope'} of {self._subject}"
        )

    def _direct(self, schema: Schema, field: Field, example: Any) -> Make:
        if "const" in schema:
            return lambda _: schema["const"]
        if schema.get("enum"):
            choices = scalars.choices(schema)
            if not choices:
                return self._nothing(field)
            return lambda draw: draw.stream.pick(choices)
        makers = [self._typed(type_, schema, field, example) for type_ in _types(schema) if type_ != "null"]
        if not makers:
            return lambda _: None
        make = makers[0] if len(makers) == 1 else lambda draw: draw.stream.pick(makers)(draw)
        if "null" in types_of(schema):
            return lambda draw: None if draw.stream.chance(_NULLS_PERCENT) else make(draw)
        return make

    def _nothing(self, field: Field) -> Make:
        def make_nothing(_: Draw) -> Any:
            raise InvalidSpecError(
                f"no value for {field.path or 'the envelope'} of {self._subject} fits its schema"
            )

        return make_nothing

    def _typed(self, type_: str, schema: Schema, field: Field, example: Any) -> Make:
        match type_:
            case "object":
                return self._object(schema, field, example)
            case "array":
                return self._array(schema, field, example)
            case "integer":
                return scalars.integer(schema, field)
            case "number":
                return scalars.number(schema, field)
            case "boolean":
                return scalars.boolean
            case _:
                return scalars.string(schema, field)

    def _object(self, schema: Schema, field: Field, example: Any) -> Make:
        properties: dict[str, Any] = schema.get("properties") or {}
        required = [name for name in schema.get("required") or [] if isinstance(name, str)]
        shown = example if isinstance(example, dict) else {}
        names = dict.fromkeys([*(name for name in shown if name in properties), *properties, *required])
        others = schema.get("additionalProperties", {})
        siblings = frozenset(names)

        def member(name: str) -> Member:
            path = f"{field.path}.{name}" if field.path else name
            place = Field(name, path, siblings, as_schema(properties.get(name, others)), shown.get(name))
            return self._member(place, shown.get(name), is_required=name in required)

        another = None if others is False else self._later(others, Field("", field.path, siblings, {}), None)
        return ObjectMaker(tuple(map(member, names)), int(schema.get("minProperties", 0)), another).make

    def _array(self, schema: Schema, field: Field, example: Any) -> Make:
        shown = example[0] if isinstance(example, list) and example else None

        def item(part: Any) -> Member:
            place = Field(field.name, f"{field.path}[0]", frozenset(), as_schema(part), shown)
            return self._member(place, shown, is_required=True)

        items = schema.get("items", {})
        most = schema.get("maxItems")
        return ArrayMaker(
            first=tuple(map(item, schema.get("prefixItems") or [])),
            item=None if items is False else item(items),
            fewest=int(schema.get("minItems", 0)),
            most=None if most is None else int(most),
            is_unique=schema.get("uniqueItems") is True,
            other=self._later(items, Field("", field.path, frozenset(), as_schema(items)), None),
        ).make

    def _member(self, field: Field, example: Any, *, is_required: bool) -> Member:
        schema = self._references.resolved(field.schema)
        return Member(
            name=field.name,
            path=field.path,
            is_required=is_required,
            is_possible=scalars.is_possible(schema),
            fits=self._fits(schema),
            make=self._later(field.schema, field, example),
        )

    def _fits(self, schema: Schema) -> Callable[[Any], bool]:
        """Return what says whether a decided value may be taken; what is in an object is looked at there."""
        by_kind = scalars.fits(schema)
        if not is_structural(schema):
            return by_kind
        judge = Judged(schema, self._root, (), subject=self._subject)
        return lambda value: (
            by_kind(value) and (isinstance(value, dict | list | tuple) or judge.accepts(value))
        )

    def _later(self, schema: Any, field: Field, example: Any) -> Make:
        """Return a maker that is compiled when it is first used.

        A story decides most values, so that most makers never are; and a schema that contains itself is
        compiled only as deep as its values go.
        """
        compiled: list[Make] = []

        def make(draw: Draw) -> Any:
            if not compiled:
                compiled.append(self._node(schema, field, example))
            return compiled[0](draw)

        return make


def _types(schema: Schema) -> list[str]:
    """Return the types a value may have, guessed where the schema names none."""
    named = types_of(schema)
    return named or [next((type_ for type_, tells in _TELLING if not tells.isdisjoint(schema)), "string")]
