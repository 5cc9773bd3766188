"""What is read of a Python-backend model's text, without running any of it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from model_packaging.artifact.python_model import read_python_model

WHOLE = """import triton_python_backend_utils as pb_utils

CALLED = "encoder"


class TritonPythonModel:
    def initialize(self, args):
        pass

    def execute(self, requests):
        for request in requests:
            one = pb_utils.InferenceRequest(model_name="tokenizer", inputs=[]).exec()
            two = pb_utils.InferenceRequest(inputs=[], model_name=CALLED).exec()
            three = pb_utils.InferenceRequest(inputs=[], model_name=self.name).exec()
            again = pb_utils.InferenceRequest(model_name="tokenizer", inputs=[]).async_exec()
            sender = request.get_response_sender()
"""


def test_a_whole_model() -> None:
    """The class, its methods, what it calls by a literal or a constant, and that it sends."""
    found = read_python_model(WHOLE)
    assert (found.error, found.defines_class, found.sends_responses) == ("", True, True)
    assert found.methods == frozenset({"initialize", "execute"})
    assert found.calls == ("tokenizer", "encoder")


@pytest.mark.parametrize(
    ("text", "defines", "methods"),
    [
        ("", False, None),
        ("class Other:\n    def execute(self): ...", False, None),
        ("class TritonPythonModel:\n    pass", True, frozenset()),
        ("class TritonPythonModel(object):\n    pass", True, frozenset()),
        ("class TritonPythonModel(Base):\n    pass", True, None),
        ("from elsewhere import TritonPythonModel", True, None),
        ("from elsewhere import Other as TritonPythonModel", True, None),
        ("TritonPythonModel = Other", True, None),
        ("class TritonPythonModel:\n    execute = other", True, frozenset({"execute"})),
        ("class TritonPythonModel:\n    async def execute(self): ...", True, frozenset({"execute"})),
    ],
)
def test_where_the_class_comes_from(text: str, *, defines: bool, methods: frozenset[str] | None) -> None:
    """Of a class that is imported or has bases, nobody knows the methods."""
    found = read_python_model(text)
    assert (found.defines_class, found.methods) == (defines, methods)


def test_a_computed_name_is_not_seen() -> None:
    """Nor is a request of another library, or a class without the argument."""
    text = "InferenceRequest(model_name=f'{x}')\nOther(model_name='m')\nInferenceRequest('m')"
    assert read_python_model(text).calls == ()


def test_no_python() -> None:
    """The line and the reason, and nothing else."""
    found = read_python_model("x = 1\ndef :\n")
    assert found.error == "line 2: invalid syntax"
    assert (found.defines_class, found.methods, found.calls, found.sends_responses) == (
        False,
        None,
        (),
        False,
    )


def test_a_null_byte() -> None:
    """It is no text of Python's, and no line is to blame."""
    assert "null bytes" in read_python_model("x = '\0'").error


@given(st.text(max_size=200))
def test_any_text_is_read(text: str) -> None:
    """Whatever it is: words or an error, never an exception."""
    found = read_python_model(text)
    assert not (found.error and found.calls)


@pytest.mark.parametrize(
    "text",
    [
        "if True:\n    class TritonPythonModel: ...",
        "try:\n    from a import TritonPythonModel\nexcept ImportError:\n    from b import TritonPythonModel",
        "from model_of_the_team import *",
        "TritonPythonModel: type = make()",
        "with quiet():\n    TritonPythonModel = make()",
    ],
)
def test_the_class_may_come_from_anywhere_at_the_top(text: str) -> None:
    """Under a condition, in a try, with a star, with an annotation."""
    assert read_python_model(text).defines_class


@pytest.mark.parametrize(
    "text",
    [
        "@complete\nclass TritonPythonModel: ...",
        "class TritonPythonModel(metaclass=Complete): ...",
        "class TritonPythonModel: ...\nTritonPythonModel = complete(TritonPythonModel)",
        "class TritonPythonModel: ...\nTritonPythonModel.execute = execute",
        "if True:\n    class TritonPythonModel: ...\nelse:\n    class TritonPythonModel(Other): ...",
    ],
)
def test_methods_that_others_add(text: str) -> None:
    """Decorators, metaclasses, what is assigned behind the class, and a second one."""
    assert read_python_model(text).methods is None


def test_methods_under_conditions() -> None:
    """They are the class's as well."""
    text = (
        "class TritonPythonModel:\n    if FAST:\n        def execute(self, requests): ...\n"
        "    finalize: object = None"
    )
    assert read_python_model(text).methods == frozenset({"execute", "finalize"})


def test_what_a_model_loads_it_may_call() -> None:
    """pb_utils.load_model adds to what is loaded; a load_model of another library doesn't."""
    assert read_python_model(f"{WHOLE}        pb_utils.load_model('tokenizer')\n").calls == ()
    assert read_python_model(f"{WHOLE}        whisper.load_model('tokenizer')\n").calls == (
        "tokenizer",
        "encoder",
    )
