from __future__ import annotations

import gzip
import hashlib
import json
import os
import re
import resource
import shutil
import signal
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
import zstandard

from emitter.catalog.events import Catalog
from emitter.core.secrets import SecretToken
from emitter.core.signing import verify
from emitter.faking.corpus.requests import TEST_SECRET_TOKEN
from tests.support.command import zoom_emitter
from tests.support.waiting import wait_for

SECRET = SecretToken(TEST_SECRET_TOKEN)
COMMAND = [sys.executable, "-m", "emitter", "corpus", "make"]


def make(*arguments):
    result = zoom_emitter("corpus", "make", *map(str, arguments))
    assert result.status == 0, result.err
    return result


def refused(*arguments):
    result = zoom_emitter("corpus", "make", *map(str, arguments))
    assert result.status == 2
    assert result.out == b""
    assert "Traceback" not in result.err
    return result.err


def manifest_of(folder):
    return json.loads((folder / "manifest.json").read_bytes())


def lines_of(path):
    return [json.loads(line) for line in path.read_bytes().splitlines()]


def tree(folder):
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()
    }


@pytest.fixture(scope="module")
def everything(tmp_path_factory):
    folder = tmp_path_factory.mktemp("made") / "corpus"
    make(folder)
    return folder


def test_with_no_option_there_is_everything_a_unit_test_wants(everything):
    assert sorted(path.name for path in everything.iterdir()) == [
        "coverage",
        "hostile",
        "manifest.json",
        "realistic",
    ]
    assert len(lines_of(everything / "realistic/events.jsonl")) == 200
    names = {path.name.partition("--")[0] for path in (everything / "coverage").glob("*.body")}
    assert names == set(Catalog.bundled().names())
    assert len(json.loads((everything / "hostile/index.json").read_bytes())["cases"]) > 30


def test_a_line_has_the_exact_body_and_a_valid_signature_for_its_timestamp(everything):
    for line in lines_of(everything / "realistic/events.jsonl"):
        assert list(line) == ["event", "story", "index", "headers", "body"]
        verify(SECRET, headers=line["headers"], body=line["body"].encode())
        value = json.loads(line["body"])
        assert value["event"] == line["event"]
        assert 0 <= int(line["headers"]["x-zm-request-timestamp"]) * 1000 - value["event_ts"] + 1000 < 70_000


def test_the_manifest_says_what_every_file_holds_and_how_to_make_it_again(everything, tmp_path):
    manifest = manifest_of(everything)
    files = tree(everything)
    del files["manifest.json"]

    assert manifest["format"] == 1
    assert manifest["secret_token"] == TEST_SECRET_TOKEN
    assert set(manifest["made_by"]) == {"zoom-emitter", "faker", "catalog_sha256"}
    assert manifest["counts"]["events"] == 200
    assert {file["path"]: (file["size"], file["sha256"]) for file in manifest["files"]} == {
        path: (len(content), hashlib.sha256(content).hexdigest()) for path, content in files.items()
    }
    command = manifest["command"].split()
    assert command[:4] == ["zoom-emitter", "corpus", "make", "DIR"]
    make(tmp_path / "again", *command[4:])
    assert tree(tmp_path / "again") == tree(everything)


def test_the_environment_decides_nothing(everything, tmp_path, monkeypatch):
    monkeypatch.setenv("ZOOM_WEBHOOK_SECRET_TOKEN", "4fv1RkqGQUq5sWbEz6hA5A")
    monkeypatch.setenv("ZOOM_EMITTER_SECRET_TOKEN_FILE", str(tmp_path / "nowhere"))
    make(tmp_path / "corpus")

    assert tree(tmp_path / "corpus") == tree(everything)


def test_a_secret_of_ones_own_signs_and_is_in_no_file(tmp_path):
    (tmp_path / "secret").write_text("4fv1RkqGQUq5sWbEz6hA5A")
    make(tmp_path / "corpus", "--secret-token-file", tmp_path / "secret")

    for line in lines_of(tmp_path / "corpus/realistic/events.jsonl"):
        verify(SecretToken("4fv1RkqGQUq5sWbEz6hA5A"), headers=line["headers"], body=line["body"].encode())
    assert manifest_of(tmp_path / "corpus")["secret_token"] is None
    assert not any(b"4fv1RkqGQUq5sWbEz6hA5A" in content for content in tree(tmp_path / "corpus").values())


