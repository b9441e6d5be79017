"""The form that subscribes an endpoint or edits a subscription: read, and shown again with what is wrong."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from emitter.app.subscription_forms import SubscriptionEdit, SubscriptionForm
from emitter.core.handshake_forms import handshake_value
from emitter.errors import (
    BusyError,
    ConflictError,
    ForbiddenTargetError,
    InvalidFieldsError,
    SecretTokenError,
    UnknownNameError,
    UsageError,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from emitter.app.service import Service
    from emitter.core.handshake import Handshake

_TEXTS: Final = ("url", "name", "retry", "timeout")
_AUTH: Final[Mapping[str, tuple[str, ...]]] = {
    "none": (),
    "basic": ("username", "password"),
    "header": ("name", "value"),
    "oauth": ("client_id", "client_secret", "token_url", "scope"),
    "legacy": ("verification_token",),
}
"""The fields of each way to authenticate."""
SECRET: Final = frozenset({"secret_token", "password", "value", "client_secret", "verification_token"})
"""Fields that are never shown again."""
DEFAULTS: Final[Mapping[str, str]] = {
    "url": "http://localhost:3000/webhooks/zoom",
    "events": "*",
    "retry": "zoom",
    "time_scale": "1",
    "timeout": "3s",
    "mode": "none",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class SubscriptionDraft:
    """A subscription that is being written.

    Attributes:
        values: What was typed, by field; no secrets.
        mistakes: What is wrong, by field.
        error: Why nothing was done, where no field is wrong.
        handshake: What came of URL validation where the endpoint did not pass, as the API shows it.
        number: Its number once it is subscribed.
    """

    values: Mapping[str, str] = field(default_factory=lambda: DEFAULTS)
    mistakes: Mapping[str, str] = field(default_factory=dict)
    error: str = ""
    handshake: Mapping[str, Any] | None = None
    number: int | None = None

    @property
    def is_refused(self) -> bool:
        """Whether something is wrong."""
        return bool(self.mistakes or self.error or self.handshake)


def subscribe(service: Service, form: Mapping[str, str]) -> SubscriptionDraft:
    """Subscribe the endpoint a form describes; return its number, or the form with what is wrong."""
    values = _shown(form)
    try:
        asked = SubscriptionForm.read(_asked(form))
        number, handshake = service.subscribing.subscribe(asked)
    except (UsageError, ConflictError, BusyError) as error:
        return _refused(values, error)
    if number is None:
        return SubscriptionDraft(values=values, handshake=_failed(handshake))
    return SubscriptionDraft(values=values, number=number)


def edit(
    service: Service, number: int, form: Mapping[str, str], before: Mapping[str, str]
) -> SubscriptionDraft:
    """Change what a form has changed of a subscription; as `subscribe`."""
    values = _shown(form)
    asked = _asked(form)
    was = _asked(before)
    changed = {name: value for name, value in asked.items() if was.get(name) != value or name in SECRET}
    changed.pop("is_draft", None)
    if not changed:
        return SubscriptionDraft(values=values, number=number)
    try:
        handshake = service.subscribing.edit(number, SubscriptionEdit.read(changed))
    except (UsageError, ConflictError, BusyError) as error:
        return _refused(values, error)
    if handshake is not None and not handshake.verdict.is_valid:
        return SubscriptionDraft(values=values, handshake=_failed(handshake))
    return SubscriptionDraft(values=values, number=number)


def as_typed(value: Mapping[str, Any]) -> dict[str, str]:
    """Return a subscription, as the API shows it, as it would be typed into the form."""
    auth = value["auth"] or {"mode": "none"}
    scale = value["time_scale"] or 1
    return {
        "url": value["url"] or "",
        "name": value["name"] or "",
        "events": ", ".join(value["events"] or ()),
        "retry": value["retry"] or "",
        "time_scale": f"{scale:g}" if scale < 1e6 else str(int(scale)),  # noqa: PLR2004 - where :g gives up
        "timeout": value["timeout"] or "",
        "verifies_tls": "on" if value["verifies_tls"] else "",
        "api_faults": ", ".join(value["api_faults"] or ()),
        **{f"auth.{name}": str(text) for name, text in auth.items() if name != "mode"},
        "mode": auth["mode"],
    }


def _asked(form: Mapping[str, str]) -> dict[str, Any]:
    """Return what the API would be asked for; what was left empty is not asked for."""
    asked: dict[str, Any] = {name: form[name].strip() for name in _TEXTS if form.get(name, "").strip()}
    if events := [each for each in re.split(r"[\s,]+", form.get("events", "")) if each]:
        asked["events"] = events
    if "api_faults" in form:
        asked["api_faults"] = [each for each in re.split(r"[\s,]+", form["api_faults"]) if each]
    if scale := form.get("time_scale", "").strip():
        asked["time_scale"] = _number(scale)
    if form.get("secret_token"):
        asked["secret_token"] = form["secret_token"]
    if "makes_secret_token" in form:
        asked["makes_secret_token"] = True
    if "is_draft" in form:
        asked["is_draft"] = True
    asked["verifies_tls"] = bool(form.get("verifies_tls"))
    if (mode := form.get("mode", "none")) != "none":
        given = {name: form.get(f"auth.{name}", "") for name in _AUTH.get(mode, ())}
        asked["auth"] = {"mode": mode} | {name: text for name, text in given.items() if text}
    return asked


def _number(text: str) -> float | str:
    try:
        return float(text)
    except ValueError:
        return text


def _shown(form: Mapping[str, str]) -> dict[str, str]:
    return {name: text for name, text in form.items() if name.rpartition(".")[2] not in SECRET}


def _refused(values: Mapping[str, str], error: Exception) -> SubscriptionDraft:
    match error:
        case InvalidFieldsError(errors=errors):
            # The first mistake of a field is the one that is told.
            by_field = {
                pointer.removeprefix("/").replace("/", "."): text for pointer, text in reversed(errors)
            }
            return SubscriptionDraft(values=values, mistakes=_in_form(by_field))
        case UnknownNameError(kind="event"):
            return SubscriptionDraft(values=values, mistakes={"events": str(error)})
        case ForbiddenTargetError():
            return SubscriptionDraft(values=values, mistakes={"url": str(error)})
        case SecretTokenError():
            return SubscriptionDraft(values=values, mistakes={"secret_token": str(error)})
        case _:
            return SubscriptionDraft(values=values, error=str(error))


def _in_form(mistakes: Mapping[str, str]) -> dict[str, str]:
    """Return mistakes by the fields of the form: those of one event, or fault, stand beside all."""
    return {
        (name.partition(".")[0] if name.startswith(("events.", "api_faults.")) else name): text
        for name, text in mistakes.items()
    }


def _failed(handshake: Handshake | None) -> Mapping[str, Any] | None:
    return None if handshake is None else handshake_value(handshake)
