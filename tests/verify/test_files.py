"""A file is written whole, through links, and over nothing but files."""

import os

import pytest

from verify.errors import UsageError
from verify.files import check_writable, expect_writable, write_text


def test_a_link_is_followed(tmp_path):
    (tmp_path / "there").mkdir()
    link = tmp_path / "link.txt"
    link.symlink_to(tmp_path / "there" / "file.txt")
    write_text(link, "words")
    assert link.is_symlink()
    assert (tmp_path / "there" / "file.txt").read_text() == "words"


def test_what_is_no_file_is_left_alone(tmp_path):
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    for write in (check_writable, lambda path: write_text(path, "words")):
        with pytest.raises(OSError, match="not a regular file"):
            write(pipe)
    with pytest.raises(UsageError, match=r"^--out: cannot write .*/pipe: not a regular file; "):
        expect_writable("--out", pipe)
    assert pipe.is_fifo()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["pipe"]
