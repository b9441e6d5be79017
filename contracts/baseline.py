"""Findings that are known already, so that an old receiver can be checked today and only new ones fail."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from contracts.findings import EVERY_EVENT
from emitter.errors import InvalidSettingError

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from contracts.findings import Finding

VERSION: Final = 1
"""Of the form of baselines and of JSON reports, both of which can be read."""
WRITE_ONE: Final = "`zoom-emitter check URL --report baseline=FILE` writes one"


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownFinding:
    """What is kept of a finding: what it is, and how it is called.

    Attributes:
        fingerprint: See `contracts.findings.Finding.fingerprint`.
        code: The check.
        event: The event it is about, or `EVERY_EVENT`.
        title: The check's title, for people.
        severity: How bad it was, for people.
        cause: See `contracts.findings.Finding.cause`.
    """

    fingerprint: str
    code: str
    event: str
    title: str
    severity: str
    cause: str

    @property
    def about(self) -> tuple[str, str, str]:
        """What its fingerprint is made of."""
        return self.code, self.event, self.cause

    @property
    def about_all(self) -> tuple[str, str, str]:
        """The same, were it found with every event."""
        return self.code, EVERY_EVENT, self.cause

    @property
    def line(self) -> str:
        """The finding on one line."""
        about = "" if self.event == EVERY_EVENT else f"  [{self.event}]"
        return f"{self.severity:<8}{self.code}  {self.title}{about}"

    def value(self) -> dict[str, str]:
        """Return it as JSON."""
        return {
            "fingerprint": self.fingerprint,
            "code": self.code,
            "event": self.event,
            "title": self.title,
            "severity": self.severity,
            "cause": self.cause,
        }


@dataclass(frozen=True, slots=True)
class Baseline:
    """The findings of an earlier run."""

    findings: tuple[KnownFinding, ...]

    @classmethod
    def read(cls, path: str) -> Baseline:
        """Return the baseline in a file; a JSON report of `check` is one too.

        Raises:
            InvalidSettingError: It cannot be read, is damaged, or was written by a newer version.
        """
        return cls(tuple(map(_known, _findings_in(path))))

    @property
    def fingerprints(self) -> frozenset[str]:
        """Those of all findings."""
        return frozenset(known.fingerprint for known in self.findings)

    def knows(self, finding: Finding) -> bool:
        """Return whether a finding is known, alone or as one that every event shows."""
        about_every_event = replace(finding, event=EVERY_EVENT).fingerprint
        return not self.fingerprints.isdisjoint({finding.fingerprint, about_every_event})

    def mended(
        self, findings: Iterable[Finding], *, codes: Collection[str], events: Collection[str]
    ) -> tuple[KnownFinding, ...]:
        """Return the known findings that a run looked for and did not find again.

        Args:
            findings: What it found.
            codes: The checks it ran to their end.
            events: The events it was about.
        """
        about = {EVERY_EVENT, *events}
        still = {fingerprint for finding in findings for fingerprint in _said_by(finding, about)}
        return tuple(
            known
            for known in self.findings
            if known.code in codes and known.event in about and known.fingerprint not in still
        )


def known_findings(findings: Iterable[Finding]) -> tuple[KnownFinding, ...]:
    """Return what a baseline keeps of findings, in an order that does not depend on the run."""
    known = (
        KnownFinding(
            fingerprint=finding.fingerprint,
            code=finding.code,
            event=finding.event,
            title=finding.title,
            severity=finding.severity,
            cause=finding.cause,
        )
        for finding in findings
    )
    return tuple(sorted(known, key=lambda each: (each.code, each.event, each.fingerprint)))


def compared(before: Baseline, after: Baseline) -> dict[str, tuple[KnownFinding, ...]]:
    """Return which findings are new, which are gone, and which stayed, under these three names.

    What was found with every event and now is with some is neither new nor gone.
    """
    had, has = ({each.about for each in baseline.findings} for baseline in (before, after))
    stayed = tuple(each for each in after.findings if not had.isdisjoint({each.about, each.about_all}))
    still = {each.about for each in stayed} | {each.about_all for each in stayed}
    return {
        "new": tuple(each for each in after.findings if each not in stayed),
        "gone": tuple(
            each for each in before.findings if (has | still).isdisjoint({each.about, each.about_all})
        ),
        "stayed": stayed,
    }


def _said_by(finding: Finding, events: Iterable[str]) -> set[str]:
    """Return the fingerprints of all that a finding says: of every event, it says it of each."""
    about = {*events} if finding.event == EVERY_EVENT else {finding.event, EVERY_EVENT}
    return {replace(finding, event=event).fingerprint for event in about}


def _findings_in(path: str) -> list[Any]:
    try:
        value = json.loads(Path(path).read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise InvalidSettingError(f"cannot read the baseline {path}: {error.strerror}; {WRITE_ONE}") from None
    except (ValueError, RecursionError):
        raise InvalidSettingError(f"the baseline {path} is damaged, it is not JSON; {WRITE_ONE}") from None
    version = value.get("version") if isinstance(value, dict) else None
    if isinstance(version, int) and version > VERSION:
        raise InvalidSettingError(
            f"the baseline {path} has version {version}, this zoom-emitter reads up to {VERSION}; update it, "
            "or write the baseline anew"
        )
    findings = value.get("findings") if isinstance(value, dict) else None
    if version != VERSION or isinstance(version, bool) or not isinstance(findings, list):
        raise InvalidSettingError(
            f"the baseline {path} is damaged, it has no version {VERSION} and list of findings; {WRITE_ONE}"
        )
    for number, finding in enumerate(findings):
        if not isinstance(finding, dict) or not all(
            isinstance(finding.get(key), str) for key in KnownFinding.__slots__
        ):
            raise InvalidSettingError(
                f"the baseline {path} is damaged at findings[{number}], which has not the texts "
                f"{', '.join(KnownFinding.__slots__)}; {WRITE_ONE}"
            )
    return findings


def _known(finding: dict[str, Any]) -> KnownFinding:
    return KnownFinding(**{key: finding[key] for key in KnownFinding.__slots__})
