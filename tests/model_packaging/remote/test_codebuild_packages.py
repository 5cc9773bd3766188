"""What comes back from a build in the account is held to what it says of itself."""

import hashlib
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest

from model_packaging.artifact import Signature, write_manifest
from model_packaging.errors import PackError
from model_packaging.remote.account_clients import AccountClients
from model_packaging.remote.build_place import BuildPlace
from model_packaging.remote.codebuild_packages import CodeBuildPackages
from model_packaging.remote.errors import RemoteResultError
from spec import parse_deployment
from tests.invocation.manifests import manifest_of

_TEXT = """\
name: t
environment: {account: "123456789012", region: us-east-1, availability_zones: [us-east-1a, us-east-1b]}
build: {type: account, models: [m]}
models:
  m:
    export: {from: "nets:factory", to: torchscript, how: trace}
    triton: {max_batch_size: 4}
"""


class Objects:
    """As much of S3's client as a package that is there asks of it."""

    exceptions = SimpleNamespace(ClientError=RuntimeError)

    def __init__(self, files: dict[str, bytes]) -> None:
        digests = {name: hashlib.sha256(content).hexdigest() for name, content in files.items()}
        self._files = files | {"package.json": json.dumps({"files": digests}).encode()}

    def get_object(self, Bucket: str, Key: str) -> dict[str, object]:  # noqa: ARG002, N803 - boto3's names
        content = self._files[Key.rpartition("/")[2]]
        return {"Body": SimpleNamespace(read=lambda: content)}

    def download_file(self, _bucket: str, key: str, path: str, Callback: Callable[[int], None]) -> None:  # noqa: N803
        Callback(1)
        Path(path).write_bytes(self._files[key.rpartition("/")[2]])


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A project of one model."""
    (tmp_path / "environments").mkdir()
    (tmp_path / "environments" / "packaging.txt").write_text("torch==2\n", encoding="utf-8")
    (tmp_path / "nets.py").write_text("def factory(): ...\n", encoding="utf-8")
    return tmp_path


def _package(root: Path, files: dict[str, bytes]) -> None:
    clients = SimpleNamespace(client=lambda _service: Objects(files))
    place = BuildPlace("b", "builds/", "", "p", "")
    packages = CodeBuildPackages(cast("AccountClients", clients), place, lambda _progress: None)
    packages.package(parse_deployment(_TEXT, root / "t.yaml"), "m", root / "build", root)


def test_a_manifest_that_names_other_files_is_refused(root: Path) -> None:
    """Nothing outside of what was fetched is put into build/, wherever a name leads."""
    (root / "mine").write_text("mine", encoding="utf-8")
    manifest = manifest_of("m", Signature((), (), batched=True))
    path = root / "manifest.json"
    write_manifest(replace(manifest, archive=replace(manifest.archive, file_name="../../../../mine")), path)
    with pytest.raises(RemoteResultError) as refused:
        _package(root, {"manifest.json": path.read_bytes()})
    assert "is without ../../../../mine" in refused.value.cause
    assert refused.value.fix == "delete it there and run again."
    assert refused.value.model == "m"
    assert (root / "mine").exists()


def test_a_file_that_cannot_be_read_is_told(root: Path) -> None:
    """In words, with the model: no traceback for a checkout that lacks a file."""
    requirements = root / "environments" / "packaging.txt"
    requirements.unlink()
    with pytest.raises(PackError) as refused:
        _package(root, {})
    assert refused.value.cause == f"{requirements} can't be read or written (No such file or directory)."
    assert refused.value.fix == "make room there, and make it readable and writable."
    assert refused.value.model == "m"
