from __future__ import annotations

import hashlib
import json
import shutil

import pytest

from emitter.core.secrets import SecretToken
from emitter.core.signing import sign
from emitter.faking.corpus.requests import TEST_SECRET_TOKEN
from tests.support.command import zoom_emitter


def verify(*arguments):
    return zoom_emitter("corpus", "verify", *map(str, arguments))


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    folder = tmp_path_factory.mktemp("whole") / "corpus"
    made = zoom_emitter("corpus", "make", str(folder))
    assert made.status == 0, made.err
    return folder


@pytest.fixture
def corpus(whole, tmp_path):
    return shutil.copytree(whole, tmp_path / "corpus")


def change_line(corpus, change):
    """Change the second line of the events, and the manifest so that its hash is right again."""
    path = corpus / "realistic/events.jsonl"
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    value = json.loads(lines[1])
    change(value)
    lines[1] = json.dumps(value, ensure_ascii=False) + "\n"
    path.write_text("".join(lines), encoding="utf-8")
    manifest_path = corpus / "manifest.json"
    manifest = json.loads(manifest_path.read_bytes())
    entry = next(file for file in manifest["files"] if file["path"] == "realistic/events.jsonl")
    content = path.read_bytes()
    entry |= {"size": len(content), "sha256": hashlib.sha256(content).hexdigest()}
    manifest_path.write_text(json.dumps(manifest))


def change_manifest(corpus, **values):
    path = corpus / "manifest.json"
    path.write_text(json.dumps(json.loads(path.read_bytes()) | values))


def test_a_whole_corpus_is_found_whole_and_comes_out_again(whole):
    result = verify(whole)

    assert result.status == 0, result.err
    assert "is whole" in result.text
    assert "comes out the same when made again" in result.text


@pytest.mark.parametrize(
    "options",
    [
        ["--events", "300", "--compress", "gzip"],
        ["--events", "300", "--compress", "zstd"],
        ["--events", "300", "--partition", "day", "--shard", "2/3"],
        ["--events", "300", "--duplicates", "5%", "--late", "3%"],
        ["--stories", "9", "--format", "files"],
        ["--stories", "9", "--format", "http"],
        ["--stories", "9", "--format", "har"],
        ["--events", "50", "--locale", "de_DE", "--seed", "x y"],
    ],
    ids=" ".join,
)
def test_every_kind_of_corpus_can_be_checked(tmp_path, options):
    assert zoom_emitter("corpus", "make", str(tmp_path / "corpus"), *options).status == 0
    result = verify(tmp_path / "corpus")

    assert result.status == 0, result.text + result.err
    assert "comes out the same when made again" in result.text


@pytest.mark.parametrize("name", ["events.jsonl", "events.jsonl.gz", "events.har", "events.http"])
def test_a_single_file_can_be_checked(tmp_path, name):
    assert zoom_emitter("corpus", "make", str(tmp_path / name), "--events", "20").status == 0

    assert verify(tmp_path / name).status == 0
    with (tmp_path / name).open("r+b") as file:
        file.seek(60)
        file.write(b"?")
    assert verify(tmp_path / name).status == 1


@pytest.mark.parametrize("name", ["realistic/events.jsonl", "hostile/index.json"])
def test_a_changed_byte_is_found(corpus, name):
    content = bytearray((corpus / name).read_bytes())
    content[len(content) // 2] ^= 1
    (corpus / name).write_bytes(content)
    result = verify(corpus)

    assert result.status == 1
    assert f"{name}: holds other bytes than the manifest says" in result.text
    assert "is damaged" in result.err


def test_a_missing_and_a_cut_file_are_found(corpus):
    body = next((corpus / "coverage").glob("*.body"))
    body.unlink()
    events = corpus / "realistic/events.jsonl"
    events.write_bytes(events.read_bytes()[:-10])
    result = verify(corpus)

    assert result.status == 1
    assert f"coverage/{body.name}: cannot be read: No such file" in result.text
    assert "realistic/events.jsonl: has" in result.text


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (
            lambda value: value["headers"].update({"x-zm-signature": "v0=" + "0" * 64}),
            "the signature belongs to another",
        ),
        (lambda value: value["headers"].pop("x-zm-request-timestamp"), "missing or empty"),
        (
            lambda value: value.update(body=value["body"].replace("account_id", "account")),
            "the signature belongs",
        ),
        (lambda value: value.update(event="revenue_accelerator.no_such"), "unknown event"),
        (lambda value: value.pop("body"), "is no request of a corpus"),
    ],
    ids=["signature", "timestamp", "body", "event", "no body"],
)
def test_a_wrong_line_is_found_even_where_the_manifest_was_changed_with_it(corpus, change, message):
    change_line(corpus, change)
    result = verify(corpus)

    assert result.status == 1
    assert "realistic/events.jsonl:2: " in result.text
    assert message in result.text
    assert "realistic/events.jsonl: comes out different when the corpus is made again" in result.text