def test_counting_alone_means_the_realistic_set(tmp_path):
    make(tmp_path / "events", "--events", "7")
    make(tmp_path / "stories", "--stories", "7")

    assert sorted(tree(tmp_path / "events")) == ["manifest.json", "realistic/events.jsonl"]
    assert len(lines_of(tmp_path / "events/realistic/events.jsonl")) == 7
    assert len({line["story"] for line in lines_of(tmp_path / "stories/realistic/events.jsonl")}) == 7


def test_sets_may_be_chosen_and_counted(tmp_path):
    make(tmp_path / "corpus", "--set", "hostile", "--set", "realistic", "--events", "3")

    assert {path.partition("/")[0] for path in tree(tmp_path / "corpus")} == {
        "manifest.json",
        "hostile",
        "realistic",
    }


def test_only_wanted_events_go_in(tmp_path):
    make(tmp_path / "corpus", "--event", "playlist_*_moment", "--set", "coverage", "--set", "realistic")

    names = {"revenue_accelerator.playlist_add_moment", "revenue_accelerator.playlist_remove_moment"}
    lines = lines_of(tmp_path / "corpus/realistic/events.jsonl")
    assert len(lines) == 200
    assert {line["event"] for line in lines} == names
    assert {path.name.partition("--")[0] for path in (tmp_path / "corpus/coverage").glob("*.body")} == names


def test_start_and_span_decide_when_events_happen(tmp_path):
    make(tmp_path / "corpus", "--events", "300", "--start", "2024-02-29T12:00:00+01:00", "--span", "36h")
    stamps = [
        json.loads(line["body"])["event_ts"] for line in lines_of(tmp_path / "corpus/realistic/events.jsonl")
    ]

    assert min(stamps) >= 1_709_204_400_000 - 1
    assert max(stamps) <= 1_709_204_400_000 + 36 * 3_600_000


def test_a_locale_reaches_names_and_texts(tmp_path):
    make(tmp_path / "corpus", "--events", "300", "--locale", "ja_JP", "--locale", "ko-kr")
    text = (tmp_path / "corpus/realistic/events.jsonl").read_text(encoding="utf-8")

    assert len(re.findall("[\u3040-\u30ff\u4e00-\u9fff\uac00-\ud7a3]", text)) > 300
    assert manifest_of(tmp_path / "corpus")["settings"]["locales"] == ["ja_JP", "ko_KR"]


@pytest.mark.parametrize("jobs", ["2", pytest.param("3", marks=pytest.mark.slow)])
@pytest.mark.parametrize(
    "options",
    [
        ["--duplicates", "5%", "--late", "5%"],
        pytest.param([], marks=pytest.mark.slow),
        pytest.param(["--compress", "zstd"], marks=pytest.mark.slow),
    ],
    ids=str,
)
def test_several_processes_make_the_same_bytes(tmp_path, jobs, options):
    for name, more in (("one", []), ("several", ["--jobs", jobs])):
        make(tmp_path / name, "--stories", "250", *options, *more)

    assert tree(tmp_path / "one") == tree(tmp_path / "several")


def test_shards_one_after_the_other_are_the_whole(tmp_path):
    make(tmp_path / "whole", "--events", "2000")
    for shard in range(1, 5):
        make(tmp_path / f"part-{shard}", "--events", "2000", "--shard", f"{shard}/4")

    parts = [(tmp_path / f"part-{shard}/realistic/events.jsonl").read_bytes() for shard in range(1, 5)]
    assert b"".join(parts) == (tmp_path / "whole/realistic/events.jsonl").read_bytes()
    assert all(parts)


