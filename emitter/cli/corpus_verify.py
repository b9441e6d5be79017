"""``zoom-emitter corpus verify``: is a corpus what its manifest says, and does it come out again?"""

from __future__ import annotations

import sys
import tempfile
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Final

import rich_click as click

from emitter.errors import InvalidSettingError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from emitter.faking.corpus.manifest import Manifest
    from emitter.faking.corpus.verifying import Finding

DAMAGED: Final = 1
_MOST_TOLD: Final = 20


@click.command()
@click.argument("corpus", metavar="DIR|FILE")
@click.option(
    "--secret-token-file", metavar="FILE", help="What the corpus is signed with, if not the published one."
)
@click.option("--jobs", type=click.IntRange(1, 256), default=1, show_default=True, help="How many processes.")
def verify(corpus: str, *, secret_token_file: str | None, jobs: int) -> None:
    """Check a corpus: hashes, schemas, signatures, and that its manifest makes it again.

    Exit status 1 if anything is not as it should be.

    \b
      zoom-emitter corpus verify fixtures/corpus
    """
    from emitter.cli.corpus_make import making_of, secret_token_of  # noqa: PLC0415
    from emitter.faking.corpus import verifying  # noqa: PLC0415 - heavy
    from emitter.faking.corpus.manifest import Manifest  # noqa: PLC0415
    from emitter.faking.corpus.targets import manifest_path_of  # noqa: PLC0415

    path = Path(corpus)
    if not path.exists():
        raise InvalidSettingError(f"there is no {corpus}; name what `corpus make` made")
    manifest = Manifest.read(manifest_path_of(path, is_file=path.is_file()))
    if manifest.secret_token is None and secret_token_file is None:
        raise InvalidSettingError(
            "the corpus is signed with a secret of its own; give it with --secret-token-file"
        )
    places = _places(manifest, path)
    making = making_of(
        manifest.settings, secret_token_of(secret_token_file), jobs=jobs, is_one_file=path.is_file()
    )
    findings = _told("file", verifying.checked_files(manifest, places))
    if findings:
        click.echo(f"{corpus} is damaged: {findings} of its files", err=True)
        sys.exit(DAMAGED)
    findings += _told(
        "line",
        verifying.checked_lines(manifest, places, catalog=making.catalog, secret_token=making.secret_token),
    )
    if differences := verifying.differing_versions(manifest, making):
        click.echo(f"not made again: {'; '.join(differences)}", err=True)
    else:
        with tempfile.TemporaryDirectory() as aside:
            findings += _told("file", verifying.compared(manifest, making, Path(aside)))
    if findings:
        click.echo(f"{corpus} is not what it should be: {findings} findings", err=True)
        sys.exit(DAMAGED)
    again = "" if differences else ", and comes out the same when made again"
    events = sum(file.events for file in manifest.files)
    click.echo(f"{corpus} is whole: {len(manifest.files):,} files, {events:,} entries{again}")


def _places(manifest: Manifest, path: Path) -> dict[str, Path]:
    """Return where the manifest's files are, none of them outside the corpus."""
    if path.is_file():
        return {file.path: path for file in manifest.files}
    places = {file.path: path / file.path for file in manifest.files}
    for name, place in places.items():
        if not place.resolve().is_relative_to(path.resolve()):
            raise InvalidSettingError(f"the manifest names {name}, which is not in {path}; it is not ours")
    return places


def _told(kind: str, findings: Iterable[Finding]) -> int:
    """Print findings as they come, many of a kind shortened, and return how many there are."""
    rest = iter(findings)
    count = 0
    for count, finding in enumerate(islice(rest, _MOST_TOLD), start=1):  # noqa: B007
        click.echo(f"{finding.path}: {finding.message}")
    more = sum(1 for _ in rest)
    if more:
        click.echo(f"and {more:,} more {kind}s")
    return count + more
