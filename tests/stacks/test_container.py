"""What a container is told beside its own variables."""

from typing import Any

import pytest

import spec
from model_packaging.artifact import (
    ArchiveRecord,
    BuildInputs,
    Layout,
    Manifest,
    Provenance,
    Signature,
)
from stacks._container import RESPONSE_CACHE_BYTES, further_variables, served

ARGUMENTS = "SAGEMAKER_TRITON_ADDITIONAL_ARGS"
DEFAULT_MODEL = "SAGEMAKER_TRITON_DEFAULT_MODEL_NAME"
CACHE = f"--cache-config=local,size={RESPONSE_CACHE_BYTES}"


def manifest(**changes: Any) -> Manifest:  # noqa: ANN401 - fields of a manifest
    fields: dict[str, Any] = {
        "model": "m",
        "layout": Layout.TRITON,
        "format": "python",
        "max_batch_size": 1,
        "signature": Signature((), (), batched=True),
        "files": (),
        "archive": ArchiveRecord("a.tar.gz", 1),
        "samples": None,
        "content_key": "a",
        "build_inputs": BuildInputs("0", (), ()),
        "findings": (),
        "provenance": Provenance((), "linux-x86_64", None),
        **changes,
    }
    return Manifest(**fields)


def variables(said: str | None = None, **changes: Any) -> dict[str, str]:  # noqa: ANN401 - fields of a manifest
    environment = {} if said is None else {ARGUMENTS: said}
    container = spec.Container.model_validate({"environment": environment})
    return dict(further_variables(container, manifest(**changes)))


def test_the_answering_folder_is_named() -> None:
    """The model's own, or a repository's; the container's own word wins."""
    container = spec.Container()
    assert served(container, manifest()) == (DEFAULT_MODEL, "m")
    assert served(container, manifest(default_model="inner")) == (DEFAULT_MODEL, "inner")
    own = spec.Container.model_validate({"environment": {DEFAULT_MODEL: "other"}})
    assert served(own, manifest(default_model="inner")) == (DEFAULT_MODEL, "other")
    assert further_variables(own, manifest()) == {}


def test_nothing_is_added_where_nothing_is_needed() -> None:
    """The user's words stay as they are, blanks included."""
    assert variables() == {}
    assert variables("--strict-readiness=true  --x") == {ARGUMENTS: "--strict-readiness=true  --x"}


def test_called_models_are_loaded() -> None:
    """In the manifest's order."""
    assert variables(load_models=("a", "b")) == {ARGUMENTS: "--load-model=a --load-model=b"}


def test_a_cache_is_given_to_a_server_that_needs_one() -> None:
    """Of a size that every instance type has."""
    assert variables(response_cache=True) == {ARGUMENTS: CACHE}
    assert RESPONSE_CACHE_BYTES == 67_108_864


def test_the_users_own_words_are_kept_and_extended() -> None:
    """They come first."""
    assert variables("--x=1", load_models=("a",), response_cache=True) == {
        ARGUMENTS: f"--x=1 --load-model=a {CACHE}"
    }


@pytest.mark.parametrize("said", ["--load-model=a", "--load-model a", "--x --load-model a --y"])
def test_what_the_user_loads_is_not_loaded_twice(said: str) -> None:
    """However it is written."""
    assert variables(said, load_models=("a",)) == {ARGUMENTS: said}


@pytest.mark.parametrize(
    "said",
    [
        "--cache-config=local,size=1",
        "--cache-config local,size=1",
        "--cache-config=redis,host=h",
        "--response-cache-byte-size=1",
    ],
)
def test_the_users_own_cache_stays(said: str) -> None:
    """Whatever it is."""
    assert variables(said, response_cache=True) == {ARGUMENTS: said}
