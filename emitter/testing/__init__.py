"""What Zoom sends, in the tests of a receiver: `ZoomEmitter`, a clock to move, and assertions that explain.

Works with any test runner; with pytest, fixtures of `emitter.pytest_plugin` make these objects. Importing
this package imports next to nothing; its parts load when they are first used.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from emitter.testing.asserting import assert_acknowledged, assert_refused, assert_validated
    from emitter.testing.clock import ZoomClock
    from emitter.testing.emitted import Attempt, Emitted, ZoomRequest
    from emitter.testing.emitting import ZoomEmitter

__all__ = [
    "Attempt",
    "Emitted",
    "ZoomClock",
    "ZoomEmitter",
    "ZoomRequest",
    "assert_acknowledged",
    "assert_refused",
    "assert_validated",
]

_MODULES: Final = {
    "Attempt": "emitted",
    "Emitted": "emitted",
    "ZoomRequest": "emitted",
    "ZoomClock": "clock",
    "ZoomEmitter": "emitting",
    "assert_acknowledged": "asserting",
    "assert_refused": "asserting",
    "assert_validated": "asserting",
}


def __getattr__(name: str) -> Any:
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    import importlib  # noqa: PLC0415 - see the docstring

    return getattr(importlib.import_module(f"{__name__}.{_MODULES[name]}"), name)
