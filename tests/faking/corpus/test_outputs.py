from __future__ import annotations

import gzip
import hashlib
import subprocess

import pytest
import zstandard

from emitter.faking.corpus.compression import opened
from emitter.faking.corpus.formats import Framing
from emitter.faking.corpus.outputs import MOST_OPEN, Outputs

FRAMED = Framing(b"[", b",", b"]")


def written(folder, pieces, **given):
    outputs = Outputs(folder, **({"framing": Framing()} | given))
    for path, data in pieces:
        outputs.write(path, data, 1)
    return outputs.finish()


def test_an_entry_says_what_the_file_is(tmp_path):
    (entry,) = written(tmp_path, [("a/b.txt", b"one"), ("a/b.txt", b"two")], framing=FRAMED)

    assert (tmp_path / "a/b.txt").read_bytes() == b"[one,two]"
    assert entry[:3] == ("a/b.txt", 2, 9)
    assert entry.sha256 == entry.content_sha256 == hashlib.sha256(b"[one,two]").hexdigest()


@pytest.mark.parametrize(("compress", "ending"), [("gzip", ".gz"), ("zstd", ".zst")])
def test_a_compressed_file_is_hashed_as_it_is_and_as_what_it_holds(tmp_path, compress, ending):
    (entry,) = written(tmp_path, [("a.txt", b"one" * 1000), ("a.txt", b"two")], compress=compress)
    raw = (tmp_path / f"a.txt{ending}").read_bytes()

    content = (
        gzip.decompress(raw) if compress == "gzip" else zstandard.ZstdDecompressor().stream_reader(raw).read()
    )
    assert content == b"one" * 1000 + b"two"
    assert entry.size == len(raw) < 1000
    assert entry.sha256 == hashlib.sha256(raw).hexdigest()
    assert entry.content_sha256 == hashlib.sha256(content).hexdigest()
    with opened(tmp_path / f"a.txt{ending}") as file:
        assert file.read() == content


def test_a_gzip_file_holds_no_time_and_no_name(tmp_path):
    written(tmp_path, [("a.txt", b"one")], compress="gzip")
    head = (tmp_path / "a.txt.gz").read_bytes()[:10]

    assert head[3] == 0
    assert head[4:8] == bytes(4)


@pytest.mark.parametrize("compress", ["none", "gzip", "zstd"])
def test_many_files_are_written_with_few_of_them_open(tmp_path, compress):
    paths = [f"{number}.txt" for number in range(MOST_OPEN * 2)]
    entries = written(
        tmp_path, [(path, b"%d\n" % turn) for turn in range(3) for path in paths], compress=compress
    )

    assert len(entries) == len(paths)
    for entry in entries:
        with opened(tmp_path / entry.path) as file:
            assert file.read() == b"0\n1\n2\n"
        assert entry.sha256 == hashlib.sha256((tmp_path / entry.path).read_bytes()).hexdigest()


def test_files_that_were_left_are_gone_on_with_from_where_they_were_noted(tmp_path):
    outputs = Outputs(tmp_path, framing=FRAMED)
    outputs.write("a.txt", b"one", 1)
    noted = outputs.sizes()
    outputs.write("a.txt", b"half of it", 1)
    outputs.close()

    again = Outputs(tmp_path, framing=FRAMED)
    again.go_on(noted)
    again.write("a.txt", b"two", 1)
    (entry,) = again.finish()

    assert (tmp_path / "a.txt").read_bytes() == b"[one,two]"
    assert entry.events == 2
    assert entry.sha256 == hashlib.sha256(b"[one,two]").hexdigest()


def test_the_zstd_command_reads_what_was_compressed(tmp_path):
    written(tmp_path, [("a.txt", b"one"), ("a.txt", b"two")], compress="zstd")
    try:
        output = subprocess.run(
            ["zstd", "-dc", str(tmp_path / "a.txt.zst")], capture_output=True, check=True
        ).stdout
    except FileNotFoundError:
        pytest.skip("zstd is not here")

    assert output == b"onetwo"
