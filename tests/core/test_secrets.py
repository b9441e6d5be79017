import copy
import pickle

import pytest

from emitter.core.secrets import Secret, SecretToken
from emitter.errors import SecretTokenError

TEXT = "4fv1RkqGQUq5sWbEz6hA5A"


@pytest.mark.parametrize("secret", [Secret(TEXT), SecretToken(TEXT)], ids=["secret", "secret token"])
@pytest.mark.parametrize(
    "show",
    [repr, str, "{}".format, "{!r:>40}".format, lambda secret: repr([secret]), lambda secret: f"{secret}"],
    ids=["repr", "str", "format", "format repr", "inside a list", "f-string"],
)
def test_a_secret_never_shows_itself(secret, show):
    assert TEXT not in show(secret)
    assert "********" in show(secret)


def test_a_secret_is_shown_as_its_type_and_eight_asterisks():
    assert repr(SecretToken(TEXT)) == "SecretToken('********')"
    assert str(Secret(TEXT)) == "********"


def test_a_secret_is_revealed_when_asked():
    assert Secret(TEXT).reveal() == TEXT


def test_the_key_is_the_text_in_utf_8_and_not_decoded_from_base64():
    assert SecretToken(TEXT).key() == b"4fv1RkqGQUq5sWbEz6hA5A"
    assert SecretToken("clé").key() == b"cl\xc3\xa9"


def test_secrets_of_the_same_text_are_equal_and_hash_alike():
    assert SecretToken(TEXT) == SecretToken(TEXT)
    assert hash(SecretToken(TEXT)) == hash(SecretToken(TEXT))
    assert SecretToken(TEXT) != SecretToken("another")
    assert SecretToken(TEXT) != TEXT


def test_a_secret_has_no_attribute_dictionary_that_a_debugger_could_dump():
    assert not hasattr(SecretToken(TEXT), "__dict__")


def test_an_empty_secret_token_is_refused_with_the_way_out():
    with pytest.raises(SecretTokenError, match="the secret token is empty; copy it from the app's page"):
        SecretToken("")


@pytest.mark.parametrize(
    "text",
    [f"{TEXT}\n", f"{TEXT}\r\n", f" {TEXT}", f"{TEXT}\t", f"{TEXT}\u00a0", " "],
    ids=["line feed", "CR LF", "space in front", "tab", "no-break space", "only a space"],
)
def test_white_space_at_the_ends_is_refused_without_showing_the_token(text):
    with pytest.raises(SecretTokenError, match="white space at its ends") as refused:
        SecretToken(text)

    assert TEXT not in str(refused.value)


def test_a_lone_surrogate_is_refused_without_showing_the_token():
    with pytest.raises(SecretTokenError, match="not valid Unicode") as refused:
        SecretToken(f"{TEXT}\ud83d")

    assert TEXT not in str(refused.value)


def test_white_space_inside_is_kept():
    assert SecretToken("two words").key() == b"two words"


def test_a_secret_survives_copying():
    assert copy.deepcopy(SecretToken(TEXT)) == SecretToken(TEXT)
    assert pickle.loads(pickle.dumps(SecretToken(TEXT))) == SecretToken(TEXT)  # noqa: S301 - our own bytes
