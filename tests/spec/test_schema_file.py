"""The JSON Schema: current, described throughout, and its command line."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from spec import schema


def test_checked_in_schema_is_current() -> None:
    """The schema in the repository is the one that the models give."""
    assert schema.SCHEMA_PATH.read_text(encoding="utf-8") == schema.schema_text()


def test_schema_is_a_schema() -> None:
    """The schema is valid by its own dialect."""
    jsonschema.Draft202012Validator.check_schema(schema.deployment_schema())


def _objects(node: Any) -> Iterator[dict[str, Any]]:  # noqa: ANN401 - any part of a JSON document
    if isinstance(node, dict):
        yield node
    for each in node.values() if isinstance(node, dict) else node if isinstance(node, list) else ():
        yield from _objects(each)


def test_every_key_is_described() -> None:
    """An editor shows for every key what it does, and for every optional one its default."""
    for node in _objects(schema.deployment_schema()):
        for key, about in node.get("properties", {}).items():
            assert about.get("description"), key
            if key not in node.get("required", []):
                assert "Default: " in about["description"], key


def test_every_pattern_has_words() -> None:
    """An editor shows a broken pattern's rule in words."""
    for node in _objects(schema.deployment_schema()):
        if isinstance(node.get("pattern"), str):
            assert node["patternErrorMessage"]


def test_command_writes_and_checks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The command writes the file; --check fails where it is missing or stale, and says what to run."""
    path = tmp_path / "deployment.schema.json"
    monkeypatch.setattr(schema, "SCHEMA_PATH", path)
    assert schema.main(["--check"]) == 1
    assert schema.main([]) == 0
    assert schema.main(["--check"]) == 0
    path.write_text("{}")
    assert schema.main(["--check"]) == 1
    message = "spec/deployment.schema.json does not fit the models in spec/; run `python -m spec.schema`\n"
    assert capsys.readouterr().err == message * 2
    assert [each.name for each in tmp_path.iterdir()] == [path.name]
