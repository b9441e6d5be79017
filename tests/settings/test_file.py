from __future__ import annotations

from pathlib import Path

import pytest

from emitter.errors import InvalidSettingError, UnknownNameError
from emitter.settings.file import load_settings


def settings_from(text, name="zoom-emitter.toml"):
    Path(name).write_text(text, encoding="utf-8")
    return load_settings(Path.cwd())


def test_a_folder_without_settings_has_none():
    assert load_settings(Path.cwd()).receivers == {}


def test_a_receiver_has_its_own_values_over_the_defaults():
    settings = settings_from(
        'timeout = "5s"\ninsecure = true\n[receivers.app]\nurl = "http://app:3000/"\ntimeout = "1s"\n'
    )

    assert settings.receiver("app") == {"url": "http://app:3000/", "timeout": "1s", "insecure": True}


def test_pyproject_holds_settings_too():
    settings = settings_from(
        '[tool.zoom-emitter.receivers.app]\nurl = "http://localhost/"\n', name="pyproject.toml"
    )

    assert settings.receiver("app") == {"url": "http://localhost/"}


def test_a_pyproject_of_others_is_left_alone():
    assert settings_from('[tool.other]\nkey = "x"\n', name="pyproject.toml").defaults == {}


def test_the_own_file_wins_over_pyproject():
    settings_from('[tool.zoom-emitter]\ntimeout = "1s"\n', name="pyproject.toml")

    assert settings_from('timeout = "2s"\n').defaults == {"timeout": "2s"}


@pytest.mark.parametrize(
    ("text", "nearest"),
    [
        ('timeoutt = "1s"', "timeout"),
        ('[receivers.app]\nurl = "http://x/"\nalow-host = ["a"]', "allow-host"),
        ('[receiver.app]\nurl = "http://x/"', "receivers"),
    ],
)
def test_an_unknown_key_is_refused_with_the_nearest(text, nearest):
    with pytest.raises(UnknownNameError) as caught:
        settings_from(text)

    assert caught.value.suggestions == (nearest,)


@pytest.mark.parametrize(
    "text",
    [
        "timeout = ",
        "timeout = 5",
        'insecure = "yes"',
        'allow-host = "one"',
        "receivers = 3",
        "[receivers]\napp = 3",
        '[receivers.app]\ntimeout = "1s"',
    ],
    ids=["no toml", "number", "text for yes or no", "text for list", "no table", "no tables", "no url"],
)
def test_a_value_of_the_wrong_kind_is_refused(text):
    with pytest.raises(InvalidSettingError, match=r"zoom-emitter\.toml"):
        settings_from(text)


def test_an_unknown_receiver_is_refused_with_the_nearest():
    settings = settings_from('[receivers.my-app]\nurl = "http://localhost/"\n')

    with pytest.raises(UnknownNameError, match="did you mean 'my-app'"):
        settings.receiver("myapp")
