"""``--broker``: what carries to workers what is due."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import rich_click as click

from emitter.errors import InvalidSettingError

if TYPE_CHECKING:
    from emitter.delivery.carrier import BrokerUrl
    from emitter.delivery.places import Place

broker_option: Final = click.option(
    "--broker",
    envvar="ZOOM_EMITTER_BROKER",
    metavar="URL",
    help="Let `zoom-emitter worker` make the attempts; redis://… or amqp://… carries them.",
)


def chosen_broker(given: str | None) -> BrokerUrl | None:
    """Return the broker that is named, None where none is.

    Raises:
        InvalidSettingError: It is a URL of something else.
    """
    from emitter.delivery.carrier import BrokerUrl  # noqa: PLC0415 - most runs have none

    return BrokerUrl(given) if given else None


def check_sharing(place: Place) -> None:
    """Raise InvalidSettingError unless workers elsewhere can reach the record."""
    from emitter.delivery.places import DatabaseUrl  # noqa: PLC0415

    if not isinstance(place, DatabaseUrl):
        raise InvalidSettingError(
            f"workers share a record in PostgreSQL, not the file {place}; "
            "say --database postgresql+psycopg://USER@HOST/NAME"
        )
