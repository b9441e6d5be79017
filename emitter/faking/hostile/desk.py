"""Where hostile requests are written: real events, the secret token, the time, and a hand that may slip."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

from emitter.core.faults import FAULTS, OTHER_SECRET, body_with, request_with, timestamp_with
from emitter.core.request import build_request
from emitter.core.wire import encode, ordered
from emitter.core.zoom import SIGNATURE_HEADER, TIMESTAMP_HEADER
from emitter.errors import InvalidSpecError
from emitter.faking import events_for, ids
from emitter.faking.alternatives import judge_of
from emitter.faking.hostile.cases import Expected, HostileRequest
from emitter.faking.streams import Stream
from emitter.faking.variants import variants
from emitter.faking.variants.texts import LONG_TEXT

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from emitter.catalog.events import Catalog, EventType
    from emitter.core.events import Event
    from emitter.core.request import SignedRequest
    from emitter.core.secrets import SecretToken
    from emitter.faking.pools import Pools
    from emitter.faking.variants import Variant

_URL: Final = "https://receiver.example.com/"
_HOST: Final = "receiver.example.com"
_FILLER: Final = "All work and no play. "
_AWKWARD: Final = {"/", "+", "="}
_LOOKS: Final = 100
_MOST_TYPES: Final = 12


@dataclass(frozen=True, kw_only=True)
class Desk:
    """What every hostile case is made from.

    Attributes:
        secret_token: The key of right signatures.
        seed: Decides ids, people and texts.
        now_s: When the first request of every case arrives, seconds since the epoch.
        catalog: Which events there are; at least one.
        pools: What names and texts are picked from; the bundled ones where none are given.
    """

    secret_token: SecretToken
    seed: str | int
    now_s: int
    catalog: Catalog
    pools: Pools | None = None

    @property
    def other_secret(self) -> SecretToken:
        """A secret token that is nobody's."""
        return OTHER_SECRET

    @property
    def now_ms(self) -> int:
        """The ``event_ts`` of the events, milliseconds since the epoch: a little before they arrive."""
        return self.now_s * 1000 - 180

    @cached_property
    def usable(self) -> tuple[EventType, ...]:
        """The first event types of the catalog whose schemas have values, not all of a large catalog.

        Raises:
            InvalidSpecError: None has.
        """
        found = [*itertools.islice(filter(self._is_usable, self.catalog), _MOST_TYPES)]
        if not found:
            raise InvalidSpecError("no event of the catalog has a schema that values fit")
        return tuple(found)

    @cached_property
    def telling(self) -> EventType:
        """The event type that suits best: people write in it, at length if there is such a one."""
        return self._first_with("text-line-ends") or self._first_with("text-emoji") or self.usable[0]

    @cached_property
    def variants(self) -> Mapping[str, Variant]:
        """The coverage set of `telling`, by name."""
        return self._variants(self.telling)

    def event(self, case: str) -> Event:
        """Return an event of `telling`; another for each case."""
        return self.story(case, [self.telling])[0]

    def story(self, case: str, types: list[EventType]) -> list[Event]:
        """Return events of these types that tell one story; another for each case."""
        names = [event_type.name for event_type in types]
        found = events_for(
            names,
            catalog=self.catalog,
            seed=f"{self.seed}/{case}",
            count=1,
            now_ms=self.now_ms,
            pools=self.pools,
        )
        return [*found]

    def long_body(self, count: int) -> bytes:
        """Return the body of an event with one text so long that the body has about so many bytes."""
        event = self.variants["text-long"].event
        filler = _FILLER * (count // len(_FILLER))
        return encode(ordered(event.name, _with_text(event.envelope, LONG_TEXT, filler)))

    def body_with_awkward_ids(self, case: str) -> bytes | None:
        """Return the body of an event that has an id with ``/`` and ``+``; None where no event has such."""
        for number in range(_LOOKS):
            for event in self.story(f"{case} {number}", [*self.usable]):
                if any({*text} >= _AWKWARD for text in _texts_in(event.envelope)):
                    return event.body()
        return None

    def stream(self, case: str, *names: str | int) -> Stream:
        """Return chance that belongs to the case."""
        return Stream(self.seed, "hostile", case, *names)

    def signed(
        self, case: str, body: bytes, *, delivery: int = 0, timestamp_s: int | str | None = None
    ) -> SignedRequest:
        """Return the request Zoom would send with the body.

        Args:
            case: The case's name, which decides the ids in the headers.
            body: The exact bytes.
            delivery: Which delivery of the case; an attempt of the same one has the same ids.
            timestamp_s: What the timestamp says; the desk's time where it is not given.
        """
        rng = self.stream(case, "identity", delivery)
        client_id = ids.short_id(Stream(self.seed, "hostile", "client"))
        return build_request(
            url=_URL,
            host=_HOST,
            body=body,
            identity=ids.new_identity(rng, client_id=client_id),
            secret_token=self.secret_token,
            timestamp_s=self.now_s if timestamp_s is None else timestamp_s,
        )

    def faulty(self, case: str, event: Event, *faults: str) -> SignedRequest:
        """Return the request of an event with faults of `emitter.core.faults`."""
        chosen = [FAULTS[fault] for fault in faults]
        _, body = body_with(chosen, event.name, event.envelope)
        request = self.signed(case, body, timestamp_s=timestamp_with(chosen, self.now_s))
        return request_with(chosen, request)

    def received(
        self,
        request: SignedRequest,
        expected: Expected,
        preferred: Expected | None = None,
        *,
        after_s: int = 0,
        method: str = "POST",
        answer: Mapping[str, str] | None = None,
    ) -> HostileRequest:
        """Return the request as one of a case, arriving so many seconds after the desk's time."""
        return HostileRequest(
            method=method,
            headers=request.headers,
            body=request.body,
            now_s=self.now_s + after_s,
            expected=expected,
            preferred=preferred or expected,
            answer=answer,
        )

    def _is_usable(self, event_type: EventType) -> bool:
        try:
            judge_of(event_type.schema, event_type.schema)
            self.story("usable", [event_type])
        except InvalidSpecError:
            return False
        return True

    def _first_with(self, variant: str) -> EventType | None:
        for event_type in self.usable:
            found = self._variants(event_type).get(variant)
            if found and found.is_plausible:
                return event_type
        return None

    def _variants(self, event_type: EventType) -> dict[str, Variant]:
        made = variants(event_type, seed=self.seed, now_ms=self.now_ms, pools=self.pools)
        return {each.name: each for each in made}


def with_header(request: SignedRequest, name: str, value: str | None) -> SignedRequest:
    """Return the request with another value of a header, or without it where the value is None."""
    pairs = ((key, value if key == name else old) for key, old in request.headers)
    return replace(request, headers=tuple((key, text) for key, text in pairs if text is not None))


def with_another_header(request: SignedRequest, name: str, value: str) -> SignedRequest:
    """Return the request with one header more, at its end; the name may be there before."""
    return replace(request, headers=(*request.headers, (name, value)))


def with_signature(request: SignedRequest, signature: str | None) -> SignedRequest:
    """Return the request with another signature, or none."""
    return with_header(request, SIGNATURE_HEADER, signature)


def unsigned(request: SignedRequest) -> SignedRequest:
    """Return the request as somebody sends it who knows nothing of signatures."""
    return with_header(with_signature(request, None), TIMESTAMP_HEADER, None)


def _texts_in(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        value = [*value.values()]
    if isinstance(value, list):
        for each in value:
            yield from _texts_in(each)
    elif isinstance(value, str):
        yield value


def _with_text(value: Any, old: str, new: str) -> Any:
    """Return the value with another text wherever the old one stands."""
    if isinstance(value, dict):
        return {key: _with_text(each, old, new) for key, each in value.items()}
    if isinstance(value, list):
        return [_with_text(each, old, new) for each in value]
    return new if value == old else value
