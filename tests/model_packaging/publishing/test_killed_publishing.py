"""Publishing that dies at any moment shows no object, or a whole one, and is no trouble to the next run."""

import json
import random
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from model_packaging.artifact import MANIFEST_FILE_NAME, write_manifest
from model_packaging.publishing._packed_model import PackedModel
from tests.model_packaging.publishing.conftest import BUCKET
from tests.model_packaging.publishing.packed import PART, pack

pytestmark = [pytest.mark.soak, pytest.mark.timeout(1800)]

DRIVER = Path(__file__).with_name("publish_driver.py")
REPOSITORY_ROOT = Path(__file__).parents[3]
WEIGHTS = random.Random(1).randbytes(5 * PART + 1000)  # noqa: S311 - no secret
FILES = {"m/1/model.pt": WEIGHTS, "m/2/model.pt": WEIGHTS[:1000], "m/config.pbtxt": b""}
KILLS = 100


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> PackedModel:
    """A model of several parts and several files."""
    folder = tmp_path_factory.mktemp("killed")
    packed = pack(folder, FILES)
    write_manifest(packed.manifest, folder / MANIFEST_FILE_NAME)
    return packed


class Driver:
    """Starts publishing processes."""

    def __init__(self, variables: dict[str, str], model: PackedModel, form: str, key: str) -> None:
        self._arguments = [json.dumps(variables), str(model.archive.parent), form, key]

    def start(self, kill_at: int = 0) -> "subprocess.Popen[str]":
        command = [sys.executable, str(DRIVER), *self._arguments, str(kill_at)]
        environment = {"PYTHONPATH": str(REPOSITORY_ROOT)}
        return subprocess.Popen(
            command, cwd=REPOSITORY_ROOT, env=environment, stdout=subprocess.PIPE, text=True
        )

    def run(self, kill_at: int = 0) -> tuple[int, int]:
        """Return the exit status and how many requests were sent."""
        process = self.start(kill_at)
        printed, _ = process.communicate(timeout=60)
        return process.returncode, int(printed or 0)


def check_whole(s3: Any, form: str, key: str, model: PackedModel) -> bool:  # noqa: ANN401 - a boto3 client
    """Check that each visible object is whole, and return whether all are there."""
    wanted = (
        {key: model.archive.read_bytes()}
        if form == "archive"
        else {f"{key}{path}": content for path, content in FILES.items()}
    )
    listed = s3.list_objects_v2(Bucket=BUCKET, Prefix=key).get("Contents", [])
    visible = {each["Key"]: s3.get_object(Bucket=BUCKET, Key=each["Key"])["Body"].read() for each in listed}
    assert all(wanted[name] == content for name, content in visible.items())
    return visible.keys() == wanted.keys()


def clear(s3: Any, key: str) -> None:  # noqa: ANN401 - as above
    for each in s3.list_objects_v2(Bucket=BUCKET, Prefix=key).get("Contents", []):
        s3.delete_object(Bucket=BUCKET, Key=each["Key"])


@pytest.mark.parametrize("form", ["archive", "files"])
def test_killed_before_every_request(
    s3_variables: dict[str, str],
    s3: Any,  # noqa: ANN401 - as above
    model: PackedModel,
    form: str,
) -> None:
    """From nothing, and each time continued to the end."""
    suffix = ".tar.gz" if form == "archive" else "/"
    _, requests = Driver(s3_variables, model, form, f"every-{form}-0{suffix}").run()
    assert requests > 8
    for kill_at in range(1, requests + 1):
        key = f"every-{form}-{kill_at}{suffix}"
        driver = Driver(s3_variables, model, form, key)
        status, _ = driver.run(kill_at)
        assert status in (0, -signal.SIGKILL)
        assert check_whole(s3, form, key, model) == (status == 0)
        assert driver.run()[0] == 0
        assert check_whole(s3, form, key, model)
        assert "Uploads" not in s3.list_multipart_uploads(Bucket=BUCKET, Prefix=key)


@pytest.mark.parametrize("form", ["archive", "files"])
def test_killed_at_a_hundred_times(
    s3_variables: dict[str, str],
    s3: Any,  # noqa: ANN401 - as above
    model: PackedModel,
    form: str,
) -> None:
    """From outside, at random moments of the whole process, one run after another over what is there."""
    key = f"random-{form}{'.tar.gz' if form == 'archive' else '/'}"
    driver = Driver(s3_variables, model, form, key)
    started = time.monotonic()
    assert driver.run()[0] == 0
    longest = time.monotonic() - started
    clear(s3, key)
    moments = random.Random(0)  # noqa: S311 - no secret
    for _ in range(KILLS):
        process = driver.start()
        time.sleep(moments.uniform(0.3 * longest, longest))
        process.kill()
        process.communicate(timeout=60)
        if check_whole(s3, form, key, model):
            clear(s3, key)
    assert driver.run()[0] == 0
    assert check_whole(s3, form, key, model)
