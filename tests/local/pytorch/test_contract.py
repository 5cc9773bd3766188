"""What of a request and an artifact a PyTorch container heeds."""

from pathlib import Path

from local.pytorch.contract import PyTorchPlan, forwarded_headers, pytorch_plan


def test_the_entry_point_is_the_toolkits_default(tmp_path: Path) -> None:
    """Without a variable it is inference.py, and nothing is ignored."""
    assert pytorch_plan(tmp_path, {}) == PyTorchPlan("inference.py", ())


def test_a_variable_names_another_entry_point(tmp_path: Path) -> None:
    """SAGEMAKER_PROGRAM is what the toolkit reads."""
    assert pytorch_plan(tmp_path, {"SAGEMAKER_PROGRAM": "other.py"}).default_model == "other.py"


def test_requirements_are_told_to_be_ignored(tmp_path: Path) -> None:
    """The laptop installs nothing for an endpoint, and says so."""
    (tmp_path / "code").mkdir()
    (tmp_path / "code" / "requirements.txt").touch()
    [ignored] = pytorch_plan(tmp_path, {}).ignored
    assert ignored == "code/requirements.txt is not installed: the laptop's environment stays as it is"


def test_content_type_accept_and_attributes_pass() -> None:
    """What the toolkit reads passes; signatures and the like don't."""
    headers = {"content-type": "text/csv", "accept": "application/json", "authorization": "secret"}
    headers["x-amzn-sagemaker-custom-attributes"] = "trace=1"
    assert forwarded_headers(headers) == (
        ("content-type", "text/csv"),
        ("accept", "application/json"),
        ("x-amzn-sagemaker-custom-attributes", "trace=1"),
    )
