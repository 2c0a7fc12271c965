"""The public names, and that the package's own example is true."""

import contextlib
import io
import textwrap

import pytest

import tmtail


@pytest.mark.parametrize("name", tmtail.__all__)
def test_every_public_name_is_there(name: str) -> None:
    assert getattr(tmtail, name).__name__ in (name, "get")


def test_a_name_that_is_not_there() -> None:
    with pytest.raises(AttributeError, match="has no attribute 'rnu'"):
        tmtail.rnu  # noqa: B018


def test_the_example_of_the_package() -> None:
    example = textwrap.dedent((tmtail.__doc__ or "").partition("::\n")[2])
    with contextlib.redirect_stdout(io.StringIO()) as printed:
        exec(example, {})
    assert printed.getvalue().rstrip().endswith("answer: 1, 2, 3")
