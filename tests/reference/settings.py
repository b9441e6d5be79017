"""The keys of the settings file, and the variables beside it."""

from __future__ import annotations

from emitter.delivery.secret_sources import VARIABLES
from emitter.settings.file import FILE, RECEIVER_KEYS, TOP_KEYS

_SAYS = {
    "url": "where events are sent to",
    "secret-token-file": "a file that holds the secret token",
    "secret-token-env": "the environment variable that holds it",
    "env-file": "a `.env` file that holds it",
    "auth": "`basic:USER:PASSWORD`, `oauth:ID:SECRET@TOKEN_URL` or `legacy:TOKEN`; better `basic:env:NAME`",
    "header": "Zoom's custom header: `NAME: VALUE`, where the value may be `env:NAME` or `@FILE`",
    "timeout": "the whole time a receiver has to answer, 3s as Zoom",
    "ca-bundle": "a file of certificates to trust instead of the public ones",
    "insecure": "whether any certificate is taken",
    "allow-host": "public hosts that may be sent to",
    "events": "what it subscribes to; patterns with `*`",
    "acks-before-verifying": "whether it acknowledges first and verifies later",
    "baseline": "a file of findings that `check` knows",
    "start": "the command that runs it; `check` starts it with a secret token and ends it afterwards",
    "observe": "where `check` reads the number of its effects",
    "observe-cmd": "a command that prints that number to `check`",
    "database": "where deliveries are recorded",
    "spec": "further webhook documents",
    "accounts": "account ids; stories happen in them in turn",
    "users": "with `id` and `email`, and `name` where it is not to be made of the address",
    "conversations": "conversation ids",
    "playlists": "playlist ids",
}

_WORLD = {
    "accounts": "a list of text",
    "users": "a list of tables `[[world.users]]`",
    "conversations": "a list of text",
    "playlists": "a list of text",
}


def page():
    """Return the page."""
    secrets = ", then ".join(f"`{name}`" for name in VARIABLES)
    return f"""\
# Settings

`{FILE}` in the folder where a command runs, or `[tool.zoom-emitter]` of its `pyproject.toml`. A flag wins
over the environment ([commands.md](commands.md)), the environment over the file, the file over the default.
A key that nothing reads is refused with the nearest name.

The secret token is looked for in {secrets}, unless a flag or a key says where it is.

```toml
timeout = "10s"

[receivers.app]
url = "http://localhost:3000/webhooks/zoom"
secret-token-env = "APP_SECRET"
events = ["revenue_accelerator.*"]
```

`zoom-emitter emit playlist_create --to app` then sends there.

## For every command

{_table(TOP_KEYS)}

## In `[receivers.NAME]`

What stands here wins over the same key above it.

{_table(RECEIVER_KEYS)}

## In `[world]`

What a receiver knows and everything is then about, see
[realistic-data.md](../realistic-data.md#a-world-that-a-receiver-knows).

{_table(_WORLD)}
"""


def _table(keys):
    rows = [f"| `{key}` | {kind} | {_SAYS.get(key, '')} |" for key, kind in keys.items()]
    return "\n".join(["| key | value | |", "|---|---|---|", *rows])
