"""The laptop's client never looks at the user's settings; AWS's client says what is wrong with them."""

from pathlib import Path

import pytest

from invocation import ClientSettingsError, local_runtime_client, runtime_client

VARIABLES = {
    "AWS_ENDPOINT_URL_SAGEMAKER_RUNTIME": "http://127.0.0.1:4578",
    "AWS_ACCESS_KEY_ID": "test",
    "AWS_SECRET_ACCESS_KEY": "test",
}


@pytest.fixture
def _missing_profile(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_PROFILE", "nowhere")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "none"))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "none"))


@pytest.mark.usefixtures("_missing_profile")
def test_the_laptops_client_ignores_a_profile() -> None:
    """`eval "$(seatrial local env)"` hides the file that a profile of the user's own stands in."""
    client = local_runtime_client("us-east-1", VARIABLES)
    assert client.meta.endpoint_url == "http://127.0.0.1:4578"


@pytest.mark.usefixtures("_missing_profile")
def test_a_profile_that_isnt_there_is_the_users_to_mend() -> None:
    """AWS's own words, and where to look; no bug of ours."""
    with pytest.raises(ClientSettingsError, match=r"nowhere.*Check AWS_PROFILE"):
        runtime_client("us-east-1")
