import random

import pytest
import torch

from model_packaging.eager.factory import build_eager_model
from model_packaging.eager.factory_reference import FactoryReference
from model_packaging.errors import FactoryError
from tests.model_packaging.projects import Project

GOOD = """
def factory(width: int, bias: bool = True):
    return nn.Linear(width, 2, bias=bias), lambda batch, generator: {"input": torch.zeros(batch, width)}
"""


def refusal(project: Project, name: str = "factory", **arguments: object) -> FactoryError:
    with pytest.raises(FactoryError) as caught:
        build_eager_model(FactoryReference(project.module, name), arguments, project.root)
    assert "\n" not in str(caught.value)
    return caught.value


def test_the_factory_is_called_with_its_arguments(project: Project) -> None:
    """They arrive by name, and the module is in evaluation mode."""
    project.write(GOOD)
    model = project.eager(width=3, bias=False)
    assert isinstance(model.module, torch.nn.Linear)
    assert model.module.in_features == 3
    assert "bias" not in model.module.state_dict()
    assert not model.module.training
    assert model.sample(2, torch.Generator())["input"].shape == (2, 3)


@pytest.mark.parametrize(
    "text", ["examples.vision", "examples/vision:classifier", "a:b:c", ":f", "m:", "a..b:f"]
)
def test_words_that_are_no_reference_are_refused(text: str) -> None:
    """The form is shown."""
    with pytest.raises(FactoryError, match=r"no `module:factory`.*examples\.vision:classifier"):
        FactoryReference.parse(text)


def test_a_missing_module_is_named_with_the_nearest(project: Project) -> None:
    """The project's own modules are looked through."""
    (project.root / "models").mkdir()
    (project.root / "models" / "vision.py").touch()
    with pytest.raises(FactoryError) as caught:
        FactoryReference("models.vison", "classifier").source_file(project.root)
    assert "no module 'models.vison'. Did you mean 'models.vision'?" in caught.value.cause
    assert "create models/vison.py" in caught.value.fix


def test_a_missing_package_is_named_with_the_nearest(project: Project) -> None:
    """A misspelt folder too."""
    (project.root / "models").mkdir()
    (project.root / "models" / "vision.py").touch()
    with pytest.raises(FactoryError, match=r"Did you mean 'models\.vision'"):
        FactoryReference("model.vision", "classifier").source_file(project.root)


def test_a_missing_factory_is_named_with_the_nearest(project: Project) -> None:
    """Of what the module defines."""
    project.write(GOOD)
    error = refusal(project, "factroy", width=3)
    assert "has no factory 'factroy'. Did you mean 'factory'?" in error.cause


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        ({}, "missing a required argument: 'width'"),
        ({"width": 3, "wide": 1}, "got an unexpected keyword argument 'wide'"),
    ],
)
def test_arguments_that_do_not_fit_are_refused(
    project: Project, arguments: dict[str, object], reason: str
) -> None:
    """Before the factory runs, with its parameters."""
    project.write(GOOD)
    with pytest.raises(FactoryError) as caught:
        build_eager_model(FactoryReference(project.module, "factory"), arguments, project.root)
    assert reason in caught.value.cause
    assert "factory(width: int, bias: bool = True)" in caught.value.cause


def test_a_factory_that_raises_is_located(project: Project) -> None:
    """One line: what, and where in the project's own code, not in torch's."""
    project.write(
        """
        def factory():
            return nn.Linear("three", 2), None
        """
    )
    error = refusal(project)
    assert "raised TypeError" in error.cause
    assert f"({project.module}.py:5)" in error.cause


def test_a_module_that_raises_is_located(project: Project) -> None:
    """While it is imported."""
    project.write("WIDTH = 1 / 0")
    assert f"ZeroDivisionError: division by zero ({project.module}.py:3)" in refusal(project).cause


def test_an_import_that_is_not_installed_is_named(project: Project) -> None:
    """What to install is the fix."""
    project.write("import no_such_package_anywhere")
    error = refusal(project)
    assert f"({project.module}.py:3)" in error.cause
    assert "install what provides 'no_such_package_anywhere'" in error.fix


@pytest.mark.parametrize(
    ("result", "shown"),
    [
        ("nn.Linear(1, 1)", "Linear"),
        ("(nn.Linear(1, 1), 3)", "(Linear, int)"),
        ("(1, 2, 3)", "(int, int, int)"),
        ("None", "NoneType"),
    ],
)
def test_a_factory_that_returns_something_else_is_refused(project: Project, result: str, shown: str) -> None:
    """What it returned is named, and what it should return."""
    project.write(f"def factory():\n    return {result}")
    error = refusal(project)
    assert f"returned {shown}." in error.cause
    assert "(module, sample)" in error.fix


def test_a_shadowed_module_is_refused(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    """A module of that name from elsewhere is not taken for the project's."""
    project.write(GOOD)
    monkeypatch.setitem(__import__("sys").modules, project.module, random)
    assert "not from the project's" in refusal(project, width=3).cause
