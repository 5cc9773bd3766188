"""A module becomes an archive with a TensorRT plan: exported here, its plan made by the stand-in."""

from pathlib import Path
from textwrap import dedent

import pytest

from local.tensorrt.stand_in_plans import StandInPlans
from model_packaging.artifact.archive import extract_archive
from model_packaging.artifact.plan_header import read_plan_header
from model_packaging.package import PackagedModel, package_model
from model_packaging.remote.errors import RemoteBuildError
from preflight import inspect_artifact
from spec import Model


@pytest.fixture
def section(tmp_path: Path) -> Model:
    """A model whose plan is built for T4."""
    source = """
        import torch

        class Scale(torch.nn.Module):
            def forward(self, x):
                return x * 2.0

        def factory():
            return Scale().eval(), lambda batch, generator: {"x": torch.rand((batch, 3), generator=generator)}
    """
    (tmp_path / "planned_factory.py").write_text(dedent(source), encoding="utf-8")
    return Model.model_validate(
        {
            "export": {
                "from": "planned_factory:factory",
                "to": "tensorrt",
                "tensorrt": {"instance_type": "ml.g4dn.xlarge"},
            },
            "triton": {"max_batch_size": 4, "dynamic_batching": {}},
        }
    )


def _package(section: Model, root: Path, plans: StandInPlans | None) -> PackagedModel:
    return package_model("planned", section, root / "build", root, inspect=inspect_artifact, plans=plans)


@pytest.mark.integration
def test_plan_is_packed_in_the_place_of_onnx(section: Model, tmp_path: Path) -> None:
    """The archive holds the plan and its config.pbtxt, and the manifest says what made it."""
    packaged = _package(section, tmp_path, StandInPlans("us-east-1"))

    assert [each.path for each in packaged.manifest.files] == ["planned/1/model.plan", "planned/config.pbtxt"]
    assert packaged.manifest.format == "tensorrt"
    assert packaged.manifest.findings == ()
    frameworks = dict(packaged.manifest.provenance.frameworks)
    assert (frameworks["tensorrt"], frameworks["tensorrt-stand-in"]) == ("10.4.0.26", "1")
    folder = tmp_path / "unpacked"
    extract_archive(packaged.directory / packaged.manifest.archive.file_name, folder)
    assert read_plan_header(folder / "planned" / "1" / "model.plan").version_text == "10.4.0.26"
    config = (folder / "planned" / "config.pbtxt").read_text(encoding="utf-8")
    assert 'platform: "tensorrt_plan"' in config
    # What was built is found again, whoever would build it.
    assert not _package(section, tmp_path, None).built


def test_nobody_to_build_it_is_told_before_anything_is_exported(section: Model, tmp_path: Path) -> None:
    """The message names the instance type and the command, and no folder is left."""
    with pytest.raises(RemoteBuildError) as refused:
        _package(section, tmp_path, None)

    assert refused.value.cause == (
        "its TensorRT plan is built on a ml.g4dn.xlarge of the account, not on this machine."
    )
    assert "seatrial package --remote" in refused.value.fix
    assert not (tmp_path / "build").exists()
