"""Which receivers a command judges, and how each is reached."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from emitter.errors import InvalidSettingError

if TYPE_CHECKING:
    from collections.abc import Sequence

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
        address: The words that reach it again, see `contracts.receiver.Receiver.address`.
    """

    target: str
    command: str = ""
    own_secret: SecretToken | None = None
    address: tuple[str, ...] = ()


def chosen_receivers(
    names: Sequence[str], target: TargetChoice, *, is_all: bool, start: str | None
) -> list[ChosenReceiver]:
    """Return the receivers that are meant, at least one.

    Raises:
        InvalidSettingError: None is meant, or what is said excludes itself.
    """
    if is_all and (names or start):
        raise InvalidSettingError(f"--all judges every receiver of the settings; leave out {_also(names)}")
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
    return [ChosenReceiver(target=name) for name in names]


def _also(names: Sequence[str]) -> str:
    return ", ".join(names) or "--start"


def _started(names: Sequence[str], target: TargetChoice, command: str) -> ChosenReceiver:
    from contracts.cli.starting import free_port, made_secret  # noqa: PLC0415

    if not command.strip():
        raise InvalidSettingError("--start wants a command, for example --start 'npm start'")
    if len(names) > 1:
        raise InvalidSettingError(f"--start starts one receiver; {len(names)} are named")
    given = names[0] if names else "/"
    is_path = given.startswith("/")
    has_secret = any(target.flags.get(name) for name in ("secret-token-file", "env-file"))
    return ChosenReceiver(
        target=f"http://localhost:{free_port()}{given}" if is_path else given,
        command=command,
        own_secret=None if has_secret else made_secret(),
        address=("--start", command, *names),
    )
