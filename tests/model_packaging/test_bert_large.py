"""BERT-large at its full size: packaged, and answered by a real Triton."""

from pathlib import Path

import numpy as np
import pytest
from tritonclient import http as triton_http

from local.triton import TritonRuntime, TritonServer
from model_packaging.artifact import extract_archive
from model_packaging.eager.comparison import compare_answers
from model_packaging.eager.samples import read_samples
from model_packaging.package import package_model
from spec import Model

PROJECT_ROOT = Path(__file__).parents[2]
PARAMETERS = 335_143_938
SECTION = {
    "export": {
        "from": "examples.bert:bert_classifier",
        "arguments": {"random_seed": 7, "tokens": 128},
        "to": "torchscript",
        "how": "trace",
    },
    "triton": {"max_batch_size": 4, "instance_group": [{"count": 1, "kind": "KIND_CPU"}]},
}


@pytest.mark.soak
@pytest.mark.timeout(1800)
def test_it_answers_as_eager_pytorch_does(tmp_path: Path) -> None:
    """All of its parameters are in the archive, and the recorded requests are answered within tolerance."""
    model = Model.model_validate(SECTION)
    packaged = package_model("bert", model, tmp_path / "bert", PROJECT_ROOT, inspect=lambda _: ())
    manifest = packaged.manifest
    assert sum(record.size_bytes for record in manifest.files) > PARAMETERS * 4
    assert manifest.samples is not None
    repository = tmp_path / "repository"
    extract_archive(packaged.directory / manifest.archive.file_name, repository)
    with (
        TritonServer.start(
            TritonRuntime.locate(PROJECT_ROOT),
            repository,
            models=["bert"],
            startup_timeout_seconds=600,
            log_path=tmp_path / "triton.log",
        ) as server,
        triton_http.InferenceServerClient(
            f"127.0.0.1:{server.http_port}", network_timeout=300, connection_timeout=300
        ) as client,
    ):
        for sample in read_samples(packaged.directory / manifest.samples.file_name):
            inputs = []
            for name, array in sample.inputs.items():
                tensor = triton_http.InferInput(name, list(array.shape), "INT64")
                tensor.set_data_from_numpy(array)
                inputs.append(tensor)
            answer = client.infer("bert", inputs)
            outputs = {name: np.asarray(answer.as_numpy(name)) for name in sample.outputs}
            assert list(compare_answers(outputs, sample.outputs, manifest.samples.tolerance)) == []
