"""What the requests of the API hold.

Annotations are read at run time here (`emitter.app.fields`), so they are not postponed.
"""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, Final

from flask import Request, abort

from emitter.app.fields import (
    Field,
    boolean,
    digits,
    integer,
    json_object,
    list_of,
    nearest,
    number,
    one_of,
    parsed,
    read_object,
    secret_text,
    shown,
    text,
    token_text,
)
from emitter.catalog.json_values import DECODER
from emitter.core.deliveries import DeliveryState
from emitter.core.faults import FAULTS
from emitter.core.outcome import OutcomeKind
from emitter.core.schedule import ZOOM_RETRIES, RetrySchedule, parse_duration
from emitter.core.secrets import SecretToken
from emitter.core.subscription import (
    Auth,
    BasicAuth,
    ClientAuthentication,
    CustomHeaderAuth,
    LegacyTokenAuth,
    NoAuth,
    OAuth,
)
from emitter.core.targets import parse_target
from emitter.core.zoom import DEADLINE_S
from emitter.delivery.store import DeliveryFilter
from emitter.errors import InvalidFieldsError, InvalidSettingError, UnknownNameError

MAX_ID: Final = 2**63 - 1
MAX_COUNT: Final = 1000
MAX_PAGE: Final = 200
MAX_TIMEOUT_S: Final = 600.0
MAX_URL_CHARS: Final = 8000
MAX_BODY_CHARS: Final = 2_000_000
_MAX_NAME_CHARS: Final = 200


_name = text(max_chars=_MAX_NAME_CHARS)
_number_in_query = digits(1, MAX_ID)


def _url(url: str) -> str:
    parse_target(url)
    return url


def _timeout_s(duration: str) -> float:
    timeout_s = parse_duration(duration)
    if not 0 < timeout_s <= MAX_TIMEOUT_S:
        raise InvalidSettingError(f"expected 1ms to 10m, found {duration}")
    return timeout_s


def _fault(name: str) -> str:
    if name not in FAULTS:
        suggestions = nearest(name, FAULTS)
        hint = "" if suggestions else f"there are {', '.join(FAULTS)}"
        raise UnknownNameError("fault", name, suggestions, hint)
    return name


def _seed(value: Any) -> str:
    """Read a seed; a number is as good as its text."""
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else _name(value)


def _time_ms(written: str) -> int:
    if written.isascii() and written.isdecimal() and len(written) <= len(str(MAX_ID)):
        return min(int(written), MAX_ID)
    try:
        moment = datetime.fromisoformat(written)
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        raise InvalidSettingError(
            f"expected milliseconds since 1970 or a time like 2026-07-01T12:00:00Z, found {shown(written)}"
        )
    return round(moment.timestamp() * 1000)


_AUTH_FIELDS: Final[dict[str, dict[str, Field]]] = {
    "none": {},
    "legacy": {"verification_token": Field(secret_text)},
    "basic": {"username": Field(_name), "password": Field(secret_text)},
    "oauth": {
        "client_id": Field(_name),
        "client_secret": Field(secret_text),
        "token_url": Field(parsed(_url)),
        "scope": Field(text(), is_required=False),
        "client_authentication": Field(one_of(ClientAuthentication), is_required=False),
    },
    "header": {"name": Field(text()), "value": Field(secret_text)},
}
_AUTHS: Final[dict[str, type[Any]]] = {
    "none": NoAuth,
    "legacy": LegacyTokenAuth,
    "basic": BasicAuth,
    "oauth": OAuth,
    "header": CustomHeaderAuth,
}


_NO_AUTH: Final = NoAuth()


def _auth(value: Any) -> Auth:
    """Read ``{"mode": …}`` with the fields of that mode."""
    mode = json_object(value).get("mode")
    if not isinstance(mode, str) or mode not in _AUTHS:
        raise InvalidSettingError(f"expected as mode one of {', '.join(_AUTHS)}, found {shown(mode)}")
    rest = {name: inner for name, inner in value.items() if name != "mode"}
    auth: Auth = _AUTHS[mode](**read_object(rest, _AUTH_FIELDS[mode]))
    return auth


