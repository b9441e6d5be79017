"""The keys of the settings file, and the variables beside it."""

from __future__ import annotations

from emitter.delivery.secret_sources import VARIABLES
from emitter.settings.file import FILE
from emitter.settings.keys import COMMAND_TABLES, DESCRIPTIONS, RECEIVER_KEYS, TOP_KEYS

_SAYS = {
    **DESCRIPTIONS,
    "accounts": "Account ids; stories happen in them in turn.",
    "users": "With `id` and `email`, and `name` where it is not to be made of the address.",
    "conversations": "Conversation ids.",
    "playlists": "Playlist ids.",
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
    commands = ", ".join(f"`{name}`" for name in COMMAND_TABLES)
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

What a receiver knows and everything is then about:
[a world that a receiver knows](../realistic-data.md#a-world-that-a-receiver-knows).

{_table(_WORLD)}

## In `[COMMAND]`

Options of one command, by their names without `--` ([commands.md](commands.md)); of a group's command in
`[GROUP.COMMAND]`. There is a table for each of {commands}.
How receivers are reached is said at the top, or with a receiver.

[Settings, by example](../settings.md) shows it all together. `zoom-emitter config show` says what they come
to, `zoom-emitter config schema` prints them as a JSON Schema.
"""


def _table(keys):
    rows = [f"| `{key}` | {kind} | {_SAYS.get(key, '')} |" for key, kind in keys.items()]
    return "\n".join(["| key | value | |", "|---|---|---|", *rows])
