"""``zoom-emitter corpus make``: a corpus into a folder, a file, or standard output."""

from __future__ import annotations

import errno
import shlex
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import rich_click as click

from emitter.cli.catalogs import chosen_catalog, chosen_files
from emitter.cli.corpus_values import Instant, Shard, Share, Span
from emitter.cli.world_options import known_world, locale_option
from emitter.errors import InvalidSettingError

if TYPE_CHECKING:
    from emitter.core.secrets import SecretToken
    from emitter.faking.corpus.making import Making
    from emitter.faking.corpus.settings import Settings

STDOUT: Final = "-"
_FILE_ENDINGS: Final = {
    ".jsonl": ("jsonl", "none"),
    ".jsonl.gz": ("jsonl", "gzip"),
    ".jsonl.zst": ("jsonl", "zstd"),
    ".har": ("har", "none"),
    ".har.gz": ("har", "gzip"),
    ".har.zst": ("har", "zstd"),
    ".http": ("http", "none"),
}
_SETS: Final = ("realistic", "coverage", "hostile")
_MOST_ACCOUNTS: Final = 10_000
_IS_FULL: Final = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
_MOST: Final = 10**12


@click.command()
@click.argument("target", metavar="DIR|FILE|-")
@click.option("--events", type=click.IntRange(1, _MOST), help="How many realistic events, over all shards.")
@click.option("--stories", type=click.IntRange(1, _MOST), help="How many stories instead.")
@click.option("--seed", default="1", show_default=True, help="Decides everything that is drawn.")
@click.option(
    "--set", "sets", multiple=True, type=click.Choice(_SETS), help="What to make; all where none is given."
)
@click.option("--event", "names", multiple=True, metavar="NAME", help="Only these events; patterns with *.")
@click.option(
    "--start", "start_ms", type=Instant(), default="2026-01-05", show_default=True, help="When it begins."
)
@click.option("--span", "span_ms", type=Span(), default="7d", show_default=True, help="How long it goes on.")
@click.option(
    "--accounts", type=click.IntRange(1, _MOST_ACCOUNTS), default=5, show_default=True, help="How many."
)
@locale_option
@click.option(
    "--format", "form", type=click.Choice(["jsonl", "files", "http", "har"]), help="Of the realistic set."
)
@click.option("--compress", type=click.Choice(["none", "gzip", "zstd"]), help="For jsonl and har.")
@click.option("--partition", type=click.Choice(["day", "hour"]), help="A folder for each.")
@click.option("--shard", type=Shard(), default="1/1", show_default=True, help="Make this one of n parts.")
@click.option("--jobs", type=click.IntRange(1, 256), default=1, show_default=True, help="How many processes.")
@click.option("--duplicates", type=Share(), default="0%", help="So many events are delivered again.")
@click.option("--late", type=Share(), default="0%", help="So many deliveries arrive late.")
@click.option("--reorder", type=Share(), default="0%", help="So many events arrive after the next.")
@click.option(
    "--secret-token-file", metavar="FILE", help="Sign with this secret, not with the published one."
)
@click.option("--force", "is_forced", is_flag=True, help="Replace what is there.")
def make(target: str, **given: Any) -> None:
    """Make a corpus of signed events: the same bytes from the same seed, on any machine.

    With no option: every event in all its variants, requests that real receivers failed on, and 200 realistic
    events. --events and --stories alone mean the realistic set.

    \b
      zoom-emitter corpus make fixtures
      zoom-emitter corpus make big.jsonl.zst --events 1000000 --jobs 2
      zoom-emitter corpus make stream --events 100000 --duplicates 2% --late 1% --reorder 1%
      zoom-emitter corpus make - --events 10 --event 'playlist_*' | jq .body
    """
    is_forced, jobs, secret_file = given.pop("is_forced"), given.pop("jobs"), given.pop("secret_token_file")
    kind = _kind(target, given)
    settings = _settings(kind, given)
    making = making_of(settings, secret_token_of(secret_file), jobs=jobs, is_one_file=kind != "dir")
    if kind == STDOUT:
        _to_standard_output(making)
        return
    _into(making, target, is_file=kind == "file", is_forced=is_forced, secret_file=secret_file)


def _kind(target: str, given: dict[str, Any]) -> str:
    """Return ``-``, ``file`` or ``dir``; a file's name decides its format and compression."""
    ending = next(
        (each for each in sorted(_FILE_ENDINGS, key=len, reverse=True) if target.endswith(each)), ""
    )
    if target == STDOUT or Path(target).is_dir() or not ending:
        if target != STDOUT and Path(target).is_file():
            raise InvalidSettingError(
                f"{target} is a file; name a folder, or a file that ends in .jsonl, .har or .http"
            )
        return STDOUT if target == STDOUT else "dir"
    form, compress = _FILE_ENDINGS[ending]
    for option, key, meant in (("--format", "form", form), ("--compress", "compress", compress)):
        if given[key] not in {None, meant}:
            raise InvalidSettingError(
                f"{target} means {option} {meant}, not {given[key]}; choose another name"
            )
        given[key] = meant
    return "file"


