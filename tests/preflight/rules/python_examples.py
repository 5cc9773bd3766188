"""Python-backend models with one mistake each, for the configuration ``GOOD``."""

from dataclasses import dataclass

__all__ = ["BROKEN_SOURCES", "BrokenSource", "source"]

_ANSWER = """        arrays = [pb_utils.get_input_tensor_by_name(each, "x").as_numpy() for each in requests]
        return [pb_utils.InferenceResponse([pb_utils.Tensor("y", array)]) for array in arrays]
"""
EXECUTE = f"    def execute(self, requests):\n{_ANSWER}"


@dataclass(frozen=True)
class BrokenSource:
    """One text with one mistake.

    Attributes:
        rule: that says so.
        text: of model.py.
        what: the rule's words.
        allowed: the rule's words.
        loads: whether Triton 2.51 loads it all the same.
        answer: what it says to a request, where it loads: a part of the error, or of the answer; empty where
            it answers nothing in time.
    """

    rule: str
    text: str
    what: str
    allowed: str
    loads: bool = False
    answer: str = ""


def source(body: str = "", *, top: str = "", execute: str = EXECUTE) -> str:
    """Return a model.py that answers with its input, with further lines at its top and in its class."""
    head = f"import triton_python_backend_utils as pb_utils\n{top}\n\nclass TritonPythonModel:\n"
    return f"{head}{body}\n{execute}"


BROKEN_SOURCES = {
    "initialize": BrokenSource(
        "SEA307",
        source("    def initialize(self):\n        pass\n"),
        "Line 5: initialize is called with 1 argument, and takes another number (1 with self).",
        "initialize(self, args).",
    ),
    "constructor": BrokenSource(
        "SEA307",
        source("    def __init__(self, model):\n        pass\n"),
        "Line 5: __init__ is called with 0 arguments, and takes another number (2 with self).",
        "__init__(self).",
    ),
    "auto_complete": BrokenSource(
        "SEA307",
        source("    def auto_complete_config(self, config):\n        return config\n"),
        "Line 5: auto_complete_config is called with 1 argument, and takes another number (2 with self).",
        "@staticmethod auto_complete_config(auto_complete_model_config).",
    ),
    "execute_alone": BrokenSource(
        "SEA307",
        source(execute="    def execute(self):\n        return []\n"),
        "Line 6: execute is called with 1 argument, and takes another number (1 with self).",
        "execute(self, requests).",
        loads=True,
        answer="takes 1 positional argument but 2 were given",
    ),
    "execute_two": BrokenSource(
        "SEA307",
        source(execute="    def execute(self, requests, context, more=0):\n        return []\n"),
        "Line 6: execute is called with 1 argument, and takes another number (from 3 with self).",
        "execute(self, requests).",
        loads=True,
        answer="missing 1 required positional argument",
    ),
    "reads": BrokenSource(
        "SEA308",
        source(execute=EXECUTE.replace('"x"', '"image"')),
        "Line 7 reads the input 'image'.",
        "'x'.",
        loads=True,
        answer="'NoneType' object has no attribute 'as_numpy'",
    ),
    "answers": BrokenSource(
        "SEA309",
        source(execute=EXECUTE.replace('"y"', '"logits"')),
        "Line 8 makes the output 'logits'.",
        "'y'.",
        loads=True,
        answer='"outputs":[]',
    ),
    "silent": BrokenSource(
        "SEA310",
        source(execute=EXECUTE.replace("return [", "answers = [")),
        "Line 6: execute returns nothing.",
        "a list of InferenceResponse.",
        loads=True,
    ),
    "relative": BrokenSource(
        "SEA313",
        source("    labels = open('labels.txt')\n"),
        "Line 5 opens 'labels.txt', a file of the archive.",
        "a path that starts at the model's file.",
    ),
}
