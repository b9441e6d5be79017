"""Which keys the settings file may hold, what each is, and what an editor shows of it."""

from __future__ import annotations

from typing import Any, Final

TEXT: Final = "text"
LIST: Final = "a list of text"
YES_NO: Final = "true or false"

RECEIVER_KEYS: Final = {
    "url": TEXT,
    "secret-token-file": TEXT,
    "secret-token-env": TEXT,
    "env-file": TEXT,
    "auth": TEXT,
    "header": TEXT,
    "timeout": TEXT,
    "ca-bundle": TEXT,
    "insecure": YES_NO,
    "allow-host": LIST,
    "events": LIST,
    "acks-before-verifying": YES_NO,
    "baseline": TEXT,
    "start": TEXT,
    "observe": TEXT,
    "observe-cmd": TEXT,
}
_OF_ONE_RECEIVER: Final = frozenset(
    {"url", "events", "acks-before-verifying", "baseline", "start", "observe", "observe-cmd"}
)
TOP_KEYS: Final = {
    "database": TEXT,
    "broker": TEXT,
    "spec": LIST,
    "rest-spec": LIST,
    **{key: kind for key, kind in RECEIVER_KEYS.items() if key not in _OF_ONE_RECEIVER},
}
DESCRIPTIONS: Final = {
    "url": "Where it takes webhooks, as http://localhost:3000/webhooks/zoom.",
    "secret-token-file": "A file that holds the secret token.",
    "secret-token-env": "The variable of the environment that holds the secret token.",
    "env-file": "A .env file that holds the secret token.",
    "auth": "basic:USER:PASSWORD, oauth:ID:SECRET@URL or legacy:TOKEN; env:NAME or @FILE after the mode.",
    "header": "Zoom's custom header, as 'x-api-key: env:KEY'.",
    "timeout": "The whole time a receiver has to answer, as 3s or 10m.",
    "ca-bundle": "A file of certificates to trust instead of the usual ones.",
    "insecure": "Whether any certificate is accepted.",
    "allow-host": "Public hosts that may be sent to.",
    "events": "The events it subscribes to, each with * allowed.",
    "acks-before-verifying": "Whether it acknowledges first and verifies later.",
    "baseline": "A file of known findings of `check`.",
    "start": "The command that `check` starts it with.",
    "observe": "Where the number of its effects is; read with GET.",
    "observe-cmd": "A command that prints the number of its effects.",
    "database": "Where deliveries are recorded: a file, or a URL of PostgreSQL.",
    "broker": "The broker that carries deliveries to workers.",
    "rest-spec": "Documents of Zoom's REST API.",
    "spec": "Webhook documents whose events are there, too.",
}
COMMAND_TABLES: Final = (
    "demo", "serve", "emit", "validate-url", "sample-receiver", "deliveries", "check", "report", "sign",
    "verify", "corpus", "events", "worker",
)  # fmt: skip
"""Tables with options of one command."""


def fits(value: Any, kind: str) -> bool:
    """Return whether a value is of a kind."""
    if kind == LIST:
        return isinstance(value, list) and all(isinstance(item, str) for item in value)
    return isinstance(value, bool if kind == YES_NO else str)
