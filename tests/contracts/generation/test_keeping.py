from __future__ import annotations

from contracts.generation.keeping import MOST_KEPT, KeptBodies

EVENT = "revenue_accelerator.playlist_create"


def test_what_is_kept_is_there_the_next_time(tmp_path):
    KeptBodies(tmp_path, receiver="http://localhost:3000/").keep("G01", EVENT, b"\xff{}")

    kept = KeptBodies(tmp_path, receiver="http://localhost:3000/")
    assert kept.bodies("G01", EVENT) == [b"\xff{}"]
    assert kept.bodies("G02", EVENT) == kept.bodies("G01", "other") == []
    assert KeptBodies(tmp_path, receiver="http://localhost:4000/").bodies("G01", EVENT) == []

    kept.drop("G01", EVENT, b"\xff{}")
    assert kept.bodies("G01", EVENT) == []


def test_the_oldest_go_first(tmp_path):
    kept = KeptBodies(tmp_path, receiver="x")
    for number in range(MOST_KEPT + 2):
        kept.keep("G01", EVENT, str(number).encode())

    assert len(kept.bodies("G01", EVENT)) == MOST_KEPT


def test_a_name_cannot_leave_the_folder(tmp_path):
    kept = KeptBodies(tmp_path / "cache", receiver="x")
    kept.keep("G01", "../../../../escaped", b"{}")

    assert kept.bodies("G01", "../../../../escaped") == [b"{}"]
    assert all(path.is_relative_to(tmp_path / "cache") for path in tmp_path.rglob("*.body"))
    assert not (tmp_path.parent / "escaped").exists()


def test_a_folder_that_cannot_be_used_keeps_nothing(tmp_path):
    (tmp_path / "file").write_text("")
    kept = KeptBodies(tmp_path / "file", receiver="x")

    kept.keep("G01", EVENT, b"{}")
    kept.drop("G01", EVENT, b"{}")

    assert kept.bodies("G01", EVENT) == []
