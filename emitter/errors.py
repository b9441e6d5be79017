"""Every error this package raises on purpose.

The hierarchy::

    EmitterError                    exit status 4 unless a subclass says otherwise
    ├─ UsageError                   what the caller gave cannot be used; exit status 2
    │  ├─ UnknownNameError          .given .suggestions
    │  ├─ InvalidPayloadError       .pointer
    │  ├─ InvalidSettingError
    │  ├─ InvalidFieldsError        .errors
    │  ├─ InvalidSpecError          .pointer
    │  ├─ SecretTokenError
    │  ├─ UnencodableError
    │  └─ ForbiddenTargetError      .host
    ├─ StoreError                   the record cannot be opened, read or written; exit status 2
    ├─ QueueError                   the queue cannot be reached; exit status 2
    ├─ BusyError                    too much of this is under way already
    ├─ ConflictError                it does not go with how things stand; exit status 2
    └─ VerificationError            a request that cannot be trusted; exit status 1
       ├─ MissingHeaderError        .header
       ├─ MalformedHeaderError      .header
       ├─ StaleTimestampError       .age_s .tolerance_s
       └─ SignatureMismatchError    never holds the right signature

A receiver's answer, however bad, is not an error: it is an `emitter.core.outcome.Outcome`.
Messages name the value, what was expected and the way out, in lower case, without a full stop.
No message or attribute ever holds a secret token or a correct signature.
"""

from __future__ import annotations


class EmitterError(Exception):
    """Base class: catch it to catch everything this package raises on purpose."""

    exit_status = 4


class UsageError(EmitterError):
    """What the caller gave cannot be used as it is."""

    exit_status = 2


class UnknownNameError(UsageError):
    """A name that nothing has: an event, a fault, a setting, a receiver."""

    def __init__(self, kind: str, given: str, suggestions: tuple[str, ...] = (), hint: str = "") -> None:
        message = f"unknown {kind} {given!r}"
        if suggestions:
            message += f"; did you mean {' or '.join(repr(name) for name in suggestions)}?"
        if hint:
            message += f" ({hint})" if suggestions else f"; {hint}"
        super().__init__(message)
        self.kind = kind
        self.given = given
        self.suggestions = suggestions


class InvalidPayloadError(UsageError):
    """An event, override or payload that does not fit; `pointer` is a JSON pointer into it."""

    def __init__(self, message: str, *, pointer: str = "") -> None:
        super().__init__(f"{pointer}: {message}" if pointer else message)
        self.pointer = pointer


class InvalidSettingError(UsageError):
    """An option, environment variable or settings key with a value that cannot be used."""


class InvalidFieldsError(UsageError):
    """A request to the app of which some fields do not fit; `errors` holds JSON pointers and messages."""

    def __init__(self, errors: list[tuple[str, str]]) -> None:
        pointer, message = errors[0]
        others = f" (and {len(errors) - 1} more)" if len(errors) > 1 else ""
        super().__init__(f"{pointer}: {message}{others}" if pointer else f"{message}{others}")
        self.errors = tuple(errors)


class InvalidSpecError(UsageError):
    """A webhook document that cannot be understood; `pointer` is a JSON pointer into it."""

    def __init__(self, message: str, *, pointer: str = "") -> None:
        super().__init__(f"{pointer}: {message}" if pointer else message)
        self.pointer = pointer


class SecretTokenError(UsageError):
    """The secret token is missing, empty, or has white space at its ends."""


class UnencodableError(UsageError):
    """A value that has no JSON form on Zoom's wire: NaN, a lone surrogate, a key that is no text."""


class ForbiddenTargetError(UsageError):
    """A URL that the emitter will not send to; `host` is the name or address that decided it."""

    def __init__(self, message: str, *, host: str) -> None:
        super().__init__(message)
        self.host = host


class StoreError(EmitterError):
    """The record cannot be opened, is from a newer version, is locked or damaged."""

    exit_status = 2


class QueueError(EmitterError):
    """The queue that carries what is due to workers cannot be reached; what is due waits in the record."""

    exit_status = 2


class BusyError(EmitterError):
    """The app has too much of this under way already; the same request may succeed later."""


class ConflictError(EmitterError):
    """What is asked for does not go with how things stand: a delivery that is settled, a stream too many."""

    exit_status = 2


class VerificationError(EmitterError):
    """A request does not carry a signature that its secret token accounts for."""

    exit_status = 1


class MissingHeaderError(VerificationError):
    """A header the check needs is absent or empty."""

    def __init__(self, header: str) -> None:
        super().__init__(f"the {header} header is missing or empty")
        self.header = header


class MalformedHeaderError(VerificationError):
    """A header the check needs is present but cannot be read."""

    def __init__(self, header: str, expected: str) -> None:
        super().__init__(f"the {header} header is not {expected}")
        self.header = header


class StaleTimestampError(VerificationError):
    """The timestamp lies further from now than the tolerance allows."""

    def __init__(self, *, age_s: int, tolerance_s: int) -> None:
        direction = "old" if age_s > 0 else "ahead"
        super().__init__(f"the timestamp is {abs(age_s)} s {direction}; at most {tolerance_s} s are allowed")
        self.age_s = age_s
        self.tolerance_s = tolerance_s


class SignatureMismatchError(VerificationError):
    """The signature is readable but belongs to another secret token, time or body."""
