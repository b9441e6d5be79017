from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emitter.core.secrets import SecretToken
from emitter.delivery.secret_sources import (
    FromEnvFile,
    FromEnvironment,
    FromFile,
    Sealed,
    find_secret,
    from_text,
    read,
    to_text,
)
from emitter.delivery.vault import Vault
from emitter.errors import SecretTokenError

SECRET = SecretToken("4fv1RkqGQUq5sWbEz6hA5A")
TEXT = SECRET.reveal()
NAME = "ZOOM_WEBHOOK_SECRET_TOKEN"


def found(*, file=None, env_file=None, **environ):
    return find_secret(file=file, env_file=env_file, environ=environ)


@pytest.mark.parametrize("name", [NAME, "ZOOM_WEBHOOK_SECRET", "WEBHOOK_SECRET_TOKEN"])
def test_the_environment_holds_it_under_one_of_three_names(name):
    assert found(**{name: TEXT}) == (SECRET, FromEnvironment(name))


def test_the_first_name_that_holds_something_wins():
    environ = {"WEBHOOK_SECRET_TOKEN": "third", "ZOOM_WEBHOOK_SECRET": TEXT, NAME: ""}

    assert found(**environ) == (SECRET, FromEnvironment("ZOOM_WEBHOOK_SECRET"))


def test_a_file_wins_over_an_env_file_and_that_over_the_environment():
    Path("secret").write_text("from-file")
    Path(".env").write_text(f"{NAME}=from-env-file")
    both = {"env_file": Path(".env"), NAME: "from-environment"}

    assert found(file=Path("secret"), **both)[0].reveal() == "from-file"
    assert found(**both)[0].reveal() == "from-env-file"


def test_where_it_was_found_is_kept_with_its_whole_path():
    Path("secret").write_text(TEXT)
    Path(".env").write_text(f"ZOOM_WEBHOOK_SECRET={TEXT}")

    assert found(file=Path("secret"))[1] == FromFile(str(Path.cwd() / "secret"))
    assert found(env_file=Path(".env"))[1] == FromEnvFile(str(Path.cwd() / ".env"), "ZOOM_WEBHOOK_SECRET")


@pytest.mark.parametrize("end", [b"", b"\n", b"\r\n"], ids=["none", "unix", "windows"])
@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"], ids=["plain", "byte order mark"])
def test_one_line_break_at_the_end_belongs_to_the_file(end, mark):
    Path("secret").write_bytes(mark + TEXT.encode() + end)

    assert found(file=Path("secret"))[0] == SECRET


@pytest.mark.parametrize(
    "content", [f"{TEXT}\n\n", f"{TEXT} \n", f" {TEXT}", f"\n{TEXT}", f"{TEXT}\t", "\r\n\r\n"]
)
def test_other_white_space_at_the_ends_of_a_file_is_refused(content):
    Path("secret").write_bytes(content.encode())

    with pytest.raises(
        SecretTokenError, match=r"secret: the secret token has white space at its ends"
    ) as caught:
        found(file=Path("secret"))

    assert TEXT not in str(caught.value)


@pytest.mark.parametrize("content", [b"", b"\n"])
def test_an_empty_file_is_refused(content):
    Path("secret").write_bytes(content)

    with pytest.raises(SecretTokenError, match="secret: the secret token is empty"):
        found(file=Path("secret"))


def test_a_file_that_is_not_text_is_refused():
    Path("secret").write_bytes(b"\xff\xfe")

    with pytest.raises(SecretTokenError, match="not UTF-8 text"):
        found(file=Path("secret"))


@pytest.mark.parametrize("which", ["file", "env_file"])
@pytest.mark.parametrize("path", ["nowhere", "."], ids=["missing", "folder"])
def test_a_file_that_cannot_be_read_is_one_clear_line(which, path):
    with pytest.raises(SecretTokenError, match=r"cannot read .*; name a readable file"):
        found(**{which: Path(path)})


