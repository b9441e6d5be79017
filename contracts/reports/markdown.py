"""A summary in Markdown, for the page of a CI run: what is wrong at a glance, the details folded away."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from contracts.findings import EVERY_EVENT, Severity
from contracts.reports.plain_text import one_line, plain

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from contracts.findings import Finding
    from contracts.run_events import RunResult

MOST_BYTES: Final = 1_000_000
"""GitHub takes no summary of more than 1 MiB, and shows nothing at all of a longer one."""
_SIGNS: Final = {Severity.ERROR: "❌", Severity.WARNING: "⚠️", Severity.INFO: "ℹ️"}  # noqa: RUF001 - as meant
_TEXT_CHARS: Final = 4_000
_SPECIAL: Final = re.compile(r"([\\`*_{}\[\]()#+!|~@<>&-])")


def render(result: RunResult) -> str:
    """Return the summary of one receiver."""
    return render_all([result])


def render_all(results: Sequence[RunResult]) -> str:
    """Return one summary of all receivers of a command, never longer than `MOST_BYTES`."""
    head = "\n".join(["## zoom-emitter check", "", *_table(results), ""])
    text, left_out = head, 0
    for block in (block for result in results for block in _blocks(result)):
        if len((text + block).encode()) > MOST_BYTES:
            left_out += 1
        else:
            text += block
    note = f"\n{left_out} more did not fit into this summary; the other reports have them.\n"
    return text + (note if left_out else "")


def _table(results: Sequence[RunResult]) -> Iterator[str]:
    yield "| | receiver | errors | warnings | notes | known | cases | time |"
    yield "|---|---|--:|--:|--:|--:|--:|--:|"
    for result in results:
        known = sum(map(result.is_known, result.findings))
        counts = [_new(result, severity) for severity in Severity]
        sign = _SIGNS[Severity.ERROR] if result.is_wanting() else "✅"
        numbers = [*counts, known, len(result.cases)]
        cells = [sign, _name(result), *map(str, numbers), f"{result.elapsed_s:.1f} s"]
        yield f"| {' | '.join(cells)} |"


def _new(result: RunResult, severity: Severity) -> int:
    return sum(finding.severity is severity and not result.is_known(finding) for finding in result.findings)


def _name(result: RunResult) -> str:
    name = result.receiver.subscription.name
    return f"{_in_text(name)}, {_code(result.receiver.shown)}" if name else _code(result.receiver.shown)


def _blocks(result: RunResult) -> Iterator[str]:
    """Yield the parts of one receiver, the most important first; each may be left out."""
    new = [finding for finding in result.findings if not result.is_known(finding)]
    known = [finding for finding in result.findings if result.is_known(finding)]
    yield f"\n### {_name(result)}\n\n"
    yield "".join(f"- {line}\n" for line in _remarks(result, is_well=not new))
    for finding in new:
        yield _details(finding)
    if known:
        yield "\nKnown, in the baseline:\n\n" + "".join(map(_line, known))
    if mended := result.mended():
        yield "\nMended since the baseline:\n\n"
        yield "".join(f"- {each.code} {_in_text(each.title)}\n" for each in mended)


def _remarks(result: RunResult, *, is_well: bool) -> Iterator[str]:
    seems = f", seems to be {result.language}" if result.language else ""
    yield (
        f"{len(result.traffic)} requests about {len(result.events)} events, depth {result.depth}, "
        f"seed {_code(result.seed)}{seems}"
    )
    if is_well and not result.stopped:
        yield f"nothing {'new ' if result.baseline else ''}found by {len(result.checks)} checks"
    if result.stopped:
        yield f"stopped: {_in_text(result.stopped)}; {len(result.left_out)} cases were not tried"
    elif result.left_out:
        yield f"{len(result.left_out)} cases were left out for time"
    if result.is_interrupted:
        yield "interrupted: this is what was seen until then"


def _line(finding: Finding) -> str:
    event = "" if finding.event == EVERY_EVENT else f", {_code(finding.event)}"
    return f"- {_SIGNS[finding.severity]} {finding.code} {_in_text(finding.title)}{event}\n"


def _details(finding: Finding) -> str:
    event = "" if finding.event == EVERY_EVENT else f" <code>{finding.event}</code>"
    times = f" × {finding.count}" if finding.count > 1 else ""  # noqa: RUF001 - a sign of multiplication
    words, _, code = finding.mend.partition("\n")
    parts = [
        f"\n<details><summary>{_SIGNS[finding.severity]} <b>{finding.code}</b> "
        f"{_in_text(finding.title)}{event}{times}</summary>\n",
        _fenced(f"seen      {finding.message}\nexpected  {finding.expected}\nreceived  {finding.received}"),
        f"{_in_text(words)}\n",
        *([_fenced(code)] if code else []),
    ]
    if finding.reproduce:
        parts += ["Again:\n", _fenced(finding.reproduce.command, "sh")]
    if finding.fails_from:
        parts.append(f"This check is new; it can fail a build from {finding.fails_from} on.\n")
    return "\n".join([*parts, f"fingerprint `{finding.fingerprint}`\n\n</details>\n"])


def _fenced(text: str, language: str = "text") -> str:
    """Return a text as a block of code that it cannot leave: its fence is longer than any in it."""
    text = plain(text if len(text) <= _TEXT_CHARS else f"{text[:_TEXT_CHARS]}…")
    longest = max(map(len, re.findall("`+", text)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}{language}\n{text}\n{fence}\n"


def _code(text: str) -> str:
    """Return a text as code within a line or a cell."""
    text = one_line(text).replace("|", "\\|")
    longest = max(map(len, re.findall("`+", text)), default=0)
    fence = "`" * (longest + 1)
    space = " " if longest else ""
    return f"{fence}{space}{text}{space}{fence}"


def _in_text(text: str) -> str:
    return _SPECIAL.sub(r"\\\1", one_line(text))