def test_an_event_that_does_not_fit_its_schema_is_found_though_it_is_signed(corpus):
    def without_account(value):
        body = json.loads(value["body"])
        del body["payload"]["account_id"]
        value["body"] = json.dumps(body, ensure_ascii=False)
        value["headers"]["x-zm-signature"] = sign(
            SecretToken(TEST_SECRET_TOKEN),
            timestamp_s=value["headers"]["x-zm-request-timestamp"],
            body=value["body"].encode(),
        )

    change_line(corpus, without_account)
    result = verify(corpus)

    assert result.status == 1
    assert "account_id" in result.text


@pytest.mark.parametrize("name", ["events.har", "events.har.gz", "events.http", "events.jsonl.zst"])
def test_signatures_are_checked_in_every_format(tmp_path, name):
    (tmp_path / "other").write_text("aaaaaaaaaaaaaaaaaaaaaa")
    made = ("corpus", "make", str(tmp_path / name), "--events", "20", "--secret-token-file")
    assert zoom_emitter(*made, str(tmp_path / "other")).status == 0
    manifest = tmp_path / f"{name}.manifest.json"
    value = json.loads(manifest.read_bytes())
    manifest.write_text(json.dumps(value | {"secret_token": TEST_SECRET_TOKEN, "made_by": {"faker": "1"}}))
    result = verify(tmp_path / name)

    assert result.status == 1
    assert "not made again" in result.err
    assert f"realistic/{name}:1: the signature belongs to another secret token" in result.text
    assert result.text.count("the signature belongs") == 20


def test_signatures_of_separate_files_are_checked(tmp_path):
    folder = tmp_path / "corpus"
    made = zoom_emitter("corpus", "make", str(folder), "--stories", "2", "--format", "files")
    assert made.status == 0
    headers = min((folder / "realistic").glob("*.headers"))
    text = headers.read_text().replace("x-zm-signature: v0=", "x-zm-signature: v0=0")
    headers.write_text(text[:-1] + "\n")
    manifest = json.loads((folder / "manifest.json").read_bytes())
    entry = next(file for file in manifest["files"] if file["path"] == f"realistic/{headers.name}")
    entry |= {"size": len(headers.read_bytes()), "sha256": hashlib.sha256(headers.read_bytes()).hexdigest()}
    (folder / "manifest.json").write_text(json.dumps(manifest))
    result = verify(folder)

    assert result.status == 1
    assert f"realistic/{headers.stem}.body: " in result.text


def test_a_corpus_of_other_versions_is_checked_but_not_made_again(corpus):
    made_by = json.loads((corpus / "manifest.json").read_bytes())["made_by"]
    change_manifest(corpus, made_by=made_by | {"faker": "1.2.3"})
    result = verify(corpus)

    assert result.status == 0
    assert "not made again: made with faker 1.2.3" in result.err
    assert "comes out" not in result.text


def test_a_corpus_signed_with_a_secret_wants_it(tmp_path):
    (tmp_path / "secret").write_text("4fv1RkqGQUq5sWbEz6hA5A")
    (tmp_path / "other").write_text("aaaaaaaaaaaaaaaaaaaaaa")
    line = ("corpus", "make", str(tmp_path / "corpus"), "--events", "20", "--secret-token-file")
    assert zoom_emitter(*line, str(tmp_path / "secret")).status == 0

    assert verify(tmp_path / "corpus").status == 2
    assert "--secret-token-file" in verify(tmp_path / "corpus").err
    assert verify(tmp_path / "corpus", "--secret-token-file", tmp_path / "secret").status == 0
    assert verify(tmp_path / "corpus", "--secret-token-file", tmp_path / "other").status == 1


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"{", "is not JSON"),
        (b"[]", "is no manifest of a corpus"),
        (b'{"format": 99}', "has format 99, this version knows 1; get a newer zoom-emitter"),
        (b'{"format": 1}', "is missing; make the corpus again"),
        (
            b'{"format":1,"made_by":{},"command":"","settings":{"seed":"1"},"secret_token":null,"counts":{},"files":[]}',
            "not those this version knows",
        ),
        (
            b'{"format":1,"made_by":{},"command":"","settings":{},"secret_token":null,"counts":{},"files":[{}]}',
            "is damaged",
        ),
    ],
)
def test_a_manifest_that_cannot_be_understood_is_one_clear_line(corpus, content, message):
    (corpus / "manifest.json").write_bytes(content)
    result = verify(corpus)

    assert result.status == 2
    assert message in result.err
    assert len(result.err.splitlines()) == 1


def test_a_manifest_that_names_files_elsewhere_is_refused(corpus):
    files = json.loads((corpus / "manifest.json").read_bytes())["files"]
    change_manifest(corpus, files=[*files, files[0] | {"path": "../../secret"}])
    result = verify(corpus)

    assert result.status == 2
    assert "is not in" in result.err


def test_what_is_no_corpus_is_refused(tmp_path):
    assert "there is no manifest" in verify(tmp_path).err
    assert "there is no" in verify(tmp_path / "nowhere").err
    assert verify(tmp_path).status == verify(tmp_path / "nowhere").status == 2