@pytest.mark.parametrize(
    ("environ", "message"),
    [
        ({}, "no secret token: the environment has no ZOOM_WEBHOOK_SECRET_TOKEN; set it, or give --secret"),
        ({NAME: ""}, "ZOOM_WEBHOOK_SECRET_TOKEN in the environment is empty"),
        ({NAME: f"{TEXT}\n"}, "environment variable ZOOM_WEBHOOK_SECRET_TOKEN: .* white space"),
        ({NAME: "\udcff"}, "not valid Unicode"),
    ],
    ids=["none", "empty", "white space", "not text"],
)
def test_a_secret_that_cannot_be_had_is_one_clear_line(environ, message):
    with pytest.raises(SecretTokenError, match=message) as caught:
        found(**environ)

    assert TEXT not in str(caught.value)


@pytest.mark.parametrize(
    ("line", "value"),
    [
        (f"{NAME}=abc", "abc"),
        (f"export {NAME}=abc", "abc"),
        (f"  {NAME} = abc  ", "abc"),
        (f'{NAME}="a b # c"', "a b # c"),
        (f"{NAME}='a \"b\" \\n'", 'a "b" \\n'),
        (f'{NAME}="a\\"b\\\\c\\td"', 'a"b\\c\td'),
        (f"{NAME}=abc # a remark", "abc"),
        (f"{NAME}=abc#def", "abc#def"),
        (f'{NAME}="abc" # a remark', "abc"),
        (f"{NAME}=a=b==", "a=b=="),
        (f"{NAME}=abc\r", "abc"),
        (f"# {NAME}=no\n\nnot a line\nOTHER=1\n{NAME}=first\n{NAME}=abc\n", "abc"),
        (f'{NAME}="open', '"open'),
        (f"\ufeff{NAME}=abc", "abc"),
    ],
    ids=range(14),
)
def test_an_env_file_is_read_as_shells_and_tools_write_it(line, value):
    Path(".env").write_bytes(line.encode())

    assert found(env_file=Path(".env"))[0].reveal() == value


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("OTHER=1", "the env-file .env has no ZOOM_WEBHOOK_SECRET_TOKEN"),
        (f"{NAME}=", "ZOOM_WEBHOOK_SECRET_TOKEN in the env-file .env is empty"),
        (f"{NAME}= # a remark", "is empty"),
        (f"{NAME}=' abc'", "white space"),
    ],
)
def test_an_env_file_without_it_is_one_clear_line_though_the_environment_has_one(content, message):
    Path(".env").write_text(content)

    with pytest.raises(SecretTokenError, match=message):
        found(env_file=Path(".env"), **{NAME: TEXT})


def test_a_later_run_reads_it_from_where_it_was():
    Path("secret").write_text(TEXT)
    Path(".env").write_text(f"{NAME}={TEXT}")

    assert read(FromEnvironment("MY_SECRET"), None, environ={"MY_SECRET": TEXT}) == SECRET
    assert read(FromFile("secret"), None) == SECRET
    assert read(FromEnvFile(".env", NAME), None) == SECRET


def test_a_sealed_one_is_opened_by_the_vault():
    vault = Vault(Path("key"), environ={})

    assert read(Sealed(vault.seal(SECRET)), vault) == SECRET


def test_a_sealed_one_cannot_be_read_without_the_vault():
    with pytest.raises(SecretTokenError, match="sealed in the record"):
        read(Sealed("gAAAA"), None)


@pytest.mark.parametrize(
    "source",
    [FromEnvironment("MY_SECRET"), FromFile("nowhere"), FromEnvFile("nowhere", NAME)],
    ids=lambda source: type(source).__name__,
)
def test_one_that_is_not_there_any_more_is_named(source):
    with pytest.raises(SecretTokenError, match=r"MY_SECRET|nowhere"):
        read(source, None, environ={})


@pytest.mark.parametrize(
    "source",
    [FromEnvironment("A"), FromFile("/a 'b'/ü"), FromEnvFile("/.env", "A"), Sealed("gAAAA")],
    ids=lambda source: type(source).__name__,
)
def test_a_source_is_read_as_it_was_written(source):
    assert from_text(to_text(source)) == source


NO_SOURCES = ["[]", "1", "{}", '{"from":"file"}', '{"from":["file"]}', '{"from":"file","name":"A"}']


@given(st.text() | st.sampled_from(NO_SOURCES))
def test_text_that_is_no_source_is_a_value_error(text):
    with pytest.raises(ValueError, match="not a source of a secret"):
        from_text(text)
