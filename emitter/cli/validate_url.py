"""``zoom-emitter validate-url``: Zoom's URL validation, and what is wrong when it fails."""

from __future__ import annotations

import json
import sys
from random import SystemRandom
from typing import TYPE_CHECKING, Final

import rich_click as click

from emitter.cli.secret_options import verification_token_option
from emitter.cli.tally import status_of
from emitter.cli.target import TargetChoice, target_options

if TYPE_CHECKING:
    from emitter.cli.target import ResolvedTarget
    from emitter.core.handshake import Handshake
    from emitter.core.secrets import Secret

WARNED: Final = 1


@click.command(name="validate-url")
@click.argument("url_or_name", metavar="URL|NAME")
@click.option("--strict", is_flag=True, help="Exit with status 1 on warnings, too.")
@click.option(
    "--no-probes", is_flag=True, help="Send only the challenge Zoom sends, none that is not signed."
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.option("--database", envvar="ZOOM_EMITTER_DATABASE", metavar="FILE|URL", help="Record here.")
@verification_token_option
@target_options
def validate_url(
    url_or_name: str,
    *,
    target: TargetChoice,
    strict: bool,
    no_probes: bool,
    as_json: bool,
    database: str | None,
    verification_token: Secret | None,
) -> None:
    """Perform Zoom's URL validation with a receiver, and say what to mend when it fails.

    A receiver that passes is also sent a challenge without a signature and one with a wrong signature:
    if it answers those, anyone can have events signed by it.

    \b
      zoom-emitter validate-url http://localhost:3000/webhooks/zoom
    """
    handshake = _recorded_handshake(
        target.resolve(url_or_name), database, probes=not no_probes, verification_token=verification_token
    )
    _print(handshake, as_json=as_json)
    if not handshake.verdict.is_valid:
        sys.exit(status_of(handshake.outcome))
    sys.exit(WARNED if strict and handshake.verdict.warnings else 0)


def _recorded_handshake(
    target: ResolvedTarget, database: str | None, *, probes: bool, verification_token: Secret | None
) -> Handshake:
    from emitter.cli.recording import open_record, subscribe  # noqa: PLC0415 - imports the store
    from emitter.core.diagnosis import Suspects  # noqa: PLC0415
    from emitter.core.handshake import plain_token_of  # noqa: PLC0415
    from emitter.delivery.clock import SystemClock  # noqa: PLC0415
    from emitter.delivery.handshake import perform_handshake  # noqa: PLC0415 - imports requests

    clock, endpoint = SystemClock(), target.open()
    with open_record(database) as store:
        # A receiver that caches or hard-codes its answer betrays itself by one of these.
        earlier = tuple(filter(None, (plain_token_of(each.body) for each in store.handshakes())))
        subscription_id = subscribe(store, target, now_ms=clock.now_ms())
        handshake = perform_handshake(
            endpoint.subscription,
            secret_token=endpoint.secret_token,
            transport=endpoint.transport,
            clock=clock,
            rng=SystemRandom(),
            probes_unsigned=probes,
            suspects=Suspects(verification_token=verification_token, earlier_plain_tokens=earlier),
        )
        store.add_handshake(handshake, subscription_id=subscription_id)
    return handshake


def _print(handshake: Handshake, *, as_json: bool) -> None:
    from emitter.core.handshake_forms import handshake_lines, handshake_value  # noqa: PLC0415

    if as_json:
        click.echo(json.dumps(handshake_value(handshake)))
        return
    colour = "red" if handshake.verdict.mistakes else "yellow" if handshake.verdict.warnings else "green"
    for line in handshake_lines(handshake):
        click.secho(line, fg=colour if line.startswith("verdict") else None)
