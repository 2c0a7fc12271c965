"""Tasks by name, and tasks from files."""

import pickle
from pathlib import Path
from typing import Any

import pytest

import tasks
from tests.support.tasks.parity_task import PARITY_MACHINE, PARITY_TASK


@pytest.fixture
def parity(tmp_path):
    path = tmp_path / "parity.py"
    path.write_text(PARITY_TASK)
    path.with_suffix(".tm").write_text(PARITY_MACHINE)
    return path


def test_every_name_has_a_task() -> None:
    assert {"bubble_sort", "compare_numbers"} <= set(tasks.names())
    assert tuple(task.name for task in tasks.all()) == tasks.names()
    for task in tasks.all():
        assert task.path.parent.name == task.paradigm
        assert tasks.get(task.name) == task


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("bubblesort", "did you mean `bubble_sort`"),
        ("quicksort", "there are"),
        ("../x", "is not a task name"),
        ("/etc/passwd", "is not a task name"),
        ("a" * 300, "is not a task name"),
        ("bubble_sort\n", "is not a task name"),
        ("os.path", "is not a task name"),
        ("mine/parity.py", "a file is read by `task_from_file`"),
        ("", "is not a task name"),
        ("corpus", "no task is called `corpus`"),
        ("bubble_ſort", "is not a task name"),
    ],
)
def test_invalid_names_are_rejected(name: str, message: str) -> None:
    with pytest.raises(ValueError, match=message) as error:
        tasks.get(name)
    assert len(str(error.value)) < 600  # the message lists the names and cuts a long one


@pytest.mark.parametrize("name", tasks.names())
def test_shipped_tasks_pass_the_checks_of_own_tasks(name: str) -> None:
    assert tasks.from_file(tasks.get(name).path).name == name


def test_options_are_fields_of_the_class() -> None:
    task = tasks.get("bubble_sort", ranges={"S": (2, 2)})
    assert task.length(task.draw(tasks.Stream("x").at(0), "S")) == 2
    with pytest.raises(ValueError, match="no option is called `size`; there are ranges"):
        tasks.get("bubble_sort", size=3)


@pytest.mark.parametrize("length_range", [(0, 3), (4, 2), 0, "X", "s", ""])
def test_invalid_length_ranges_are_rejected(length_range: Any) -> None:
    with pytest.raises(ValueError, match="range"):
        tasks.get("bubble_sort").draw(tasks.Stream("x").at(0), length_range)


def test_ranges_are_checked_when_the_task_is_built() -> None:
    with pytest.raises(ValueError, match="1 ≤ least ≤ greatest"):
        tasks.get("bubble_sort", ranges={"S": (3, 2)})


def test_tasks_are_immutable() -> None:
    with pytest.raises(AttributeError):
        tasks.get("bubble_sort").ranges = {}  # type: ignore[misc]
    with pytest.raises(TypeError):
        tasks.get("bubble_sort").ranges["S"] = (1, 9)  # type: ignore[index]


def test_a_task_from_a_file(parity: Path) -> None:
    task = tasks.from_file(parity)
    instance = task.draw(tasks.Stream("x").at(1), 7)
    assert task.name == "parity"
    assert task.answer(instance) == ("odd" if instance.bits.count("1") % 2 else "even")
    assert task.check(instance, f"answer: {task.answer(instance)}").correct
    assert tasks.from_file(str(parity)) == task
    assert tasks.from_file(parity, odd="0") != task
    assert "parity" not in tasks.names()


def test_a_shipped_file_yields_the_shipped_class() -> None:
    task = tasks.get("bubble_sort")
    assert type(tasks.from_file(task.path)) is type(task)


def test_tasks_can_be_pickled(parity: Path) -> None:
    for task in (tasks.get("compare_numbers", plain=True), tasks.from_file(parity, odd="0")):
        assert task.table.states  # the table is not pickled
        pickled = pickle.dumps(task)
        assert len(pickled) < 1000
        assert pickle.loads(pickled) == task


def test_invalid_files_are_rejected(parity: Path, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="there is no file"):
        tasks.from_file(tmp_path / "nothing.py")
    with pytest.raises(ValueError, match="is not the file of a task"):
        tasks.from_file(parity.with_suffix(".tm"))
    with pytest.raises(ValueError, match="is not the file of a task"):
        tasks.from_file(tmp_path / "My Task.py")
    parity.with_suffix(".tm").rename(tmp_path / "two.tm")
    with pytest.raises(ValueError, match=r"there is no file .*parity\.tm"):
        tasks.from_file(parity)
    (tmp_path / "two.py").write_text(PARITY_TASK + "\n\nclass Other(Parity): ...\n")
    with pytest.raises(ValueError, match="defines 2 tasks; it must define one"):
        tasks.from_file(tmp_path / "two.py")


def test_missing_attributes_are_named(parity: Path) -> None:
    parity.write_text(
        PARITY_TASK.replace("kind = choice", "sort = choice").replace("def tiny", "def wee")
    )
    with pytest.raises(ValueError, match=r"Parity does not define kind, tiny$"):
        tasks.from_file(parity)


WORDINGS_LINE = next(line for line in PARITY_TASK.splitlines() if line.startswith("    wordings"))


def test_wordings_are_the_paragraphs_of_a_prompts_file(parity: Path) -> None:
    parity.write_text(PARITY_TASK.replace(WORDINGS_LINE, ""))
    parity.with_suffix(".prompts.txt").write_text("Odd?\n{bits}\n \n\nEven? {bits}\n")
    task = tasks.from_file(parity)
    assert task.wordings == ("Odd? {bits}", "Even? {bits}")
    instance = task.instance.from_json('{"bits": "01", "first": "c"}')
    assert task.prompt(instance, 1) == "Even? 01 Labels start at c.\n"


@pytest.mark.parametrize("content", [None, "", "\n \n"])
def test_a_missing_or_empty_prompts_file_is_named(parity: Path, content: str | None) -> None:
    parity.write_text(PARITY_TASK.replace(WORDINGS_LINE, ""))
    if content is not None:
        parity.with_suffix(".prompts.txt").write_text(content)
    with pytest.raises(ValueError, match=r"parity has no wordings: write them to .*\.prompts"):
        tasks.from_file(parity)


def test_the_digest_of_a_task_changes_with_its_prompts(parity: Path) -> None:
    digest = tasks.from_file(parity).source_digest
    parity.with_suffix(".prompts.txt").write_text("Odd? {bits}\n")
    assert tasks.from_file(parity).source_digest != digest


def test_a_failing_file_fails_on_every_import(parity: Path) -> None:
    parity.write_text("raise KeyError('first')")
    for _ in range(2):
        with pytest.raises(KeyError, match="first"):
            tasks.from_file(parity)


def test_a_file_that_changed_is_run_again(parity: Path) -> None:
    first = tasks.from_file(parity)
    assert type(tasks.from_file(parity)) is type(first)
    parity.write_text(parity.read_text().replace("M=(5, 8)", "M=(5, 9)"))
    second = tasks.from_file(parity)
    assert (first.ranges["M"], second.ranges["M"]) == ((5, 8), (5, 9))
    for task in (first, second):
        assert type(pickle.loads(pickle.dumps(task))) is type(task)