def test_shards_of_a_stream_merged_by_arrival_are_the_whole(tmp_path):
    options = ["--events", "2000", "--duplicates", "5%", "--late", "5%", "--reorder", "5%"]
    make(tmp_path / "whole", *options)
    merged: list[bytes] = []
    for shard in (1, 2, 3):
        make(tmp_path / f"part-{shard}", *options, "--shard", f"{shard}/3")
        merged += (tmp_path / f"part-{shard}/realistic/events.jsonl").read_bytes().splitlines(keepends=True)

    merged.sort(key=lambda line: json.loads(line)["received_at"])
    assert b"".join(merged) == (tmp_path / "whole/realistic/events.jsonl").read_bytes()


def test_a_stream_comes_in_the_order_of_arrival_with_its_truth(tmp_path):
    make(tmp_path / "corpus", "--events", "1500", "--duplicates", "3%", "--late", "1%", "--reorder", "1%")
    lines = lines_of(tmp_path / "corpus/realistic/events.jsonl")
    truth = lines_of(tmp_path / "corpus/realistic/truth/events.jsonl")

    arrivals = [line["received_at"] for line in lines]
    assert arrivals == sorted(arrivals)
    assert {line["attempt"] for line in lines} == {1, 2}
    assert len(truth) == 1500 < len(lines)
    ids = [line["headers"]["x-zm-request-id"] for line in lines]
    assert {one["request_id"]: one["deliveries"] for one in truth} == {
        each: ids.count(each) for each in set(ids)
    }
    for line in lines:
        verify(SECRET, headers=line["headers"], body=line["body"].encode())
    order = [(line["story"], line["index"]) for line in lines if line["attempt"] == 1]
    assert order != sorted(order, key=lambda one: (int(one[0].rpartition("/")[2]), one[1]))


@pytest.mark.parametrize(
    ("partition", "shape"), [("day", r"day=2026-01-\d\d"), ("hour", r"day=2026-01-\d\d/hour=\d\d")]
)
def test_partitions_hold_the_events_of_their_time(tmp_path, partition, shape):
    make(tmp_path / "corpus", "--events", "1500", "--partition", partition)
    folder = tmp_path / "corpus/realistic"
    files = sorted(folder.rglob("events.jsonl"))

    assert len(files) >= 7
    assert sum(len(lines_of(file)) for file in files) == 1500
    for file in files:
        place = file.parent.relative_to(folder).as_posix()
        assert re.fullmatch(shape, place)
        for line in lines_of(file):
            at_ms = json.loads(line["body"])["event_ts"]
            day = datetime.fromtimestamp(at_ms / 1000, tz=UTC)
            assert place.startswith(f"day={day:%Y-%m-%d}")


@pytest.mark.parametrize(("compress", "ending"), [("gzip", ".gz"), ("zstd", ".zst")])
def test_compressed_lines_are_the_same_lines(tmp_path, compress, ending):
    make(tmp_path / "plain", "--events", "500")
    make(tmp_path / "packed", "--events", "500", "--compress", compress)
    raw = (tmp_path / f"packed/realistic/events.jsonl{ending}").read_bytes()

    content = (
        gzip.decompress(raw) if compress == "gzip" else zstandard.ZstdDecompressor().stream_reader(raw).read()
    )
    assert content == (tmp_path / "plain/realistic/events.jsonl").read_bytes()


def test_without_the_library_zstd_is_refused_with_what_to_install(tmp_path):
    (tmp_path / "zstandard.py").write_text("raise ImportError")
    environment = os.environ | {"PYTHONPATH": os.pathsep.join([str(tmp_path), str(Path.cwd())])}
    line = [*COMMAND, str(tmp_path / "corpus"), "--events", "5", "--compress", "zstd"]
    ran = subprocess.run(line, env=environment, capture_output=True, text=True, check=False)

    assert ran.returncode == 2
    assert "install zoom-webhook-emitter[zstd], or use gzip" in ran.stderr
    assert not (tmp_path / "corpus").exists()


def test_bodies_and_headers_stand_beside_each_other(tmp_path):
    make(tmp_path / "corpus", "--stories", "5", "--format", "files")
    folder = tmp_path / "corpus/realistic"

    assert len([*folder.glob("*.body")]) == len([*folder.glob("*.headers")]) > 5
    for file in folder.glob("*.body"):
        lines = file.with_suffix(".headers").read_text().splitlines()
        headers = dict(line.split(": ", 1) for line in lines)
        verify(SECRET, headers=headers, body=file.read_bytes())
        assert headers["user-agent"] == "Zoom Marketplace/1.0a"
        assert "host" not in headers


