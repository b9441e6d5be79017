"""What schemathesis makes of a schema: cases that cover it one deviation at a time, and strategies."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from contracts.generation.document import TEXT_FORMAT, Schema, document_of
from contracts.generation.encoding import body_of
from emitter.errors import EmitterError
from emitter.faking.pools import bundled_pools
from emitter.faking.variants.texts import TEXTS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hypothesis.strategies import SearchStrategy
    from schemathesis.schemas import APIOperation

_LONGEST_TEXT: Final = 200
_LONG_TEXT: Final = 40


class GenerationError(EmitterError):
    """Fewer bodies were made or sent than planned: our defect, never the receiver's."""


@dataclass(frozen=True, slots=True)
class Generated:
    """A body that was made.

    Attributes:
        body: The bytes.
        value: What they say; bytes where they are no JSON.
        deviation: What is special about it, in a few words.
    """

    body: bytes
    value: Any
    deviation: str = ""


class Source:
    """Makes bodies of one event.

    Args:
        event: Its name.
        schema: What they follow, see `contracts.generation.document`.

    Raises:
        GenerationError: schemathesis makes no operation of the schema.
    """

    def __init__(self, event: str, schema: Schema) -> None:
        import schemathesis  # noqa: PLC0415 - a third of a second, only for this family
        from schemathesis.core.result import Ok  # noqa: PLC0415

        register_text()
        self._event = event
        self._loaded = schemathesis.openapi.from_dict(document_of({event: schema}), config=_config())
        operations = [each.ok() for each in self._loaded.get_all_operations() if isinstance(each, Ok)]
        if len(operations) != 1:
            raise GenerationError(f"schemathesis sees {len(operations)} operations in the schema of {event}")
        self._operation: APIOperation[Any, Any, Any, Any] = operations[0]

    def coverage(self, *, is_valid: bool) -> list[Generated]:
        """Return bodies that are each one step from a simple one: all that fit the schema, or do not fit it.

        Raises:
            GenerationError: There are none.
        """
        from schemathesis.generation.modes import GenerationMode  # noqa: PLC0415

        mode = GenerationMode.POSITIVE if is_valid else GenerationMode.NEGATIVE
        config = self._loaded.config.generation_for(operation=self._operation, phase="coverage")
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about patterns that Python reads differently
            cases = [
                *self._loaded.iter_coverage_cases(
                    self._operation, generation_modes=[mode], generation_config=config
                )
            ]
        made = {generated.body: generated for case in cases if (generated := _generated(case))}
        if not made:
            raise GenerationError(f"schemathesis makes nothing of the schema of {self._event}")
        return [*made.values()]

    def strategy(self, *, is_valid: bool) -> SearchStrategy[Generated]:
        """Return a strategy of bodies that fit the schema, or do not."""
        from schemathesis.generation.modes import GenerationMode  # noqa: PLC0415

        mode = GenerationMode.POSITIVE if is_valid else GenerationMode.NEGATIVE
        strategy: SearchStrategy[Any] = self._operation.as_strategy(generation_mode=mode)
        made: SearchStrategy[Any] = strategy.map(_generated).filter(bool)
        return made


def spread(made: Sequence[Generated], most: int) -> list[Generated]:
    """Return at most so many, evenly from the first to the last."""
    if len(made) <= most:
        return [*made]
    return [made[index * len(made) // most] for index in range(most)]


def _generated(case: Any) -> Generated | None:
    from schemathesis.core import NOT_SET  # noqa: PLC0415

    if case.method.upper() != "POST":
        return None
    deviation = str(getattr(case.meta.phase.data, "description", "") or "") if case.meta else ""
    if case.body is NOT_SET:
        return Generated(b"", None, deviation or "no body")
    return Generated(body_of(case.body), case.body, deviation)


def _config() -> Any:
    """Return settings that depend on no file, no folder and no earlier run."""
    from schemathesis.config import (  # noqa: PLC0415
        CacheConfig,
        GenerationConfig,
        ProjectConfig,
        ProjectsConfig,
        SchemathesisConfig,
    )

    project = ProjectConfig(workers=1, generation=GenerationConfig(database="none", allow_x00=True))
    return SchemathesisConfig(
        seed=0, cache=CacheConfig(enabled=False), projects=ProjectsConfig(default=project)
    )


def register_text() -> None:
    """Say what texts of people are: usual ones, and any letters, signs and emoji, but no controls."""
    import schemathesis  # noqa: PLC0415
    from hypothesis import strategies as st  # noqa: PLC0415

    alphabet = st.characters(exclude_categories=("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"))
    anything = st.text(alphabet, min_size=1, max_size=_LONGEST_TEXT)
    long = st.text(alphabet, min_size=_LONG_TEXT, max_size=_LONGEST_TEXT)  # else there is hardly any
    schemathesis.openapi.format(TEXT_FORMAT, st.sampled_from(_usual_texts()) | anything | long)


def _usual_texts() -> list[str]:
    """Return texts as people write them, short ones first."""
    pools = bundled_pools()
    edges = [text.text for text in TEXTS if text.is_plausible and not text.is_prose]
    usual = [*pools.playlist_names, *pools.moment_names, *pools.topics, *edges]
    return sorted((text for text in usual if len(text) <= _LONGEST_TEXT), key=len)
