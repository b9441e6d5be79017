from __future__ import annotations

import os
import stat
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from emitter.core.secrets import Secret
from emitter.delivery.vault import Vault, key_file_beside
from emitter.errors import InvalidSettingError, SecretTokenError

KEY_FILE = Path("record.sqlite.key")
# The specification of Fernet gives this key, this token and its plain text as its test vector "generate".
KEY = "cw_0x689RpI-jtRR7oE8h_eQsKImvJapLeSbXpwF4e4="
TOKEN = "gAAAAAAdwJ6wAAECAwQFBgcICQoLDA0ODy021cpGVWKZ_eEwCGM4BLLF_5CV9dOPmrhuVUPgJobwOz7JcbmrR64jVmpU4IwqDA=="


@pytest.fixture
def vault():
    return Vault(KEY_FILE, environ={})


@pytest.mark.parametrize("text", ["one", "gâteau ☎ \N{FIRE ENGINE}", " x ", "x" * 10_000, ""])
def test_what_is_sealed_can_be_opened(vault, text):
    sealed = vault.seal(Secret(text))

    assert vault.open(sealed) == Secret(text)
    assert text == "" or text not in sealed


def test_the_published_vector_is_opened():
    assert Vault(KEY_FILE, environ={"ZOOM_EMITTER_KEY": KEY}).open(TOKEN) == Secret("hello")
    assert not KEY_FILE.exists()


def test_the_same_secret_is_sealed_differently_each_time(vault):
    assert vault.seal(Secret("a")) != vault.seal(Secret("a"))


def test_another_run_opens_it_with_the_key_file(vault):
    sealed = vault.seal(Secret("a"))

    assert Vault(KEY_FILE, environ={}).open(sealed) == Secret("a")


@pytest.mark.skipif(os.name != "posix", reason="the system knows no modes")
def test_only_the_owner_can_read_the_key(vault):
    vault.seal(Secret("a"))

    assert stat.S_IMODE(KEY_FILE.stat().st_mode) == 0o600


def test_the_key_lies_beside_the_record():
    assert key_file_beside(Path("/data/record.sqlite")) == Path("/data/record.sqlite.key")


def test_another_key_opens_nothing(vault):
    sealed = vault.seal(Secret("canary"))

    with pytest.raises(SecretTokenError, match="sealed with another key than ZOOM_EMITTER_KEY") as caught:
        Vault(KEY_FILE, environ={"ZOOM_EMITTER_KEY": KEY}).open(sealed)

    assert "canary" not in str(caught.value)
    assert KEY not in str(caught.value)


@pytest.mark.parametrize("sealed", ["", "not sealed", "gAAAA", "é"])
def test_what_was_never_sealed_is_refused(vault, sealed):
    vault.seal(Secret("makes the key"))

    with pytest.raises(SecretTokenError):
        vault.open(sealed)


def test_opening_makes_no_key(vault):
    with pytest.raises(InvalidSettingError, match=r"cannot read the key file record\.sqlite\.key"):
        vault.open(TOKEN)

    assert not KEY_FILE.exists()


@pytest.mark.parametrize("key", ["short", "é" * 44, KEY[:-2], f"{KEY[:-1]}x"])
def test_a_key_that_is_none_is_one_clear_line_without_the_key(key):
    with pytest.raises(
        InvalidSettingError, match=r"ZOOM_EMITTER_KEY does not hold a key.*make one with"
    ) as caught:
        Vault(KEY_FILE, environ={"ZOOM_EMITTER_KEY": key}).seal(Secret("a"))

    assert key not in str(caught.value)


@pytest.mark.parametrize("content", [b"\xff" * 44, b"no key"])
def test_a_key_file_that_holds_none_is_one_clear_line(vault, content):
    KEY_FILE.write_bytes(content)

    with pytest.raises(InvalidSettingError, match=r"record\.sqlite\.key"):
        vault.seal(Secret("a"))

    assert KEY_FILE.read_bytes() == content


def test_a_key_file_that_cannot_be_made_is_one_clear_line():
    with pytest.raises(InvalidSettingError, match="give a key as ZOOM_EMITTER_KEY"):
        Vault(Path("nowhere/record.key"), environ={}).seal(Secret("a"))


def test_the_key_is_waited_for_while_another_process_writes_it(vault):
    KEY_FILE.touch()
    writing = threading.Timer(0.1, KEY_FILE.write_text, [KEY])
    writing.start()

    sealed = vault.seal(Secret("a"))

    writing.join()
    assert Vault(KEY_FILE, environ={"ZOOM_EMITTER_KEY": KEY}).open(sealed) == Secret("a")


def test_threads_that_seal_at_once_make_one_key(vault):
    sealed: list[str] = []
    threads = [threading.Thread(target=lambda: sealed.append(vault.seal(Secret("a")))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert [vault.open(each) for each in sealed] == [Secret("a")] * 8


def test_a_vault_does_not_show_its_key(vault):
    vault.seal(Secret("a"))

    assert repr(vault) == "Vault('record.sqlite.key')"
    assert KEY not in repr(Vault(KEY_FILE, environ={"ZOOM_EMITTER_KEY": KEY}))


def test_the_cipher_is_loaded_only_when_it_is_needed():
    code = "import sys, emitter.delivery.vault as _; print('cryptography' in sys.modules)"
    printed = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert printed.stdout == "False\n"
