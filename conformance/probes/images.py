"""What runs in AWS's images: A36, A37, A39, A40, A90, A115."""

import io
import json
import struct
from typing import Any

from catalogue import pytorch_releases, triton_image_uri
from conformance.archives import CONFIG, archive, python_model
from conformance.laboratory import Laboratory
from conformance.probe import Bench, probe

_RELEASE = "2.6.0"
_ENTRY_POINT = """\
import json


def model_fn(model_dir):
    return 2.0


def input_fn(body, content_type):
    return json.loads(body)


def predict_fn(values, model):
    return [value * model for value in values]


def output_fn(answer, accept):
    return json.dumps(answer), accept
"""
_DEFAULT_FUNCTIONS = """\
import torch


class Double(torch.nn.Module):
    def forward(self, values):
        return values * 2


def model_fn(model_dir):
    return Double()
"""
_TELLING = """\
import json


def model_fn(model_dir):
    return None


def input_fn(body, content_type):
    return content_type


def predict_fn(content_type, model):
    return content_type


def output_fn(content_type, accept):
    return json.dumps({"content_type": content_type}), "text/plain"
"""
_METRICS = 'model_metrics { metric_control: [ { metric_identifier: { family: "x" } } ] }\n'


def _pytorch(lab: Laboratory, entry_point: str, release: str = _RELEASE, **files: str) -> dict[str, Any]:
    """Return a container of AWS's PyTorch image with this entry point."""
    url = lab.upload(archive({"code/inference.py": entry_point, "model.pt": "", **files}))
    return {
        "Image": lab.pytorch_image(release),
        "ModelDataUrl": url,
        "Environment": {"SAGEMAKER_PROGRAM": "inference.py"},
    }


def _endpoint(lab: Laboratory, *containers: dict[str, Any], **members: Any) -> str:  # noqa: ANN401 - API members
    if len(containers) > 1:
        model = lab.create_model(Containers=list(containers), **members)
    else:
        model = lab.create_model(PrimaryContainer=containers[0], **members)
    return lab.create_endpoint(lab.create_config(lab.variant(model)))


def _answer(lab: Laboratory, endpoint: str, content_type: str, body: bytes) -> object:
    answer = lab.runtime.invoke_endpoint(
        EndpointName=endpoint, ContentType=content_type, Accept="application/json", Body=body
    )
    return json.loads(answer["Body"].read())


@probe("A39", bench=Bench.OWN, own_minutes=15, creates="an endpoint of AWS's PyTorch image")
def entry_point_by_one_variable(lab: Laboratory) -> None:
    """SAGEMAKER_PROGRAM alone makes AWS's PyTorch image import code/inference.py."""
    endpoint = lab.in_service(_endpoint(lab, _pytorch(lab, _ENTRY_POINT)))
    lab.evidence.holds("answer", found=_answer(lab, endpoint, "application/json", b"[3.0]"), believed=[6.0])


@probe("A37", bench=Bench.OWN, own_minutes=30, creates="endpoints of the oldest and the newest PyTorch image")
def content_types_of_releases(lab: Laboratory) -> None:
    """Without functions of one's own, JSON, CSV and NPY are taken by the oldest and the newest image."""
    bodies = {
        "application/json": b"[[1.0, 2.0]]",
        "text/csv": b"1.0,2.0\n",
        "application/x-npy": _npy((1.0, 2.0)),
    }
    releases = pytorch_releases()
    for release in (releases[0], releases[-1]):
        endpoint = lab.in_service(_endpoint(lab, _pytorch(lab, _DEFAULT_FUNCTIONS, release)))
        for content_type, body in bodies.items():
            found = json.dumps(_answer(lab, endpoint, content_type, body)).replace("[", "").replace("]", "")
            lab.evidence.holds(f"{release}, {content_type}", found=found, believed="2.0, 4.0")


@probe(
    "A40",
    bench=Bench.OWN,
    own_minutes=45,
    creates="an endpoint of AWS's PyTorch image that fails",
    account_only="the laptop installs no requirements",
)
def requirements_without_an_index(lab: Laboratory) -> None:
    """An endpoint whose requirements.txt can't be installed, for want of a network, doesn't come up."""
    files = {"code/requirements.txt": "seatrial-no-such-package==1\n"}
    endpoint = _endpoint(lab, _pytorch(lab, _ENTRY_POINT, **files), EnableNetworkIsolation=True)
    described = lab.settled(endpoint)
    lab.evidence.note(str(described.get("FailureReason")))
    lab.evidence.holds("status", found=described["EndpointStatus"], believed="Failed")


@probe("A90", bench=Bench.OWN, own_minutes=15, creates="an endpoint of two containers in a row")
def content_type_in_a_row(lab: Laboratory) -> None:
    """The second container in a row gets the content type of the first one's answer."""
    endpoint = lab.in_service(_endpoint(lab, _pytorch(lab, _TELLING), _pytorch(lab, _TELLING)))
    found = _answer(lab, endpoint, "application/json", b"{}")
    lab.evidence.note(f"the second container got {found}")
    lab.evidence.says("content type", str(found), r"text/plain")


@probe(
    "A36",
    bench=Bench.OWN,
    own_minutes=60,
    creates="an endpoint of Triton 25.04, one of 24.09 that fails",
    account_only="the laptop has one release of Triton",
)
def field_of_a_later_release(lab: Laboratory) -> None:
    """Triton 24.09 refuses the field model_metrics, which 25.04 knows."""
    files = {"scale/config.pbtxt": CONFIG.format(name="scale") + _METRICS}
    for release, believed in (("25.04", "InService"), ("24.09", "Failed")):
        image = triton_image_uri(release, lab.account.region)
        url = lab.upload(python_model(replaced=files))
        described = lab.settled(_endpoint(lab, {"Image": image, "ModelDataUrl": url}))
        lab.evidence.holds(f"status with {release}", found=described["EndpointStatus"], believed=believed)


@probe("A115", bench=Bench.OWN, own_minutes=15, creates="an endpoint")
def several_words_for_the_server(lab: Laboratory) -> None:
    """SAGEMAKER_TRITON_ADDITIONAL_ARGS of two words loads a second model and sets up a cache."""
    words = "--load-model=second --cache-config=local,size=1048576"
    variables = {
        "SAGEMAKER_TRITON_DEFAULT_MODEL_NAME": "scale",
        "SAGEMAKER_TRITON_ADDITIONAL_ARGS": words,
    }
    endpoint = lab.in_service(lab.endpoint_of(python_model(also="second"), Environment=variables))
    lab.evidence.holds("answer", found=lab.invoke(endpoint, 1.0), believed=[2.0])


def _npy(values: tuple[float, ...]) -> bytes:
    """Return a row of float32 in NumPy's format 1.0 (numpy.lib.format), for which NumPy isn't needed."""
    header = f"{{'descr': '<f4', 'fortran_order': False, 'shape': (1, {len(values)}), }}"
    padded = header.ljust(117).encode() + b"\n"
    packed = io.BytesIO()
    packed.write(b"\x93NUMPY\x01\x00" + struct.pack("<H", len(padded)) + padded)
    packed.write(struct.pack(f"<{len(values)}f", *values))
    return packed.getvalue()
