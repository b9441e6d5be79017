"""``zoom-emitter verify``: whether a recorded request's signature is right, or why it is not."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

import rich_click as click

from emitter.cli.exact_bytes import exact_bytes
from emitter.cli.secret_options import secret_options, verification_token_option
from emitter.core.handshake_forms import mistake_lines
from emitter.core.mismatch import explain
from emitter.core.pasted_headers import read_headers
from emitter.core.schedule import parse_duration
from emitter.core.signing import verify as check
from emitter.core.zoom import TIMESTAMP_HEADER
from emitter.delivery.clock import SystemClock
from emitter.errors import InvalidSettingError, StaleTimestampError

if TYPE_CHECKING:
    from emitter.core.mistakes import Mistake
    from emitter.core.secrets import Secret, SecretToken

NOT_VERIFIED: Final = 1
USUAL_TOLERANCE: Final = "300s"


@click.command(name="verify")
@click.option("--headers", "headers_name", required=True, metavar="FILE|-", help="The request's headers.")
@click.argument("body_name", metavar="BODY|-")
@click.option(
    "--now", "now_s", type=click.IntRange(min=0), metavar="N", help="Judge the age as of this second."
)
@click.option(
    "--tolerance", metavar="DURATION", help=f"Refuse older or newer timestamps; {USUAL_TOLERANCE} with --now."
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@verification_token_option
@secret_options
def verify(
    headers_name: str,
    body_name: str,
    *,
    now_s: int | None,
    tolerance: str | None,
    as_json: bool,
    secret_token: SecretToken,
    verification_token: Secret | None,
) -> None:
    """Say whether a recorded request's signature is right, and if not, what to mend.

    FILE holds the headers, as lines or as JSON, and BODY the exact bytes of the body. The age of the
    timestamp is told but not judged unless --now or --tolerance is given.

    \b
      zoom-emitter verify --headers request.headers request.body
    """
    if headers_name == body_name == "-":
        raise InvalidSettingError(
            "headers and body cannot both come from standard input; name a file for one"
        )
    headers = read_headers(exact_bytes(headers_name).decode("utf-8", "replace"))
    body = exact_bytes(body_name)
    mistakes = explain(secret_token, headers=headers, body=body, verification_token=verification_token)
    timestamp = headers.get(TIMESTAMP_HEADER, "")
    judged_at_s = SystemClock().now_ms() // 1000 if now_s is None else now_s
    stale = ""
    if not mistakes and (now_s is not None or tolerance):
        tolerance_s = round(parse_duration(tolerance or USUAL_TOLERANCE))
        try:
            check(secret_token, headers=headers, body=body, now_s=judged_at_s, tolerance_s=tolerance_s)
        except StaleTimestampError as error:
            stale = str(error)
    value = _value(mistakes, stale, timestamp, judged_at_s)
    click.echo(json.dumps(value) if as_json else "\n".join(_lines(mistakes, stale, timestamp, judged_at_s)))
    sys.exit(NOT_VERIFIED if mistakes or stale else 0)


def _value(mistakes: tuple[Mistake, ...], stale: str, timestamp: str, now_s: int) -> dict[str, Any]:
    return {
        "is_valid": not mistakes and not stale,
        "mistakes": [asdict(mistake) for mistake in mistakes],
        "stale": stale,
        "timestamp": timestamp,
        "age_s": now_s - int(timestamp) if _is_time(timestamp) else None,
    }


def _lines(mistakes: tuple[Mistake, ...], stale: str, timestamp: str, now_s: int) -> list[str]:
    if mistakes:
        return ["no: the signature does not verify", *mistake_lines(mistakes)]
    lines = [f"no: {stale}" if stale else "yes: the signature is right"]
    if _is_time(timestamp):
        when = datetime.fromtimestamp(int(timestamp), UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
        lines.append(f"  signed {when}, {_age(now_s - int(timestamp))}")
    return lines


def _is_time(timestamp: str) -> bool:
    return timestamp.isascii() and timestamp.isdigit() and len(timestamp) <= 10  # noqa: PLR2004


def _age(age_s: int) -> str:
    days, rest_s = divmod(abs(age_s), 86_400)
    length = f"{days} days" if days else f"{rest_s} s"
    return f"{length} {'ago' if age_s >= 0 else 'ahead'}"
