import os
import platform
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from local.triton import TritonRuntime, TritonUnavailableError, _environment
from local.triton._environment import check_platform, read_environment


@pytest.fixture
def environment(tmp_path: Path) -> Path:
    """A virtual environment that has every file in question, each of them empty."""
    folder = tmp_path / ".venv-triton"
    packages = folder / "lib" / "python3.11" / "site-packages"
    triton = packages / "pytriton" / "tritonserver"
    for package in ("nvidia_pytriton-0.7.0", "torch-2.13.0", "numpy-1.26.4"):
        (packages / f"{package}.dist-info").mkdir(parents=True)
    (packages / "nvidia_pytriton.libs").mkdir()
    for path in (
        triton / "bin" / "tritonserver",
        triton / "backends" / "python" / "libtriton_python.so",
        triton / "python_backend_stubs" / "3.11" / "triton_python_backend_stub",
        tmp_path / "python" / "lib" / "libpython3.11.so.1.0",
    ):
        path.parent.mkdir(parents=True)
        path.touch()
    (folder / "pyvenv.cfg").write_text(f"home = {tmp_path}/python/bin\nversion = 3.11.7\n")
    return folder


def packages_of(environment: Path) -> Path:
    return environment / "lib" / "python3.11" / "site-packages"


def test_a_whole_environment_is_read(environment: Path, tmp_path: Path) -> None:
    """Versions, the stub of its Python, and both folders of libraries."""
    found = read_environment(environment)
    assert (found.python_version, found.wheel_version) == ("3.11", "0.7.0")
    assert found.stub_path.parent.name == "3.11"
    assert found.library_folders == (
        packages_of(environment) / "nvidia_pytriton.libs",
        tmp_path / "python" / "lib",
    )


def test_uvs_key_for_the_version_is_understood(environment: Path, tmp_path: Path) -> None:
    """``version_info`` instead of ``version``."""
    (environment / "pyvenv.cfg").write_text(f"home = {tmp_path}/python/bin\nversion_info = 3.11.7\n")
    assert read_environment(environment).python_version == "3.11"


def test_no_environment(tmp_path: Path) -> None:
    """Says where it was looked for and what to run."""
    with pytest.raises(
        TritonUnavailableError, match=r"no Triton environment at .*/nowhere: run `make setup`$"
    ):
        read_environment(tmp_path / "nowhere")


def test_an_environment_of_no_python(environment: Path) -> None:
    """Says what to remove."""
    (environment / "pyvenv.cfg").write_text("version = 3.11.7\n")
    with pytest.raises(
        TritonUnavailableError, match=r"pyvenv.cfg names no Python; remove .* and run `make setup`$"
    ):
        read_environment(environment)


@pytest.mark.parametrize("package", ["nvidia_pytriton", "torch", "numpy"])
def test_a_missing_package(environment: Path, package: str) -> None:
    """Says which."""
    next(packages_of(environment).glob(f"{package}-*.dist-info")).rmdir()
    with pytest.raises(TritonUnavailableError) as caught:
        read_environment(environment)
    assert (
        str(caught.value) == f"{environment} lacks the package {package.replace('_', '-')}: run `make setup`"
    )


def test_numpy_2_is_refused(environment: Path) -> None:
    """With it, models load and answer nothing."""
    (packages_of(environment) / "numpy-1.26.4.dist-info").rename(
        packages_of(environment) / "numpy-2.1.0.dist-info"
    )
    with pytest.raises(
        TritonUnavailableError, match=r"has numpy 2\.1\.0, with which .* answers empty tensors"
    ):
        read_environment(environment)


def test_a_python_without_a_stub(environment: Path) -> None:
    """Says which Pythons have one."""
    (packages_of(environment) / "pytriton/tritonserver/python_backend_stubs/3.11").rename(
        packages_of(environment) / "pytriton/tritonserver/python_backend_stubs/3.12"
    )
    (
        packages_of(environment)
        / "pytriton/tritonserver/python_backend_stubs/3.12/triton_python_backend_stub"
    ).touch()
    with pytest.raises(
        TritonUnavailableError, match=r"has Python 3\.11, for which .* no stub; it has 3\.12: "
    ):
        read_environment(environment)


@pytest.fixture
def no_system_libpython(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_environment, "_LIBRARY_FOLDERS", ())
    monkeypatch.setattr(_environment, "_loader_cache", lambda: "")


@pytest.mark.usefixtures("no_system_libpython")
def test_no_shared_libpython(environment: Path, tmp_path: Path) -> None:
    """Names the library, the Debian package and the build option."""
    (tmp_path / "python/lib/libpython3.11.so.1.0").unlink()
    with pytest.raises(TritonUnavailableError) as caught:
        read_environment(environment)
    assert str(caught.value) == (
        "Triton's Python backend needs the shared library libpython3.11.so.1.0, which this machine lacks: "
        "install the Debian or Ubuntu package libpython3.11, or make the environment from a Python that "
        "was built with --enable-shared"
    )


