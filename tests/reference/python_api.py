"""The public names of the packages: what one may import, and what is kept from release to release."""

from __future__ import annotations

import importlib
import inspect
import re

PUBLIC = {
    "emitter": ("__version__",),
    "emitter.core.secrets": ("SecretToken",),
    "emitter.core.signing": ("sign", "verify"),
    "emitter.core.handshake": ("expected_answer", "challenge_body"),
    "emitter.core.wire": ("encode",),
    "emitter.core.events": ("Event",),
    "emitter.core.request": ("Identity", "SignedRequest", "build_request"),
    "emitter.catalog.events": ("Catalog", "Document", "EventType", "bundled"),
    "emitter.catalog.reading": ("read_document",),
    "emitter.faking": ("enveloped", "events_for", "story_until"),
    "emitter.faking.provider": ("ZoomProvider",),
    "emitter.faking.locales": ("pools_for",),
    "emitter.faking.variants": ("Variant", "variants"),
    "emitter.faking.hostile": ("HostileCase", "HostileRequest", "hostile_cases"),
    "emitter.app.factory": ("create_app",),
    "emitter.app.settings": ("AppSettings",),
    "emitter.app.sample_receiver": ("create_sample_receiver", "reply_to"),
    "emitter.testing": (
        "Attempt",
        "Emitted",
        "ZoomClock",
        "ZoomEmitter",
        "ZoomRequest",
        "assert_acknowledged",
        "assert_refused",
        "assert_validated",
    ),
    "emitter.errors": (
        "EmitterError",
        "ForbiddenTargetError",
        "InvalidPayloadError",
        "InvalidSettingError",
        "InvalidSpecError",
        "MalformedHeaderError",
        "MissingHeaderError",
        "SecretTokenError",
        "SignatureMismatchError",
        "StaleTimestampError",
        "StoreError",
        "UnencodableError",
        "UnknownNameError",
        "UsageError",
        "VerificationError",
    ),
}
_INTRODUCTION = """\
# Python

The public names. They are kept: a name or an argument goes only with a major release, after one that warns.
Everything else may change at any time. Both packages are typed (`py.typed`); every function says in its
docstring what it returns, in which units, and what it raises (`help(…)`). The
[fixtures for pytest](../pytest.md) are beside them, and `contracts.schemathesis_hooks` is for
[runs of schemathesis](../schemathesis.md).

```python
from emitter.catalog.events import Catalog
from emitter.core.secrets import SecretToken
from emitter.core.signing import sign
from emitter.faking import events_for

now_s, secret_token = 1_767_571_200, SecretToken("not-a-secret")
events = events_for(["playlist_create"], catalog=Catalog.bundled(), seed=1, count=1, now_ms=now_s * 1000)
for event in events:
    print(event.name, sign(secret_token, timestamp_s=now_s, body=event.body()))
```
"""


def page():
    """Return the page."""
    return "\n".join([_INTRODUCTION, *(part for module in PUBLIC for part in _module(module))])


def _module(name):
    module = importlib.import_module(name)
    yield f"## {name}\n"
    yield f"{_first(module)}\n"
    for public in PUBLIC[name]:
        value = getattr(module, public)
        if inspect.isclass(value) or inspect.isfunction(value):
            yield f"### {public}\n"
            if signature := _signature(value, public):
                yield f"```text\n{signature}\n```\n"
            yield f"{_first(value)}\n"
            if members := _members(value):
                yield "\n".join(members) + "\n"
        else:
            yield f"### {public}\n\nThe version, as text.\n"


def _members(value):
    """Return the methods of a class, a line each; errors have none of their own."""
    if not inspect.isclass(value) or issubclass(value, Exception):
        return []
    own = {
        name: getattr(member, "__func__", member)
        for name, member in vars(value).items()
        if (not name.startswith("_") and isinstance(member, (staticmethod, classmethod, property)))
        or (inspect.isfunction(member) and not name.startswith("_"))
    }
    return [f"- `{_member(name, member)}`: {_first(member)}" for name, member in own.items()]


def _member(name, member):
    return name if isinstance(member, property) else f"{name}{_arguments(member, drops_first=True)}"


def _signature(value, name):
    if inspect.isclass(value) and issubclass(value, Exception):
        return ""
    return f"{name}{_arguments(value)}"


def _arguments(value, *, drops_first=False):
    signature = inspect.signature(value)
    parameters = [*signature.parameters.values()]
    if drops_first and parameters and parameters[0].name in {"self", "cls"}:
        signature = signature.replace(parameters=parameters[1:])
    text = re.sub(r"<[^>]+>", "…", str(signature)).replace("'", "")
    return text.replace(" -> None", "") if inspect.isclass(value) else text


def _first(value):
    """Return the first paragraph of a docstring, on one line."""
    text = " ".join((inspect.getdoc(value) or "").split("\n\n")[0].split())
    return text.replace("``", "`").replace("<", "&lt;")
