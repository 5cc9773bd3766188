"""Whole builds, each with a worker process and torch."""

import os
import shutil
import signal
import subprocess
import sys
import time
import warnings
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import replace
from pathlib import Path
from textwrap import dedent

import numpy as np
import pytest
import torch

from model_packaging.artifact import (
    ArtifactInspection,
    RecordedFinding,
    extract_archive,
    parse_config_pbtxt,
    read_manifest,
)
from model_packaging.artifact.signature import VARIABLE
from model_packaging.eager.comparison import compare_answers
from model_packaging.eager.samples import read_samples
from model_packaging.errors import (
    ExportError,
    FactoryError,
    PackagingError,
    PackError,
    SeveralModelsError,
    WorkerError,
)
from model_packaging.package import PackagedModel, package_deployment, package_model
from model_packaging.progress import PackagingProgress, PackagingStep
from model_packaging.provenance import commit_of
from model_packaging.worker.fresh_samples import fresh_samples
from model_packaging.worker.process import TORCH_THREADS, run_worker
from model_packaging.worker.protocol import WorkerFolder, WorkerRequest
from spec import DeploymentFile, Model, parse_deployment
from tests.model_packaging.projects import Project

pytestmark = pytest.mark.integration

REPOSITORY_ROOT = Path(__file__).parents[2]
"""Where the example models lie."""


def example(how: str) -> Model:
    return Model.model_validate(
        {
            "export": {
                "from": "examples.text:encoder",
                "to": "torchscript",
                "how": how,
                "arguments": {"random_seed": 7},
            },
            "triton": {"max_batch_size": 8},
        }
    )


def package(directory: Path, model: Model, root: Path = REPOSITORY_ROOT) -> PackagedModel:
    return package_model("encoder", model, directory, root, inspect=lambda _: ())