def test_the_systems_libpython_is_left_to_the_loader(
    environment: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One in a place of the loader's own, or in its cache, needs no folder."""
    (tmp_path / "python/lib/libpython3.11.so.1.0").unlink()
    monkeypatch.setattr(_environment, "_LIBRARY_FOLDERS", ())
    monkeypatch.setattr(_environment, "_loader_cache", lambda: "libpython3.11.so.1.0 (libc6,x86-64) => /x")
    assert len(read_environment(environment).library_folders) == 1


@pytest.mark.usefixtures("no_system_libpython")
def test_the_wheels_own_libpython_needs_no_folder(environment: Path, tmp_path: Path) -> None:
    """It carries the one of its own Python, renamed, and its stub knows the way."""
    (tmp_path / "python/lib/libpython3.11.so.1.0").unlink()
    (packages_of(environment) / "nvidia_pytriton.libs" / "libpython3-0a1b2c3d.11.so.1.0").touch()
    assert len(read_environment(environment).library_folders) == 1


def test_this_platform_can(monkeypatch: pytest.MonkeyPatch) -> None:
    """The oldest glibc that the wheel takes is enough."""
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setattr(platform, "machine", lambda: "x86_64")
    monkeypatch.setattr(platform, "libc_ver", lambda: ("glibc", "2.35"))
    check_platform()


@pytest.mark.parametrize(
    ("system", "machine", "libc", "words"),
    [
        ("darwin", "arm64", ("", ""), "x86_64 Linux only, this machine is arm64 darwin; "),
        ("linux", "aarch64", ("glibc", "2.36"), "x86_64 Linux only, this machine is aarch64 linux; "),
        ("linux", "x86_64", ("glibc", "2.31"), "needs glibc 2.35 or newer .*, this machine has glibc 2.31; "),
        ("linux", "x86_64", ("", ""), "needs glibc 2.35 or newer .*, this machine has no glibc; "),
    ],
)
def test_a_platform_that_can_not(
    monkeypatch: pytest.MonkeyPatch, system: str, machine: str, libc: tuple[str, str], words: str
) -> None:
    """Says what is lacking, and what works without it."""
    monkeypatch.setattr(sys, "platform", system)
    monkeypatch.setattr(platform, "machine", lambda: machine)
    monkeypatch.setattr(platform, "libc_ver", lambda: libc)
    with pytest.raises(TritonUnavailableError, match=f"{words}synth, static checks and deploys to AWS work"):
        check_platform()


@pytest.fixture
def anywhere(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("local.triton.runtime.check_platform", lambda: None)


@pytest.mark.usefixtures("environment", "anywhere")
def test_backends_are_prepared_once_whoever_comes_first(tmp_path: Path) -> None:
    """Eight callers at once get one whole folder, and leave no other."""
    with ThreadPoolExecutor(8) as pool:
        runtimes = list(pool.map(TritonRuntime.locate, [tmp_path] * 8))
    assert len(set(runtimes)) == 1
    folder = runtimes[0].backend_folder
    assert sorted(folder.parent.iterdir()) == [folder]
    assert os.access(folder / "python" / "triton_python_backend_stub", os.X_OK)
    assert (folder / "python" / "libtriton_python.so").exists()
    assert (folder / "pytorch" / "libtorch" / "naming.py").exists()
    assert not list(folder.rglob("__pycache__"))


@pytest.mark.usefixtures("environment", "anywhere")
def test_another_stand_in_is_another_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A changed backend never meets an old copy."""
    first = TritonRuntime.locate(tmp_path).backend_folder
    changed = tmp_path / "stand_ins" / "pytorch"
    changed.mkdir(parents=True)
    (changed / "model.py").write_text("changed")
    monkeypatch.setattr("local.triton.runtime._STAND_INS", changed.parent)
    second = TritonRuntime.locate(tmp_path).backend_folder
    assert first != second
    assert (second / "pytorch" / "model.py").read_text() == "changed"


@pytest.mark.usefixtures("environment", "anywhere")
def test_a_preparation_that_fails_leaves_nothing(tmp_path: Path) -> None:
    """Neither half a folder nor the one it was made in."""
    (packages_of(tmp_path / ".venv-triton") / "pytriton/tritonserver/backends/python/gone").symlink_to(
        "nowhere"
    )
    with pytest.raises(OSError, match=r"nowhere|gone"):
        TritonRuntime.locate(tmp_path)
    assert list((tmp_path / ".seatrial" / "triton").iterdir()) == []