def test_a_raw_request_is_what_goes_over_the_wire(tmp_path):
    make(tmp_path / "corpus", "--stories", "3", "--format", "http")
    for file in (tmp_path / "corpus/realistic").glob("*.http"):
        head, _, body = file.read_bytes().partition(b"\r\n\r\n")
        first, *lines = head.decode().split("\r\n")
        headers = dict(line.split(": ", 1) for line in lines)
        assert first == "POST /webhooks/zoom HTTP/1.1"
        assert int(headers["content-length"]) == len(body)
        verify(SECRET, headers=headers, body=body)


def test_raw_requests_in_one_file_follow_each_other(tmp_path):
    make(tmp_path / "requests.http", "--events", "4")
    rest, count = (tmp_path / "requests.http").read_bytes(), 0
    while rest:
        head, _, rest = rest.partition(b"\r\n\r\n")
        length = int(re.search(rb"content-length: (\d+)", head)[1])  # type: ignore[index]
        json.loads(rest[:length])
        rest, count = rest[length:], count + 1
    assert count == 4


def test_an_archive_holds_the_requests(tmp_path):
    make(tmp_path / "requests.har", "--events", "150")
    log = json.loads((tmp_path / "requests.har").read_bytes())["log"]

    assert log["version"] == "1.2"
    assert len(log["entries"]) == 150
    for entry in log["entries"]:
        headers = {each["name"]: each["value"] for each in entry["request"]["headers"]}
        verify(SECRET, headers=headers, body=entry["request"]["postData"]["text"].encode())


def test_a_file_has_its_manifest_beside_it_and_is_named_by_its_format(tmp_path):
    make(tmp_path / "events.jsonl.gz", "--events", "5")

    assert sorted(path.name for path in tmp_path.glob("*.*")) == [
        "events.jsonl.gz",
        "events.jsonl.gz.manifest.json",
    ]
    assert len(gzip.decompress((tmp_path / "events.jsonl.gz").read_bytes()).splitlines()) == 5


def test_standard_output_gets_the_lines_and_nothing_else(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    out = make("-", "--events", "5").out
    make(tmp_path / "events.jsonl", "--events", "5")

    assert out == (tmp_path / "events.jsonl").read_bytes()
    assert sorted(path.name for path in tmp_path.glob("*.*")) == [
        "events.jsonl",
        "events.jsonl.manifest.json",
    ]


def test_what_is_there_is_replaced_only_by_force(tmp_path):
    make(tmp_path / "corpus", "--stories", "3", "--format", "files")
    (tmp_path / "corpus/mine.txt").write_text("kept")
    before = tree(tmp_path / "corpus")

    assert "is not empty; name another place, or replace it with --force" in refused(
        tmp_path / "corpus", "--events", "3"
    )
    assert tree(tmp_path / "corpus") == before
    make(tmp_path / "corpus", "--events", "3", "--force")
    assert sorted(tree(tmp_path / "corpus")) == ["manifest.json", "mine.txt", "realistic/events.jsonl"]
    make(tmp_path / "file.jsonl", "--events", "3")
    assert "exists" in refused(tmp_path / "file.jsonl", "--events", "3")


def test_an_empty_folder_may_be_filled(tmp_path):
    (tmp_path / "corpus").mkdir()
    make(tmp_path / "corpus", "--events", "3")


@pytest.mark.parametrize("options", [[], pytest.param(["--jobs", "2"], marks=pytest.mark.slow)], ids=str)
def test_an_interrupted_run_leaves_nothing_half_done_and_can_be_continued(tmp_path, options):
    line = [*COMMAND, str(tmp_path / "corpus"), "--events", "40000", *options]
    progress = tmp_path / "corpus/.unfinished/progress.json"

    def has_come_far() -> bool:
        try:
            return bool(json.loads(progress.read_bytes())["story"])
        except (OSError, ValueError):
            return False

    with subprocess.Popen(line, stderr=subprocess.PIPE, text=True) as process:
        wait_for(has_come_far, within_s=60, what="a good part")
        process.send_signal(signal.SIGINT)
        err = process.communicate(timeout=30)[1]

    assert process.returncode == 130
    assert "the same command goes on from there" in err
    assert "Traceback" not in err
    assert [path.name for path in (tmp_path / "corpus").iterdir()] == [".unfinished"]
    said = make(tmp_path / "corpus", "--events", "40000", *options).err
    assert re.match(r"going on after [\d,]{4,} events, which are there already\n", said)
    make(tmp_path / "whole", "--events", "40000", *options)
    assert tree(tmp_path / "corpus") == tree(tmp_path / "whole")


def test_a_full_disk_is_one_line_and_leaves_no_half_file(tmp_path):
    def small_files() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (300_000, 300_000))

    line = [*COMMAND, str(tmp_path / "corpus.jsonl"), "--events", "2000"]
    ran = subprocess.run(line, capture_output=True, text=True, preexec_fn=small_files, check=False)

    assert ran.returncode == 2
    assert len(ran.stderr.splitlines()) == 1
    assert "cannot write" in ran.stderr
    assert not (tmp_path / "corpus.jsonl").exists()
    make(tmp_path / "corpus.jsonl", "--events", "2000")
    assert len(lines_of(tmp_path / "corpus.jsonl")) == 2000