@dataclass(frozen=True, slots=True, kw_only=True)
class SubscriptionRequest:
    """``POST /api/subscriptions``; retry schedule and time-out are texts as on the command line."""

    url: Annotated[str, Field(parsed(_url, max_chars=MAX_URL_CHARS))]
    name: Annotated[str, Field(text(min_chars=0, max_chars=_MAX_NAME_CHARS))] = ""
    secret_token: Annotated[SecretToken | None, Field(token_text)] = None
    events: Annotated[tuple[str, ...], Field(list_of(_name, max_items=1000))] = ("*",)
    auth: Annotated[Auth, Field(_auth)] = _NO_AUTH
    retry_schedule: Annotated[RetrySchedule, Field(parsed(RetrySchedule.parse), name="retry")] = ZOOM_RETRIES
    time_scale: Annotated[float, Field(number(0.001, 1_000_000))] = 1.0
    timeout_s: Annotated[float, Field(parsed(_timeout_s), name="timeout")] = DEADLINE_S
    verifies_tls: Annotated[bool, Field(boolean)] = True


@dataclass(frozen=True, slots=True, kw_only=True)
class EventRequest:
    """``POST /api/events``: a generated event, a payload of one's own, or an exact body."""

    event: Annotated[str | None, Field(_name)] = None
    count: Annotated[int, Field(integer(1, MAX_COUNT))] = 1
    seed: Annotated[str | None, Field(_seed)] = None
    overrides: Annotated[dict[str, Any] | None, Field(json_object)] = None
    unset: Annotated[tuple[str, ...], Field(list_of(text(), max_items=1000))] = ()
    force: Annotated[bool, Field(boolean)] = False
    faults: Annotated[tuple[str, ...], Field(list_of(parsed(_fault), max_items=len(FAULTS)))] = ()
    payload: Annotated[dict[str, Any] | None, Field(json_object)] = None
    body: Annotated[str | None, Field(text(max_chars=MAX_BODY_CHARS))] = None
    subscription_id: Annotated[int | None, Field(integer(1, MAX_ID), name="subscription")] = None

    def __post_init__(self) -> None:
        if self.body is not None:
            others = ("payload", "overrides", "unset", "seed")
            if other := next((name for name in others if getattr(self, name) not in (None, ())), None):
                message = (
                    f"body is sent exactly as it is, so {other} cannot go with it; leave one of them out"
                )
                raise InvalidFieldsError([(f"/{other}", message)])
        elif self.event is None:
            message = "this field is required unless a body is given; GET /api/events lists the names"
            raise InvalidFieldsError([("/event", message)])


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryQuery:
    """The query of ``GET /api/deliveries``; `before` is the number the page before ended with."""

    event: Annotated[str | None, Field(_name)] = None
    outcome: Annotated[OutcomeKind | None, Field(one_of(OutcomeKind))] = None
    state: Annotated[DeliveryState | None, Field(one_of(DeliveryState))] = None
    subscription_id: Annotated[int | None, Field(_number_in_query, name="subscription")] = None
    since_ms: Annotated[int | None, Field(parsed(_time_ms), name="since")] = None
    until_ms: Annotated[int | None, Field(parsed(_time_ms), name="until")] = None
    limit: Annotated[int, Field(digits(1, MAX_PAGE))] = 50
    before: Annotated[int | None, Field(_number_in_query)] = None

    def wanted(self) -> DeliveryFilter:
        """Return the filter as the record takes it."""
        return DeliveryFilter(
            event=self.event or "",
            outcome=self.outcome,
            state=self.state,
            since_ms=self.since_ms,
            until_ms=self.until_ms,
            subscription_id=self.subscription_id,
        )


def json_of(request: Request) -> Any:
    """Return the JSON value of a request's body.

    Aborts with 400 where it is no JSON, or holds text that has no UTF-8 form.
    """
    raw = request.get_data(cache=False)
    try:
        value = DECODER.decode(raw.decode())
        if b"\\u" in raw:
            json.dumps(value, ensure_ascii=False).encode()
    except UnicodeDecodeError as error:
        abort(400, f"the body is not UTF-8 at byte {error.start}; send JSON as UTF-8")
    except UnicodeEncodeError:
        abort(400, r"the body holds half of a surrogate pair, such as \ud83d alone; write both or neither")
    except RecursionError:
        abort(400, "the body is nested too deeply; send it flatter, or as text in the field body")
    except ValueError as error:
        abort(400, f"the body is not JSON: {error}" if raw else "the body is empty; send a JSON object")
    return value


def query_of(request: Request) -> dict[str, str]:
    """Return the query of a request, each name once.

    Raises:
        InvalidFieldsError: A name is given twice.
    """
    repeated = [(f"/{name}", "given more than once") for name, all_ in request.args.lists() if len(all_) > 1]
    if repeated:
        raise InvalidFieldsError(repeated)
    return request.args.to_dict()