def _settings(kind: str, given: dict[str, Any]) -> Settings:
    from emitter.faking.corpus.settings import REALISTIC, SETS, Settings  # noqa: PLC0415 - and what it imports

    if given["events"] and given["stories"]:
        raise InvalidSettingError("--events and --stories say the same thing twice; give one of them")
    counted = given["events"] or given["stories"]
    chosen = given.pop("sets") or ((REALISTIC,) if counted or kind != "dir" else SETS)
    shard, shards = given.pop("shard")
    settings = Settings(
        sets=tuple(name for name in SETS if name in chosen),
        wanted=_wanted(given.pop("names")),
        locales=_locales(given.pop("locales")),
        shard=shard,
        shards=shards,
        format=given.pop("form") or "jsonl",
        compress=given.pop("compress") or "none",
        partition=given.pop("partition") or "",
        known=known_world(),
        **given,
    )
    if kind != "dir" and (settings.sets != (REALISTIC,) or settings.partition or settings.is_stream):
        raise InvalidSettingError(
            "coverage, hostile, partitions and streams are several files; name a folder"
        )
    if kind != "dir" and settings.format == "files":
        raise InvalidSettingError("--format files is several files; name a folder")
    return settings


def _wanted(names: tuple[str, ...]) -> tuple[str, ...]:
    if not names:
        return ()
    from emitter.catalog.patterns import matching  # noqa: PLC0415

    catalog = chosen_catalog()
    return tuple(dict.fromkeys(each.name for name in names for each in matching(catalog, name)))


def _locales(names: tuple[str, ...]) -> tuple[str, ...]:
    if not names:
        return ()
    from emitter.faking.locales import find_locale  # noqa: PLC0415 - imports Faker

    return tuple(dict.fromkeys(map(find_locale, names)))


def secret_token_of(path: str | None) -> SecretToken:
    """Return the secret token of a file, or the published one whatever the environment holds."""
    from emitter.core.secrets import SecretToken  # noqa: PLC0415
    from emitter.faking.corpus.requests import TEST_SECRET_TOKEN  # noqa: PLC0415

    if path is None:
        return SecretToken(TEST_SECRET_TOKEN)
    from emitter.cli.secret_options import secret_from  # noqa: PLC0415

    return secret_from({"secret-token-file": path})[0]


def making_of(settings: Settings, secret_token: SecretToken, *, jobs: int, is_one_file: bool) -> Making:
    """Return the making of a corpus."""
    from emitter.faking.corpus import compression, pools_of  # noqa: PLC0415
    from emitter.faking.corpus.making import Making  # noqa: PLC0415

    compression.check(settings.compress)
    return Making(
        settings=settings,
        catalog=chosen_catalog(),
        pools=pools_of(settings),
        secret_token=secret_token,
        jobs=jobs,
        is_one_file=is_one_file,
    )


def _into(making: Making, target: str, *, is_file: bool, is_forced: bool, secret_file: str | None) -> None:
    from emitter.cli.corpus_progress import progress  # noqa: PLC0415 - heavy
    from emitter.faking.corpus.targets import Target  # noqa: PLC0415

    place = Target(Path(target), is_file=is_file, is_forced=is_forced)
    making = replace(making, on_going_on=_say_going_on)
    try:
        with progress(making) as showing:
            manifest = showing.into(
                place, command=_command(making.settings, target if is_file else "DIR", secret_file)
            )
    except OSError as error:
        way_out = (
            "make room, and the same command goes on from here"
            if error.errno in _IS_FULL
            else "name another place"
        )
        message = f"cannot write {error.filename or target}: {error.strerror}; {way_out}"
        raise InvalidSettingError(message) from None
    except KeyboardInterrupt:
        click.echo("what is done is kept; the same command goes on from there", err=True)
        raise
    counts = ", ".join(f"{count:,} {name.replace('_', ' ')}" for name, count in manifest.counts.items())
    click.echo(f"made {target}: {counts} in {len(manifest.files):,} files", err=True)
    click.echo(f"manifest {place.manifest_path}", err=True)


def _say_going_on(events: int) -> None:
    click.echo(f"going on after {events:,} events, which are there already", err=True)


def _to_standard_output(making: Making) -> None:
    from emitter.faking.corpus.outputs import Stream  # noqa: PLC0415

    realistic = making.worker().realistic()
    writing = Stream(sys.stdout.buffer, framing=realistic.format.framing, compress=making.settings.compress)
    try:
        for _ in making.run(realistic, writing, Path()):
            pass
        writing.finish()
    except BrokenPipeError:
        raise
    except OSError as error:
        raise InvalidSettingError(f"cannot write to standard output: {error.strerror}") from None


def _command(settings: Settings, target: str, secret_file: str | None) -> str:
    """Return the command that makes the corpus, with every setting that is not the usual one.

    It names no place of this machine, so that the same corpus has the same manifest everywhere.
    """
    from emitter.faking.corpus.commands import options_of  # noqa: PLC0415

    specs = [part for file in chosen_files() for part in ("--spec", file.name)]
    secret = ["--secret-token-file", "FILE"] if secret_file else []
    options = [*specs, *options_of(settings), *secret]
    return shlex.join(["zoom-emitter", "corpus", "make", Path(target).name, *options])