@pytest.fixture
def small_disk(tmp_path):
    """A disk of eight megabytes, and what makes it larger."""
    disk = tmp_path / "disk"
    disk.mkdir()
    line = ["mount", "-t", "tmpfs", "-o", "size=8m", "tmpfs", str(disk)]
    if shutil.which("mount") is None or subprocess.run(line, capture_output=True, check=False).returncode:
        pytest.skip("no disk may be mounted here")
    yield (
        disk,
        lambda: subprocess.run(
            ["mount", "-o", "remount,size=64m", str(disk)], check=True, capture_output=True
        ),
    )
    subprocess.run(["umount", str(disk)], check=True)


@pytest.mark.parametrize(
    "options",
    [
        [],
        pytest.param(["--partition", "day", "--compress", "gzip"], marks=pytest.mark.slow),
        pytest.param(["--jobs", "2"], marks=pytest.mark.slow),
        pytest.param(["--late", "5%", "--duplicates", "1%"], marks=pytest.mark.slow),
    ],
    ids=str,
)
def test_a_disk_that_is_full_is_one_line_and_the_run_goes_on_when_there_is_room(
    tmp_path, small_disk, options
):
    disk, enlarge = small_disk
    count = "60000" if "gzip" in options else "16000"
    err = refused(disk / "corpus", "--events", count, *options)

    assert len(err.splitlines()) == 1
    assert "No space left on device; make room, and the same command goes on from here" in err
    assert [path.name for path in (disk / "corpus").iterdir()] == [".unfinished"]
    enlarge()
    said = make(disk / "corpus", "--events", count, *options).err
    assert re.match(r"going on after [\d,]{4,} events", said)
    make(tmp_path / "whole", "--events", count, *options)
    assert tree(disk / "corpus") == tree(tmp_path / "whole")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no device that is always full")
