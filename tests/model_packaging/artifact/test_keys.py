import hashlib
from dataclasses import replace

import pytest

from model_packaging.artifact.keys import BuildInputs, canonical_json, content_key_of

FILES = [("m/1/model.pt", 0o644, 3, "aa"), ("m/config.pbtxt", 0o644, 4, "bb")]
INPUTS = BuildInputs("spec", (("a.py", "1"), ("b.py", "2")), (("torch", "2.13.0"),))


def test_content_key_is_independent_of_order() -> None:
    """It names a set of files."""
    assert content_key_of(FILES) == content_key_of(reversed(FILES))


@pytest.mark.parametrize("changed", [("n", 0o644, 3, "aa"), ("m/1/model.pt", 0o755, 3, "aa")])
def test_content_key_follows_every_field(changed: tuple[str, int, int, str]) -> None:
    """Another path, mode, size or digest is another key."""
    assert content_key_of([changed, FILES[1]]) != content_key_of(FILES)


def test_content_key_follows_settings() -> None:
    """What else changes what is served is part of it."""
    assert content_key_of(FILES, {"image": "a"}) != content_key_of(FILES, {"image": "b"})


def test_content_key_is_pinned() -> None:
    """A change of the format would roll out every model anew: it must be meant."""
    assert (
        content_key_of(FILES)
        == hashlib.sha256(
            b'{"files":[["m/1/model.pt",420,3,"aa"],["m/config.pbtxt",420,4,"bb"]],'
            b'"format":"seatrial-content-1","settings":{}}'
        ).hexdigest()
    )


@pytest.mark.parametrize(
    "other",
    [
        replace(INPUTS, spec_sha256="other"),
        replace(INPUTS, sources=(("a.py", "1"),)),
        replace(INPUTS, pins=(("torch", "2.14.0"),)),
    ],
)
def test_build_key_follows_every_input(other: BuildInputs) -> None:
    """Whatever decides a build decides its key."""
    assert other.build_key != INPUTS.build_key


def test_differences_name_what_changed() -> None:
    """The section by its words, sources by their paths; pins are the builder's business."""
    now = BuildInputs("other", (("a.py", "1"), ("b.py", "3"), ("c.py", "4")), ())
    assert INPUTS.differences(now) == ("the model's section of the deployment file", "b.py", "c.py")
    assert INPUTS.differences(replace(INPUTS, pins=())) == ()


def test_canonical_json_is_independent_of_insertion() -> None:
    """Equal documents give equal bytes."""
    assert canonical_json({"b": 1, "a": [1, "ä"]}) == canonical_json({"a": [1, "ä"], "b": 1})
