"""The errors of missing packages name what installs them."""

from tm.support.extras import missing_package


def test_the_cause_of_an_error_without_a_name_counts() -> None:
    cause = ModuleNotFoundError("No module named 'accelerate'", name="accelerate")
    error = ModuleNotFoundError("Could not import module 'PrinterCallback'")
    assert missing_package(error) == ""
    error.__cause__ = cause
    assert missing_package(error).startswith("needs the package `accelerate`: pip install '")
