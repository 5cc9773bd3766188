from pathlib import Path


def test_constructs_folder_is_a_source_root() -> None:
    """`constructs/` holds packages and is none: an __init__.py would hide the PyPI package of that name."""
    root = Path(__file__).parents[2] / "constructs"
    assert not (root / "__init__.py").exists()
    assert [each.name for each in root.iterdir() if each.suffix == ".py"] == []
