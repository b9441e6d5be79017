"""A finding in full as plain text, for reports that have one field for all of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from contracts.reports.plain_text import plain

if TYPE_CHECKING:
    from contracts.findings import Finding


def finding_text(finding: Finding) -> str:
    """Return severity, what was seen and expected, and how to mend it and see it again."""
    rows = [
        f"{finding.severity} {finding.code}: {finding.message}",
        f"expected: {finding.expected}",
        *([f"received: {finding.received}"] if not finding.message.endswith(finding.received) else []),
        f"mend: {finding.mend}",
        *([f"again: {finding.reproduce.command}"] if finding.reproduce else []),
        f"fingerprint: {finding.fingerprint}",
    ]
    return plain("\n".join(rows))
