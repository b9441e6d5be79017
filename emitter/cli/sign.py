"""``zoom-emitter sign``: the signature of exact bytes."""

from __future__ import annotations

import re
import sys
from typing import TYPE_CHECKING, Final

import rich_click as click

from emitter.cli.exact_bytes import exact_bytes
from emitter.cli.secret_options import secret_options
from emitter.core.signing import sign as signature_of
from emitter.core.zoom import SIGNATURE_HEADER, TIMESTAMP_HEADER
from emitter.errors import InvalidSettingError

if TYPE_CHECKING:
    from emitter.core.secrets import SecretToken

_DIGITS: Final = re.compile(r"[0-9]{1,13}", re.ASCII)
_MILLISECONDS_DIGITS: Final = 13


@click.command(name="sign")
@click.argument("body_name", default="-", metavar="FILE|-")
@click.option("--timestamp", metavar="N", help="The signed time, whole seconds since the epoch, or now.")
@click.option("--headers", "as_headers", is_flag=True, help="Print both header lines, ready to be sent.")
@secret_options
def sign(body_name: str, *, timestamp: str | None, as_headers: bool, secret_token: SecretToken) -> None:
    """Print the signature of a body's exact bytes, from a FILE or standard input.

    \b
      zoom-emitter sign --timestamp 1720705455 event.body
      printf '{"event":"x"}' | zoom-emitter sign --timestamp now --headers
    """
    timestamp_s = _timestamp_s(timestamp, as_headers=as_headers)
    signature = signature_of(secret_token, timestamp_s=timestamp_s, body=exact_bytes(body_name))
    if as_headers:
        click.echo(f"{TIMESTAMP_HEADER}: {timestamp_s}\n{SIGNATURE_HEADER}: {signature}")
    else:
        click.echo(signature)


def _timestamp_s(timestamp: str | None, *, as_headers: bool) -> str:
    if timestamp is None and not as_headers:
        raise InvalidSettingError("sign wants --timestamp N, or --headers to see which second was signed")
    if timestamp in {None, "now"}:
        from emitter.delivery.clock import SystemClock  # noqa: PLC0415

        return str(SystemClock().now_ms() // 1000)
    if not timestamp or not _DIGITS.fullmatch(timestamp):
        raise InvalidSettingError(
            f"the timestamp {timestamp!r} is not whole seconds since the epoch, nor now"
        )
    if len(timestamp) == _MILLISECONDS_DIGITS:
        sys.stderr.write(f"note: {timestamp} looks like milliseconds; Zoom signs seconds\n")
    return timestamp
