"""Files and folders that appear complete or not at all."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tm.support.files import (
    FolderInUseError,
    atomic_file,
    atomic_folder,
    name_in_errors,
    remove_drafts,
    sole_writer,
    write_text,
)


def names_in(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


def test_a_file_replaces_the_old_one_when_its_block_ends(tmp_path: Path) -> None:
    write_text(tmp_path / "a.txt", "old")
    with atomic_file(tmp_path / "a.txt") as draft:
        draft.write_text("new")
        assert (tmp_path / "a.txt").read_text() == "old"
    assert (tmp_path / "a.txt").read_text() == "new"
    assert names_in(tmp_path) == {"a.txt"}


def test_a_failure_leaves_the_old_file_and_no_draft(tmp_path: Path) -> None:
    write_text(tmp_path / "a.txt", "old")
    with pytest.raises(ZeroDivisionError), atomic_file(tmp_path / "a.txt") as draft:
        draft.write_text(str(1 // 0))
    assert (tmp_path / "a.txt").read_text() == "old"
    assert names_in(tmp_path) == {"a.txt"}


@pytest.mark.parametrize("parent", ["missing", "a.txt"])
def test_an_error_names_the_file_and_not_its_draft(tmp_path: Path, parent: str) -> None:
    write_text(tmp_path / "a.txt", "a file and no folder")
    file = tmp_path / parent / "b.txt"
    with pytest.raises((FileNotFoundError, NotADirectoryError)) as caught:
        write_text(file, "b")
    assert caught.value.filename == str(file)


def test_a_folder_appears_when_its_block_ends(tmp_path: Path) -> None:
    with atomic_folder(tmp_path / "model") as draft:
        (draft / "weights").write_text("w")
        assert names_in(tmp_path) == {"model.part"}
    assert names_in(tmp_path) == {"model"}
    assert names_in(tmp_path / "model") == {"weights"}


def test_a_failure_leaves_no_folder(tmp_path: Path) -> None:
    with pytest.raises(ZeroDivisionError), atomic_folder(tmp_path / "model") as draft:
        (draft / "weights").write_text(str(1 // 0))
    assert names_in(tmp_path) == set()


def test_a_draft_of_a_killed_process_is_discarded(tmp_path: Path) -> None:
    (tmp_path / "model.part").mkdir()
    (tmp_path / "model.part" / "stale").touch()
    with atomic_folder(tmp_path / "model") as draft:
        assert names_in(draft) == set()


def test_an_existing_folder_is_not_replaced(tmp_path: Path) -> None:
    (tmp_path / "model").mkdir()
    (tmp_path / "model" / "weights").write_text("old")
    with pytest.raises(OSError, match="model"), atomic_folder(tmp_path / "model") as draft:
        (draft / "weights").write_text("new")
    assert (tmp_path / "model" / "weights").read_text() == "old"
    assert names_in(tmp_path) == {"model"}


def test_other_processes_of_a_run_share_the_draft_and_leave_it(tmp_path: Path) -> None:
    with atomic_folder(tmp_path / "model") as draft:
        (draft / "weights").write_text("w")
        with atomic_folder(tmp_path / "model", is_writer=False) as shared:
            assert shared == draft
        assert names_in(draft) == {"weights"}
    assert names_in(tmp_path) == {"model"}


def test_system_errors_name_the_file(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="full") as caught, name_in_errors(tmp_path / "a.txt"):
        raise OSError(28, "full")
    assert caught.value.filename == str(tmp_path / "a.txt")


def test_a_folder_has_one_writer(tmp_path: Path) -> None:
    out = tmp_path / "out"
    with sole_writer(out), pytest.raises(FolderInUseError, match="out"), sole_writer(out):
        pass


def test_drafts_are_removed_and_files_of_others_are_kept(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    kept = {".lock", "data", ".notes.part", "a.1.part", ".b.2.part", ".hidden"}
    for name in (*kept - {".lock", "data", ".b.2.part"}, "data/.c.txt.17.part", ".a.txt.1.part"):
        (tmp_path / name).touch()
    (tmp_path / ".b.2.part").mkdir()
    with sole_writer(tmp_path):
        assert (tmp_path / ".a.txt.1.part").exists()  # the folder may be another's
        remove_drafts(tmp_path)
    assert names_in(tmp_path) == kept
    assert names_in(tmp_path / "data") == {".c.txt.17.part"}  # perhaps another writer's


def test_nothing_is_written_through_a_link(tmp_path: Path) -> None:
    victim = tmp_path / "victim"
    victim.write_text("precious")
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / ".lock").symlink_to(victim)
    with pytest.raises(OSError, match="is a link"), sole_writer(tmp_path / "out"):
        pass
    (tmp_path / "out" / "a.txt").symlink_to(victim)
    write_text(tmp_path / "out" / "a.txt", "new")
    assert (tmp_path / "out" / "a.txt").read_text() == "new"
    draft = tmp_path / "out" / f".b.txt.{os.getpid()}.part"
    draft.symlink_to(victim)
    write_text(tmp_path / "out" / "b.txt", "new")
    assert victim.read_text() == "precious"