def test_a_full_device_behind_standard_output_is_one_line():
    with Path("/dev/full").open("wb") as full:
        ran = subprocess.run(
            [*COMMAND, "-", "--events", "500"], stdout=full, stderr=subprocess.PIPE, text=True, check=False
        )

    assert ran.returncode == 2
    assert ran.stderr == "error: cannot write to standard output: No space left on device\n"


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--events", "0"], "0 is not in the range"),
        (["--events", "-5"], "-5 is not in the range"),
        (["--stories", "0"], "0 is not in the range"),
        (["--events", "5", "--stories", "5"], "give one of them"),
        (["--accounts", "0"], "0 is not in the range"),
        (["--jobs", "0"], "0 is not in the range"),
        (["--shard", "0/3"], "the shard 0/3 does not exist; shards count from 1/3"),
        (["--shard", "4/3"], "the shard 4/3 does not exist"),
        (["--shard", "three"], "write 2/8 for the second of eight"),
        (["--event", "playlist_created"], "did you mean 'revenue_accelerator.playlist_create'?"),
        (["--event", "no_such_*"], "unknown event"),
        (["--set", "realistik"], "realistik"),
        (["--format", "xml"], "xml"),
        (["--locale", "xx_YY"], "unknown locale 'xx_YY'"),
        (["--start", "yesterday"], "write 2026-01-05"),
        (["--start", "1960-01-01"], "out of reach"),
        (["--span", "0s"], "is no span"),
        (["--span", "a week"], "is not a duration"),
        (["--duplicates", "2"], "write 2% or 0.5%"),
        (["--duplicates", "101%"], "more than 100%"),
        (["--late", "1%", "--event", "playlist_create"], "tell whole stories"),
        (["--late", "1%", "--format", "har"], "go with --format jsonl"),
        (["--partition", "day", "--format", "har"], "goes with --format jsonl"),
        (["--compress", "gzip", "--format", "files"], "goes with --format jsonl or har"),
        (["--events", "1000000", "--format", "files"], "use jsonl for more"),
        (["--secret-token-file", "nowhere"], "nowhere"),
    ],
    ids=" ".join,
)
def test_what_cannot_be_is_one_clear_line(tmp_path, options, message):
    err = refused(tmp_path / "corpus", *options)

    assert message in " ".join(re.sub(r"[│╭╮╰╯─]", " ", err).split())
    assert not (tmp_path / "corpus").exists()


@pytest.mark.parametrize(
    ("target", "options", "message"),
    [
        ("corpus.jsonl", ["--set", "coverage"], "several files; name a folder"),
        ("corpus.jsonl", ["--partition", "day"], "several files; name a folder"),
        ("corpus.jsonl", ["--late", "1%"], "several files; name a folder"),
        ("-", ["--format", "files"], "several files; name a folder"),
        ("corpus.har", ["--format", "jsonl"], "means --format har, not jsonl"),
        ("corpus.jsonl.gz", ["--compress", "zstd"], "means --compress gzip, not zstd"),
        ("missing/folder/corpus.jsonl", ["--events", "1"], ""),
    ],
)
def test_a_target_that_does_not_fit_is_refused(tmp_path, monkeypatch, target, options, message):
    monkeypatch.chdir(tmp_path)
    if message:
        assert message in refused(target, *options)
    else:
        make(target, *options)
        assert (tmp_path / target).exists()


def test_a_target_that_cannot_be_written_is_refused(tmp_path):
    (tmp_path / "file").write_text("")

    assert "is a file" in refused(tmp_path / "file", "--events", "3")
    err = refused(tmp_path / "file/corpus", "--events", "3")
    assert err.endswith("Not a directory; name another place\n")
    assert len(err.splitlines()) == 1


@pytest.mark.skipif(os.name == "nt", reason="no pseudo-terminals")
def test_a_terminal_shows_how_far_it_is_how_fast_and_how_long_it_takes(tmp_path):
    reading, terminal = os.openpty()
    environment = {name: value for name, value in os.environ.items() if name not in {"CI", "NO_COLOR"}}
    line = [*COMMAND, str(tmp_path / "corpus"), "--events", "40000"]
    with subprocess.Popen(
        line, stderr=terminal, env=environment | {"TERM": "xterm", "COLUMNS": "100"}
    ) as process:
        os.close(terminal)
        shown = b""
        while True:
            try:
                read = os.read(reading, 65536)
            except OSError:  # what reading gives on Linux when the other side is closed
                break
            if not read:
                break
            shown += read
    os.close(reading)

    assert process.returncode == 0
    assert re.search(rb"\d+/40000", shown)
    assert re.search(rb"[\d,]+ events/s", shown)
    assert re.search(rb"\d:\d\d:\d\d", shown)


def test_progress_is_shown_on_a_terminal_only(tmp_path):
    result = make(tmp_path / "corpus", "--events", "50")

    assert result.out == b""
    assert "\x1b" not in result.err
    assert "50 events" in result.err
