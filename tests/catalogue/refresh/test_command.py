"""``python -m catalogue.refresh``: writes whole files or none."""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import catalogue
from catalogue.refresh import __main__ as command

SHIPPED = Path(catalogue.__file__).parent / "data"


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """Copy the catalogue's data, which a test may change."""
    return Path(shutil.copytree(SHIPPED, tmp_path / "data"))


def _files(data: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in data.iterdir()}


def test_shipped_file_fits_the_rules(capsys: pytest.CaptureFixture[str]) -> None:
    """What is shipped is what the rules and the installed botocore give."""
    assert command.main(["--check"]) == 0
    assert capsys.readouterr().err == ""


def test_refresh_of_a_fresh_file_changes_nothing(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Run again, it gives the same bytes, whatever day it is."""
    before = _files(data)
    assert command.main([], data) == 0
    assert _files(data) == before
    assert capsys.readouterr().out == "277 instance types, 0 of them from AWS\n"


def test_edited_file_is_told_and_put_right(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A row changed by hand is found by --check and replaced without it."""
    path = data / "instance_types.json"
    shipped = path.read_text(encoding="utf-8")
    path.write_text(shipped.replace('"vcpus": 36', '"vcpus": 35'), encoding="utf-8")
    assert command.main(["--check"], data) == 1
    assert capsys.readouterr().err == (
        "catalogue/data/instance_types.json does not fit catalogue/refresh; "
        "run `python -m catalogue.refresh`\n"
    )
    assert command.main([], data) == 0
    assert json.loads(path.read_bytes())["instance_types"] == json.loads(shipped)["instance_types"]


def test_without_aws_nothing_is_written(
    data: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Without credentials the command says so, and the files are as they were."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    for name in ("AWS_SHARED_CREDENTIALS_FILE", "AWS_CONFIG_FILE"):
        monkeypatch.setenv(name, str(data / "none"))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    before = _files(data)
    assert command.main(["--from-aws"], data) == 1
    assert _files(data) == before
    assert capsys.readouterr().err == (
        "AWS gave no answer to ec2 describe_instance_types in us-east-1: Unable to locate credentials; check "
        "credentials and network, or run without --from-aws; nothing was written\n"
    )


def _pages(service: str, region: str, operation: str, **parameters: Any) -> Iterator[dict[str, Any]]:  # noqa: ANN401 - as the API
    assert parameters
    if operation == "describe_instance_types":
        yield {
            "InstanceTypes": [
                {
                    "InstanceType": "m5.large",
                    "VCpuInfo": {"DefaultVCpus": 3},
                    "MemoryInfo": {"SizeInMiB": 8000},
                    "ProcessorInfo": {"SupportedArchitectures": ["x86_64"]},
                }
            ]
        }
        return
    assert (service, region) == ("pricing", "us-east-1")
    attributes = {"instanceName": "ml.g4dn.xlarge", "regionCode": "us-west-2", "component": "Hosting"}
    dimension = {"unit": "Hrs", "pricePerUnit": {"USD": "0.7360000000"}}
    terms = {"OnDemand": {"A": {"priceDimensions": {"B": dimension}}}}
    yield {"PriceList": [json.dumps({"product": {"attributes": attributes}, "terms": terms})]}


def test_what_aws_says_replaces_the_rules_and_stays(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Rows and prices from AWS go before rules and posts, and a later run without AWS keeps them."""
    monkeypatch.setattr(command, "_pages", _pages)
    assert command.main(["--from-aws", "--price-region", "us-west-2"], data) == 0
    for arguments in ([], ["--check"]):
        types = json.loads((data / "instance_types.json").read_bytes())
        assert (types["instance_types"]["ml.m5.large"]["vcpus"], len(types["instance_types"])) == (3, 277)
        assert types["sources"]["aws-describe"] == "EC2 DescribeInstanceTypes"
        prices = json.loads((data / "instance_prices.json").read_bytes())
        (price,) = [row for row in prices["instance_prices"] if row["instance_type"] == "ml.g4dn.xlarge"]
        assert (price["usd_per_hour"], price["source"]) == (0.736, "price-list")
        assert "price-list" in prices["sources"]
        assert command.main(arguments, data) == 0
