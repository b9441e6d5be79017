"""A run that was stopped is gone on with, whatever it makes, and comes to what a run in one go comes to."""

from __future__ import annotations

import errno
import json
from typing import Any

import pytest

from emitter.core.secrets import SecretToken
from emitter.errors import InvalidSettingError
from emitter.faking.corpus import making as making_module
from emitter.faking.corpus.outputs import Outputs
from emitter.faking.corpus.targets import Target
from tests.faking.corpus.sets import a_making

KINDS: dict[str, dict[str, Any]] = {
    "lines": {},
    "gzip": {"compress": "gzip"},
    "zstd": {"compress": "zstd"},
    "days": {"partition": "day"},
    "hours, gzip": {"partition": "hour", "compress": "gzip"},
    "archive": {"format": "har"},
    "archive, zstd": {"format": "har", "compress": "zstd"},
    "files": {"format": "files", "stories": 320},
    "requests": {"format": "http", "stories": 320},
    "stream": {"duplicates": 50_000, "late": 50_000, "reorder": 50_000},
    "stream by hours, zstd": {"late": 50_000, "partition": "hour", "compress": "zstd"},
    "shard": {"shard": 2, "shards": 3, "compress": "gzip", "stories": 1440},
}
STORIES = 480


class StoppedError(Exception):
    """Stands for Ctrl-C, at a place that a test chooses."""


@pytest.fixture(autouse=True)
def noted_often(monkeypatch):
    monkeypatch.setattr(making_module, "TASKS_A_NOTE", 1)


def made(folder, *, stop_after=None, is_file=False, **given):
    """Make a corpus; return what it said it goes on after, or None where it was stopped."""
    went_on: list[int] = []
    calls = 0

    def progress(_):
        nonlocal calls
        calls += 1
        if calls == stop_after:
            raise StoppedError

    making = a_making(**{"stories": STORIES} | given, on_progress=progress, on_going_on=went_on.append)
    try:
        making.into(Target(folder, is_file=is_file, is_forced=False), command="")
    except StoppedError:
        return None
    return went_on


def tree(folder):
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()
    }


def some_quick(kinds, *quick):
    return [kind if kind in quick else pytest.param(kind, marks=pytest.mark.slow) for kind in kinds]


@pytest.mark.parametrize("kind", some_quick(KINDS, "hours, gzip", "stream"))
def test_what_was_stopped_twice_comes_to_the_same(tmp_path, kind):
    given = KINDS[kind]
    assert made(tmp_path / "corpus", stop_after=3, **given) is None
    assert [path.name for path in (tmp_path / "corpus").iterdir()] == [".unfinished"]
    assert made(tmp_path / "corpus", stop_after=2, **given) is None
    (went_on,) = made(tmp_path / "corpus", **given) or [0]

    made(tmp_path / "whole", **given)
    assert went_on > 1000
    assert tree(tmp_path / "corpus") == tree(tmp_path / "whole")


@pytest.mark.parametrize("name", some_quick(["events.jsonl.gz", "events.har", "requests.http"], "events.har"))
def test_a_single_file_is_gone_on_with(tmp_path, name):
    form = {"gz": {"compress": "gzip"}, "har": {"format": "har"}, "http": {"format": "http"}}
    given = form[name.rpartition(".")[2]] | {"is_one_file": True}
    assert made(tmp_path / name, stop_after=3, is_file=True, **given) is None
    assert not (tmp_path / name).exists()
    assert made(tmp_path / name, is_file=True, **given)

    made(tmp_path / f"whole-{name}", is_file=True, **given)
    assert (tmp_path / name).read_bytes() == (tmp_path / f"whole-{name}").read_bytes()


@pytest.mark.parametrize("jobs", [pytest.param(2, marks=pytest.mark.slow)])
def test_another_number_of_processes_may_go_on(tmp_path, jobs):
    assert made(tmp_path / "corpus", stop_after=3, compress="zstd") is None
    assert made(tmp_path / "corpus", compress="zstd", jobs=jobs)

    made(tmp_path / "whole", compress="zstd")
    assert tree(tmp_path / "corpus") == tree(tmp_path / "whole")


@pytest.mark.parametrize("kind", some_quick(["gzip", "stream", "days"], "stream"))
def test_a_full_disk_leaves_no_final_name_and_the_run_can_be_continued(tmp_path, monkeypatch, kind):
    given = KINDS[kind]
    is_full = True

    def write(self, path, data, events, _write=Outputs.write):
        if is_full and sum(file.events for file in self._files.values()) > 1500:
            raise OSError(errno.ENOSPC, "No space left on device", path)
        _write(self, path, data, events)

    monkeypatch.setattr(Outputs, "write", write)
    with pytest.raises(OSError, match="No space left"):
        made(tmp_path / "corpus", **given)
    assert [path.name for path in (tmp_path / "corpus").iterdir()] == [".unfinished"]
    is_full = False
    assert made(tmp_path / "corpus", **given)

    made(tmp_path / "whole", **given)
    assert tree(tmp_path / "corpus") == tree(tmp_path / "whole")


@pytest.mark.parametrize(
    "other", [{"seed": "2"}, {"span_ms": 86_400_000}, {"secret_token": SecretToken("another-one")}], ids=str
)
def test_a_run_of_another_corpus_is_not_gone_on_with(tmp_path, other):
    assert made(tmp_path / "corpus", stop_after=3) is None
    assert made(tmp_path / "corpus", **other) == []

    made(tmp_path / "whole", **other)
    assert tree(tmp_path / "corpus") == tree(tmp_path / "whole")


def test_a_run_of_another_version_is_not_gone_on_with(tmp_path):
    assert made(tmp_path / "corpus", stop_after=3) is None
    noted = tmp_path / "corpus/.unfinished/progress.json"
    noted.write_text(json.dumps(json.loads(noted.read_bytes()) | {"made_by": {"zoom-emitter": "0.0.1"}}))

    assert made(tmp_path / "corpus") == []


def test_a_run_that_was_stopped_while_files_got_their_names_is_made_again(tmp_path):
    made(tmp_path / "whole")
    made(tmp_path / "corpus")
    staging = tmp_path / "corpus/.unfinished"
    staging.mkdir()
    (tmp_path / "corpus/manifest.json").replace(staging / "manifest.json")
    made(tmp_path / "corpus")

    assert tree(tmp_path / "corpus") == tree(tmp_path / "whole")


def test_what_somebody_else_put_there_is_not_gone_on_with(tmp_path):
    assert made(tmp_path / "corpus", stop_after=3) is None
    (tmp_path / "corpus/mine.txt").write_text("mine")

    with pytest.raises(InvalidSettingError, match="is not empty"):
        made(tmp_path / "corpus")
