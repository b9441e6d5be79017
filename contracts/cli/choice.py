"""Which receivers a command judges, and how each is reached."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from contracts.cli.starting import free_port, made_secret
from emitter.errors import InvalidSettingError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from emitter.cli.target import TargetChoice
    from emitter.core.secrets import SecretToken

_HINT: Final = "`zoom-emitter check --help` shows examples"


@dataclass(frozen=True, slots=True, kw_only=True)
class ChosenReceiver:
    """One receiver of the command line.

    Attributes:
        target: Its URL, or its name in the settings.
        command: What starts it; empty where it runs already.
        own_secret: The secret token made for a receiver that is started; None where the usual one is used.
        secret_variable: One more variable that a receiver that is started finds its secret token in; may be
            empty.
        address: The words that reach it again, see `contracts.receiver.Receiver.address`.
    """

    target: str
    command: str = ""
    own_secret: SecretToken | None = None
    secret_variable: str = ""
    address: tuple[str, ...] = ()


def chosen_receivers(
    names: Sequence[str], target: TargetChoice, *, is_all: bool, start: str | None
) -> list[ChosenReceiver]:
    """Return the receivers that are meant, at least one.

    Raises:
        InvalidSettingError: None is meant, or what is said excludes itself.
    """
    if is_all and start:
        raise InvalidSettingError(
            "--all judges every receiver of the settings; write start = … there in the place of --start"
        )
    if is_all and names:
        raise InvalidSettingError(
            f"--all judges every receiver of the settings; leave out {', '.join(names)}"
        )
    if is_all:
        names = [*target.settings.receivers]
        if not names:
            raise InvalidSettingError(
                "--all finds no receiver in the settings; write [receivers.NAME] with a url into "
                "zoom-emitter.toml"
            )
    if start is not None:
        return [_started(names, target, start)]
    if not names:
        raise InvalidSettingError(f"check wants a URL or the name of a receiver; {_HINT}")
    return [_of_settings(name, target) for name in names]


def _of_settings(name: str, target: TargetChoice) -> ChosenReceiver:
    """Return a receiver that is started where its settings say how, else one that runs already."""
    table = target.settings.receivers.get(name, {})
    command = table.get("start", "")
    if not command:
        return ChosenReceiver(target=name)
    variable = table.get("secret-token-env", "")
    return ChosenReceiver(
        target=name,
        command=command,
        own_secret=None if _has_secret(target, table) else made_secret(),
        secret_variable=variable,
        address=(name,),
    )


def _has_secret(target: TargetChoice, table: Mapping[str, Any]) -> bool:
    """Say whether a secret token is named, and not only where one is looked for anyway."""
    named = {**table, **{key: value for key, value in target.flags.items() if value}}
    return bool(named.get("secret-token-file") or named.get("env-file")) or (
        named.get("secret-token-env", "") in os.environ
    )


def _started(names: Sequence[str], target: TargetChoice, command: str) -> ChosenReceiver:
    if not command.strip():
        raise InvalidSettingError("--start wants a command, for example --start 'npm start'")
    if len(names) > 1:
        raise InvalidSettingError(
            f"--start starts one receiver; {len(names)} are named: write start = … into the settings of each"
        )
    given = names[0] if names else "/"
    is_path = given.startswith("/")
    table = target.settings.receivers.get(given, {})
    return ChosenReceiver(
        target=f"http://localhost:{free_port()}{given}" if is_path else given,
        command=command,
        own_secret=None if _has_secret(target, table) else made_secret(),
        secret_variable=table.get("secret-token-env", ""),
        address=("--start", command, *names),
    )
