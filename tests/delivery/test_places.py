from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from emitter.delivery.places import database_place
from emitter.errors import StoreError


def test_a_place_that_is_given_wins():
    environ = {"ZOOM_EMITTER_DATABASE": "other.sqlite"}

    assert database_place("mine.sqlite", environ=environ) == Path.cwd() / "mine.sqlite"
    assert database_place(None, environ=environ) == Path.cwd() / "other.sqlite"


@pytest.mark.parametrize("environ", [{}, {"ZOOM_EMITTER_DATABASE": ""}], ids=["unset", "empty"])
def test_the_usual_place_is_the_users_data_folder_which_is_made(environ):
    path = database_place(environ=environ)

    assert isinstance(path, Path)
    assert path.name == "deliveries.sqlite"
    assert path.parent.name == "zoom-emitter"
    assert Path(os.environ["HOME"]) in path.parents
    assert path.parent.is_dir()
    if os.name == "posix":
        assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_a_data_folder_that_cannot_be_made_is_one_clear_line(monkeypatch):
    Path("file").touch()
    for variable in ("HOME", "XDG_DATA_HOME", "WIN_PD_OVERRIDE_LOCAL_APPDATA"):
        monkeypatch.setenv(variable, str(Path.cwd() / "file"))

    with pytest.raises(StoreError, match=r"cannot make the data folder .*--database FILE"):
        database_place(environ={})
