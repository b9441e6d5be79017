import pytest

from emitter.cli.columns import in_columns

ROWS = [("short", "A text of several words that has to wrap somewhere."), ("  a.longer.name", ""), ("x", "y")]


def test_without_a_width_every_row_is_one_line():
    assert in_columns(ROWS, width=None) == [
        "short            A text of several words that has to wrap somewhere.",
        "  a.longer.name",
        "x                y",
    ]


def test_texts_wrap_beside_the_names_where_there_is_room():
    assert in_columns(ROWS, width=50) == [
        "short            A text of several words that has",
        "                 to wrap somewhere.",
        "  a.longer.name",
        "x                y",
    ]


def test_texts_stand_below_the_names_where_there_is_none():
    assert in_columns(ROWS, width=40) == [
        "short",
        "    A text of several words that has to",
        "    wrap somewhere.",
        "  a.longer.name",
        "x",
        "    y",
    ]


@pytest.mark.parametrize("width", [1, 10, 48, 49, 200])
def test_names_and_long_words_are_never_cut(width):
    lines = in_columns([("a-name-that-is.rather-long", "w" * 90)], width=width)

    assert lines[0].startswith("a-name-that-is.rather-long")
    assert any("w" * 90 in line for line in lines)


def test_no_rows_are_no_lines():
    assert in_columns([], width=80) == []