@pytest.fixture(scope="module", params=["trace", "script"])
def how(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def packaged(how: str, tmp_path_factory: pytest.TempPathFactory) -> PackagedModel:
    """The example encoder, from the repository."""
    return package(tmp_path_factory.mktemp(how), example(how))


def test_two_folders_give_the_same_bytes(packaged: PackagedModel, how: str, tmp_path: Path) -> None:
    """A copy of the project elsewhere, built elsewhere: archive, samples and keys are equal."""
    shutil.copytree(REPOSITORY_ROOT / "examples", tmp_path / "a" / "copy" / "examples")
    again = package(tmp_path / "build", example(how), tmp_path / "a" / "copy")
    assert (packaged.manifest.provenance.commit, again.manifest.provenance.commit) == (
        commit_of(REPOSITORY_ROOT),
        None,
    )
    assert replace(again.manifest, provenance=packaged.manifest.provenance) == packaged.manifest
    for name in again.manifest.file_names:
        assert (again.directory / name).read_bytes() == (packaged.directory / name).read_bytes()


def test_the_archive_is_a_triton_repository_that_answers_as_eager(
    packaged: PackagedModel, tmp_path: Path
) -> None:
    """Unpacked and loaded, it gives the recorded answers, and those to fresh samples."""
    manifest = packaged.manifest
    extract_archive(packaged.directory / manifest.archive.file_name, tmp_path / "model")
    config = parse_config_pbtxt((tmp_path / "model" / "encoder" / "config.pbtxt").read_text())
    assert config.name == "encoder"
    assert [list(each.dims) for each in config.input] == [[VARIABLE], [VARIABLE]]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # TorchScript is what Triton reads
        loaded = torch.jit.load(tmp_path / "model" / "encoder" / "1" / "model.pt")  # type: ignore[no-untyped-call]  # torch's
    assert manifest.samples is not None
    recorded = read_samples(packaged.directory / manifest.samples.file_name)
    assert [sample.batch_size for sample in recorded] == [1, 8]
    model = example("trace")
    fresh = fresh_samples("encoder", model, REPOSITORY_ROOT, seeds=(11, 12), batch_sizes=(8, 1))
    assert [sample.batch_size for sample in fresh] == [1, 8, 1, 8]
    for sample in (*recorded, *fresh):
        with torch.inference_mode():
            answer = loaded(*(torch.from_numpy(value) for value in sample.inputs.values())).numpy()
        assert compare_answers({"OUTPUT__0": answer}, sample.outputs, manifest.samples.tolerance) == ()
        assert not np.allclose(answer, 0)


def test_an_unchanged_model_is_not_built(packaged: PackagedModel, how: str) -> None:
    """It is recognised by its build key, in a moment."""
    again = package(packaged.directory, example(how))
    assert (again.built, again.manifest) == (False, packaged.manifest)
    assert again.seconds < 1


@pytest.fixture
def deployment(project: Project) -> Callable[[str], DeploymentFile]:
    """Give a deployment file with two models of the project's ``factory``, with the given arguments."""

    def parse(second: str) -> DeploymentFile:
        text = f"""\
            name: test
            environment:
              account: "000000000000"
              region: us-east-1
              availability_zones: [us-east-1a, us-east-1b]
            models:
              first:
                export: {{from: "{project.module}:factory", to: torchscript, how: trace}}
                triton: {{max_batch_size: 2}}
              second:
                export: {{from: "{project.module}:factory", to: torchscript, how: trace, arguments: {second}}}
                triton: {{max_batch_size: 0}}
            """
        return parse_deployment(dedent(text), project.root / "test.yaml")

    project.write(LINEAR)
    return parse


LINEAR = """
def factory(width=3):
    torch.manual_seed(0)
    module = nn.Linear(width, 2)
    return module, lambda batch, generator: {"input": torch.rand(batch, width, generator=generator)}
"""


def test_every_model_of_a_deployment_is_packaged(
    deployment: Callable[[str], DeploymentFile], project: Project, tmp_path: Path
) -> None:
    """Into a folder of its own, with progress told and findings recorded."""
    told: list[PackagingProgress] = []
    finding = RecordedFinding("SEA999", "warning", "what", "allowed", "fix")

    def inspect(inspection: ArtifactInspection) -> list[RecordedFinding]:
        assert [file.path.partition("/")[0] for file in inspection.files] == [inspection.model] * 2
        assert f'name: "{inspection.model}"' in inspection.config_pbtxt
        return [finding] if inspection.max_batch_size else []

    packaged = package_deployment(
        deployment("{width: 4}"), tmp_path / "build", project.root, inspect=inspect, progress=told.append
    )
    assert [each.directory.relative_to(tmp_path) for each in packaged] == [
        Path("build/test/first"),
        Path("build/test/second"),
    ]
    assert [read_manifest(each.directory / "manifest.json") for each in packaged] == [
        each.manifest for each in packaged
    ]
    assert [each.manifest.findings for each in packaged] == [(finding,), ()]
    assert [each.manifest.samples and each.manifest.samples.batch_sizes for each in packaged] == [
        (1, 2),
        (1,),
    ]
    assert packaged[1].manifest.signature.inputs[0].dims == (1, 4)
    steps = [each.step for each in told if each.model == "first"]
    assert (steps[0], steps[-1]) == (PackagingStep.EXPORT, PackagingStep.BUILT)
    assert PackagingStep.PACK in steps


def test_every_model_that_fails_is_reported(
    deployment: Callable[[str], DeploymentFile], project: Project, tmp_path: Path
) -> None:
    """One error alone is raised as it is, and keeps no other model from being packaged."""
    with pytest.raises(FactoryError) as one:
        package_deployment(deployment("{wide: 4}"), tmp_path / "build", project.root, inspect=lambda _: ())
    assert str(one.value).startswith("models.second: export.arguments {'wide': 4} don't fit")
    assert (tmp_path / "build" / "test" / "first" / "manifest.json").exists()
    (project.root / f"{project.module}.py").unlink()
    with pytest.raises(SeveralModelsError) as several:
        package_deployment(deployment("{}"), tmp_path / "build", tmp_path, inspect=lambda _: ())
    assert [error.model for error in several.value.errors] == ["first", "second"]


def test_a_failed_build_leaves_the_artifact_before(project: Project, tmp_path: Path) -> None:
    """And nothing else: an export that fails is told in one line."""
    project.write(LINEAR)
    before = package(tmp_path / "build", project.model(), project.root).manifest
    project.write(LINEAR.replace("torch.manual_seed(0)", "raise ValueError('no weights')"))
    with pytest.raises(PackagingError) as caught:
        package(tmp_path / "build", project.model(), project.root)
    assert f"raised ValueError: no weights ({project.module}.py:5)" in str(caught.value)
    assert "\n" not in str(caught.value)
    assert read_manifest(tmp_path / "build" / "manifest.json") == before
    assert {path.name for path in (tmp_path / "build").iterdir()} == {
        ".lock",
        "manifest.json",
        *before.file_names,
    }


def test_an_export_that_fails_is_an_export_error(project: Project, tmp_path: Path) -> None:
    """The worker's error arrives as what it was, with the model's name."""
    project.write(
        """
        class Module(nn.Module):
            def forward(self, x):
                assert not torch.jit.is_tracing()
                return x

        def factory():
            return Module(), lambda batch, generator: {"x": torch.ones(batch, 2)}
        """
    )
    with pytest.raises(ExportError, match=r"models\.encoder: torch\.jit\.trace failed: AssertionError"):
        package(tmp_path / "build", project.model(), project.root)


def test_a_crash_of_the_users_code_is_survived(project: Project, tmp_path: Path) -> None:
    """The signal and the last words are told."""
    project.write(
        """
        import os, sys
        def factory():
            print("about to crash", flush=True)
            os.kill(os.getpid(), 11)
        """
    )
    with pytest.raises(WorkerError, match="was killed by SIGSEGV; its last line was 'about to crash'"):
        package(tmp_path / "build", project.model(), project.root)
    assert not (tmp_path / "build").exists()


@pytest.mark.parametrize("ending", ["sys.exit(0)", "os._exit(0)"])
def test_a_factory_that_ends_its_process_is_told(project: Project, tmp_path: Path, ending: str) -> None:
    """It leaves no answer, which is no trouble with the disk."""
    project.write(f"""
import os, sys
def factory():
    {ending}
""")
    with pytest.raises(WorkerError) as caught:
        package(tmp_path / "build", project.model(), project.root)
    assert caught.value.cause == "the process that ran its factory ended without an answer."
    assert "`sys.exit()`" in caught.value.fix


def test_a_factory_that_asks_the_user_is_told(project: Project, tmp_path: Path) -> None:
    """Nobody answers: it fails at once and doesn't wait until its time is over."""
    project.write(
        """
        def factory():
            return nn.Linear(int(input("width: ")), 2), None
        """
    )
    with pytest.raises(FactoryError, match=rf"raised EOFError: .* \({project.module}\.py:5\)"):
        package(tmp_path / "build", project.model(), project.root)


def test_a_factory_that_draws_other_weights_each_time_is_refused(project: Project, tmp_path: Path) -> None:
    """Every later comparison with eager PyTorch would fail without saying why."""
    project.write(LINEAR.replace("torch.manual_seed(0)", "pass"))
    with pytest.raises(FactoryError) as caught:
        package(tmp_path / "build", project.model(), project.root)
    assert caught.value.cause == (
        f"{project.module}:factory: two calls with the same arguments give different weights (bias)."
    )
    assert not (tmp_path / "build").exists()


def test_a_full_disk_is_one_line(
    project: Project, tmp_path: Path, small_disk: Callable[[int], AbstractContextManager[None]]
) -> None:
    """While the worker writes the model: cause, what to do, nothing left."""
    project.write(LINEAR.replace("nn.Linear(width, 2)", "nn.Linear(width, 1_000_000)"))
    with small_disk(1_000_000), pytest.raises(PackError) as caught:
        package(tmp_path / "build", project.model(), project.root)
    assert "the model can't be written to" in caught.value.cause
    assert "\n" not in str(caught.value)
    assert not (tmp_path / "build").exists()


def test_a_disk_that_is_too_full_for_the_log_is_one_line(
    project: Project, tmp_path: Path, small_disk: Callable[[int], AbstractContextManager[None]]
) -> None:
    """The worker can't say why it can't write, and its exit code does."""
    project.write(
        """
        import os
        def sample(batch, generator):
            return {"input": torch.rand(batch, 1_000_000, generator=generator)}
        def factory():
            os.write(1, bytes(1_000_000))
            return nn.Identity(), sample
        """
    )
    (folder := tmp_path / "work").mkdir()
    request = WorkerRequest("samples", "m", project.model(), project.root, (1,), (1,))
    with small_disk(1_000_000), pytest.raises(PackError, match=f"can't be written to {tmp_path}") as caught:
        run_worker(request, WorkerFolder(folder))
    assert caught.value.fix == "free space there."


SLOW = """
import os, time
from pathlib import Path
def factory(pid_file):
    Path(pid_file).write_text(str(os.getpid()))
    time.sleep(600)
"""


@pytest.fixture
def building(project: Project, tmp_path: Path) -> "Iterator[tuple[subprocess.Popen[str], int]]":
    """A build in a process of its own whose worker hangs, and the worker's process id."""
    project.write(SLOW)
    pid_file = tmp_path / "pid"
    model = project.model(pid_file=str(pid_file)).model_dump_json(by_alias=True)
    build, root = str(tmp_path / "build"), str(project.root)
    program = f"""
from pathlib import Path
from model_packaging.package import package_model
from spec import Model
model = Model.model_validate_json({model!r})
package_model("m", model, Path({build!r}), Path({root!r}), inspect=lambda _: ())
"""
    process = subprocess.Popen(
        [sys.executable, "-c", program], cwd=REPOSITORY_ROOT, stderr=subprocess.PIPE, text=True
    )
    try:
        wait_until(lambda: pid_file.exists() and bool(pid_file.read_text()), 60)
        yield process, int(pid_file.read_text())
    finally:
        process.kill()
        process.communicate()


def test_interrupting_several_builds_leaves_nothing(project: Project, tmp_path: Path) -> None:
    """Ctrl-C ends every worker of a deployment's models, and no model that still waits is begun."""
    project.write(SLOW)
    (tmp_path / "pids").mkdir()
    models = "".join(
        f"""
  m{index}:
    export:
      {{from: "{project.module}:factory", to: torchscript, how: trace,
       arguments: {{pid_file: "{tmp_path}/pids/{index}"}}}}
    triton: {{max_batch_size: 2}}"""
        for index in range(3)
    )
    head = """
name: test
environment: {account: "000000000000", region: us-east-1, availability_zones: [us-east-1a, us-east-1b]}
models:"""
    program = f"""
from pathlib import Path
from model_packaging import package
from model_packaging.machine import Machine
from spec import parse_deployment
class Two(Machine):
    @classmethod
    def here(cls):
        return Machine(2, 1 << 40)
package.Machine = Two
file = parse_deployment({head + models!r}, Path({str(project.root / "test.yaml")!r}))
package.package_deployment(file, Path({str(tmp_path / "build")!r}), Path({str(project.root)!r}),
                           inspect=lambda _: ())
"""
    process = subprocess.Popen(
        [sys.executable, "-c", program], cwd=REPOSITORY_ROOT, stderr=subprocess.PIPE, text=True
    )
    try:
        wait_until(lambda: sum(bool(path.read_text()) for path in (tmp_path / "pids").iterdir()) == 2, 60)
        workers = [int(path.read_text()) for path in (tmp_path / "pids").iterdir()]
        process.send_signal(signal.SIGINT)
        _, words = process.communicate(timeout=20)
    finally:
        process.kill()
        process.communicate()
    assert "KeyboardInterrupt" in words
    assert not any(is_running(worker) for worker in workers)
    assert [path for path in (tmp_path / "build").rglob("*") if not path.is_dir()] == []
    assert len(list((tmp_path / "pids").iterdir())) == 2


def test_every_worker_computes_with_the_same_number_of_threads(project: Project, tmp_path: Path) -> None:
    """Whatever the machine and its user say: sums over large tensors differ in their last bits otherwise."""
    project.write(
        """
        def factory():
            module = nn.Linear(3, 2)
            nn.init.constant_(module.weight, torch.get_num_threads())
            nn.init.zeros_(module.bias)
            return module, lambda batch, generator: {"input": torch.ones(batch, 3)}
        """
    )
    packaged = package(tmp_path / "build", project.model(), project.root)
    assert packaged.manifest.samples is not None
    answers = read_samples(packaged.directory / packaged.manifest.samples.file_name)[0].outputs
    assert set(answers["OUTPUT__0"].reshape(-1).tolist()) == {3.0 * TORCH_THREADS}


def wait_until(holds: Callable[[], bool], timeout_seconds: float) -> None:
    deadline = time.monotonic() + timeout_seconds
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def is_running(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"


def test_interrupting_a_build_leaves_nothing(
    building: "tuple[subprocess.Popen[str], int]", tmp_path: Path
) -> None:
    """Ctrl-C ends the worker and removes the temporary folder."""
    process, worker = building
    process.send_signal(signal.SIGINT)
    process.wait(20)
    assert process.returncode != 0
    assert not is_running(worker)
    assert not (tmp_path / "build").exists()


def test_killing_a_build_ends_its_worker(building: "tuple[subprocess.Popen[str], int]") -> None:
    """Nothing is left running, whatever killed it."""
    process, worker = building
    process.kill()
    process.wait(20)
    wait_until(lambda: not is_running(worker), 10)
