"""What docs/clients.md shows works."""

import ast
import importlib
import inspect
import io
import re
from pathlib import Path
from typing import Any

import boto3
import numpy as np
import pytest

from invocation import EndpointClient, typed_client_source
from model_packaging.artifact import Signature, TensorSpec
from tests.invocation.answers import answer_of
from tests.invocation.manifests import manifest_of

DOCUMENT = Path(__file__).parents[2] / "docs" / "clients.md"
WRITTEN, CLIENT, STREAM = re.findall(r"```python\n(.*?)```", DOCUMENT.read_text(encoding="utf-8"), re.DOTALL)
SIGNATURE = Signature(
    (TensorSpec("image", "FP32", (3, 160, 160)),), (TensorSpec("OUTPUT__0", "FP32", (10,)),), batched=True
)


class Runtime:
    """Stands where boto3's client would."""

    def invoke_endpoint(self, **_request: Any) -> dict[str, Any]:  # noqa: ANN401 - as boto3 has it
        content_type, body = answer_of({"OUTPUT__0": np.ones((4, 10), np.float32)}, binary=True)
        return {"ContentType": content_type, "Body": io.BytesIO(body)}


def test_the_written_module_is_used_as_shown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The example runs as it stands, on a module written from such a model."""
    (tmp_path / "service").mkdir()
    source = typed_client_source(manifest_of("classifier", SIGNATURE, max_batch_size=16))
    (tmp_path / "service" / "classifier_client.py").write_text(source, encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(boto3, "client", {"sagemaker-runtime": Runtime()}.get)
    names: dict[str, Any] = {}
    exec(WRITTEN, names)  # noqa: S102 - the document's own example
    assert names["answer"].output_0.shape == (4, 10)


def test_the_client_is_made_and_asked_as_shown() -> None:
    """What is imported exists, and so do the arguments and methods."""
    tree = ast.parse(CLIENT + STREAM)
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom):
            module = importlib.import_module(str(node.module))
            assert all(hasattr(module, each.name) for each in node.names)
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
    (made,) = [each for each in calls if ast.unparse(each.func) == "EndpointClient"]
    arguments = {each.arg for each in made.keywords}
    assert arguments <= inspect.signature(EndpointClient).parameters.keys()
    asked = {ast.unparse(each.func) for each in calls if ast.unparse(each.func).startswith("client.")}
    assert asked == {"client.infer", "client.stream"}
    inspect.signature(EndpointClient.stream).bind(None, {}, parameters={})
