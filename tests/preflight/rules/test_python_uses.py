"""The rules about what a Python-backend model asks of Triton, of its files and of its image."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from model_packaging.artifact import ArtifactInspection, RecordedFinding
from model_packaging.artifact.python_uses import python_uses
from preflight import inspect_artifact
from tests.preflight.rules.echo_configs import GOOD, artifact_of
from tests.preflight.rules.python_examples import BROKEN_SOURCES, EXECUTE, source

RULES = {f"SEA{number}" for number in range(307, 314)}
LABELS = {"1/labels.txt": 1}


def written(text: str, config: str = GOOD) -> ArtifactInspection:
    return replace(artifact_of(config, LABELS), python_model=text)


def found(text: str, config: str = GOOD) -> list[RecordedFinding]:
    return [each for each in inspect_artifact(written(text, config)) if each.rule in RULES]


def test_a_good_model_has_no_finding() -> None:
    """It answers with its input."""
    assert found(source()) == []


def named(rule: str) -> list[str]:
    return [name for name, each in BROKEN_SOURCES.items() if each.rule == rule]


def assert_found(name: str) -> None:
    broken = BROKEN_SOURCES[name]
    assert [(each.rule, each.what, each.allowed) for each in found(broken.text)] == [
        (broken.rule, broken.what, broken.allowed)
    ]


@pytest.mark.parametrize("name", named("SEA307"))
def test_sea307_method_not_callable(name: str) -> None:
    """Too few arguments, and too many."""
    assert_found(name)


@pytest.mark.parametrize("name", named("SEA308"))
def test_sea308_input_not_declared(name: str) -> None:
    """There is None of it."""
    assert_found(name)


@pytest.mark.parametrize("name", named("SEA309"))
def test_sea309_output_not_declared(name: str) -> None:
    """It is dropped."""
    assert_found(name)


@pytest.mark.parametrize("name", named("SEA310"))
def test_sea310_answer_never_given(name: str) -> None:
    """The answers are made, and kept."""
    assert_found(name)


@pytest.mark.parametrize(
    "body",
    [
        "    def initialize(self, args, *, verbose=False):\n        pass\n",
        "    def initialize(self, *given):\n        pass\n",
        "    @staticmethod\n    def auto_complete_config(config):\n        return config\n",
        "    @classmethod\n    def auto_complete_config(cls, config):\n        return config\n",
        "    def auto_complete_config(config):\n        return config\n",
        "    @traced\n    def initialize(self):\n        pass\n",
        "    def finalize(self):\n        pass\n",
        "    async def helper(self):\n        pass\n",
    ],
)
def test_sea307_what_can_be_called(body: str) -> None:
    """Defaults, any number, methods of the class, and decorators that may change what is taken."""
    assert found(source(body)) == []


def test_sea307_a_static_execute() -> None:
    """Triton does not mind."""
    static = EXECUTE.replace(
        "    def execute(self, requests)", "    @staticmethod\n    def execute(requests)"
    )
    assert found(source(execute=static)) == []


def test_sea308_controls_and_batch_inputs_are_inputs() -> None:
    """Triton fills them; a value that is looked at before it is used may be None."""
    read = EXECUTE.replace('"x"', '"start"')
    control = 'name: "start" control { kind: CONTROL_SEQUENCE_START int32_false_true: [ 0, 1 ] }'
    sequences = f"sequence_batching {{ control_input [ {{ {control} }} ] }}"
    assert found(source(execute=read), f"{GOOD}{sequences}") == []
    batch = (
        'batch_input [ { kind: BATCH_ELEMENT_COUNT target_name: "start" data_type: TYPE_INT32 '
        'source_input: "x" } ]'
    )
    assert found(source(execute=read), f"{GOOD}{batch}") == []
    asked = source(
        "    def seed(self, request):\n        return pb_utils.get_input_tensor_by_name(request, 'seed')\n"
    )
    assert found(asked) == []


def test_what_a_model_completes_is_its_own() -> None:
    """With auto_complete_config the configuration does not say all."""
    completes = "    @staticmethod\n    def auto_complete_config(config):\n        return config\n"
    other = EXECUTE.replace('"x"', '"image"').replace('"y"', '"logits"')
    assert found(source(completes, execute=other)) == []


def test_sea309_tensors_of_a_request_to_another_model() -> None:
    """They have the names of that model's inputs."""
    asks = EXECUTE.replace(
        "        return [",
        '        pb_utils.InferenceRequest(model_name="other", inputs=[pb_utils.Tensor("ids", arrays[0])])\n'
        "        return [",
    )
    assert found(source(execute=asks)) == []


@pytest.mark.parametrize(
    "execute",
    [
        "    def execute(self, requests):\n        self.run(requests)\n",
        "    def execute(self, requests):\n        raise NotImplementedError('InferenceResponse')\n",
        (
            "    def execute(self, requests):\n        for each in requests:\n"
            "            each.get_response_sender().send(pb_utils.InferenceResponse([]))\n"
        ),
    ],
)
def test_sea310_answers_that_are_given_elsewhere(execute: str) -> None:
    """By a sender, by a function that is not followed, or never by intent."""
    assert found(source(execute=execute)) == []


def test_sea310_a_return_within_another_function_is_none() -> None:
    """Only execute's own counts."""
    inner = EXECUTE.replace(
        "        return [", "        def later():\n            return 1\n        answers = ["
    )
    assert [each.rule for each in found(source(execute=inner))] == ["SEA310"]


@pytest.mark.parametrize("words", ["import torch", "from torch.nn import functional", "import os, torch.jit"])
def test_sea311_package_not_in_the_image(words: str) -> None:
    """A warning, with its line; an environment brings it, and so does a folder beside the model's file."""
    text = source(top=words)
    [finding] = found(text)
    assert (finding.rule, finding.severity, finding.what) == ("SEA311", "warning", "Line 2 imports torch.")
    environment = 'parameters: { key: "EXECUTION_ENV_PATH" value: { string_value: "/opt/env.tar.gz" } }'
    assert found(text, GOOD + environment) == []
    beside = replace(written(text), files=artifact_of(GOOD, {"1/torch/__init__.py": 1}).files)
    assert not [each for each in inspect_artifact(beside) if each.rule == "SEA311"]


def test_sea311_an_import_that_may_fail() -> None:
    """What is tried is not needed."""
    assert found(source(top="try:\n    import torch\nexcept ImportError:\n    torch = None")) == []


@pytest.mark.parametrize(
    ("call", "shown"),
    [
        ("subprocess.check_call(['pip', 'install', 'pandas'])", "pip install"),
        ("os.system('pip3 install pandas')", "pip install"),
        (
            "AutoModel.from_pretrained('google-bert/bert-base-uncased')",
            "from_pretrained('google-bert/bert-base-uncased')",
        ),
        ("hf_hub_download('a/b', 'c')", "hf_hub_download"),
    ],
)
def test_sea312_download_at_start(call: str, shown: str) -> None:
    """Packages and models of a hub."""
    [finding] = found(source(f"    def initialize(self, args):\n        {call}\n"))
    assert (finding.rule, finding.severity, finding.what) == ("SEA312", "warning", f"Line 6: {shown}.")


@pytest.mark.parametrize(
    "call",
    [
        "AutoModel.from_pretrained(self.folder)",
        "AutoModel.from_pretrained('/opt/ml/model/bert')",
        "AutoModel.from_pretrained('./bert')",
        "AutoModel.from_pretrained('a/b', local_files_only=True)",
        "print('pip install pandas')",
    ],
)
def test_sea312_what_stays_on_the_instance(call: str) -> None:
    """Folders, and what is told to stay."""
    assert found(source(f"    def initialize(self, args):\n        {call}\n")) == []


@pytest.mark.parametrize(
    ("call", "rules"),
    [
        ("open('labels.txt')", ["SEA313"]),
        ("np.loadtxt('1/labels.txt')", ["SEA313"]),
        ("open('/opt/ml/model/echo/1/labels.txt')", []),
        ("open('other.txt')", []),
        ("self.load('labels.txt')", []),
        ("os.chdir(args['model_repository']) or open('labels.txt')", []),
    ],
)
def test_sea313_file_beside_the_server(call: str, rules: list[str]) -> None:
    """A relative path of a file that is packed; elsewhere a function may complete the path."""
    text = source(f"    def initialize(self, args):\n        {call}\n")
    assert [each.rule for each in found(text)] == rules


@given(st.text(max_size=300))
def test_any_text_is_read_or_is_no_python(text: str) -> None:
    """Nothing of it is run, and nothing is raised."""
    uses = python_uses(text)
    assert uses is None or isinstance(uses.methods, dict)


MAYBE_READS = """        for each in requests:
            if "mask" in self.names:
                mask = pb_utils.get_input_tensor_by_name(each, "mask").as_numpy()
            sizes = self.sized and pb_utils.get_input_tensor_by_name(each, "sizes").as_numpy()
        arrays ="""


def test_sea308_an_input_that_may_never_be_read() -> None:
    """One text may serve several models: under a condition nobody knows."""
    assert found(source(execute=EXECUTE.replace("        arrays =", MAYBE_READS))) == []


def test_sea309_an_output_that_may_never_be_made() -> None:
    """Likewise."""
    maybe = '        more = [pb_utils.Tensor("z", arrays[0])] if self.more else []\n        return ['
    assert found(source(execute=EXECUTE.replace("        return [", maybe))) == []


def test_sea310_a_decorator_may_collect_the_answers() -> None:
    """What it makes of them is not seen."""
    given = EXECUTE.replace("        return [", "        self.answers = [")
    assert [each.rule for each in found(source(execute=given))] == ["SEA310"]
    assert found(source(execute=f"    @answered_one_by_one\n{given}")) == []


def test_sea311_a_python_of_ones_own() -> None:
    """A stub in the model's folder finds packages of its own, and so does what installs them first."""
    stub = replace(
        written(source(top="import torch")),
        files=artifact_of(GOOD, {"triton_python_backend_stub": 1}).files,
    )
    assert not [each for each in inspect_artifact(stub) if each.rule == "SEA311"]
    installs = source(top="import subprocess\nsubprocess.run(['pip', 'install', 'torch'])\nimport torch")
    assert [each.rule for each in found(installs)] == ["SEA312"]


@pytest.mark.parametrize("variable", ["HF_HUB_OFFLINE", "TRANSFORMERS_OFFLINE"])
def test_sea312_what_is_told_to_stay_offline(variable: str) -> None:
    """The hub's libraries then read what is packed."""
    top = f"import os\nos.environ['{variable}'] = '1'"
    loads = "    def initialize(self, args):\n        AutoModel.from_pretrained('a/b', cache_dir=args['x'])\n"
    assert found(source(loads, top=top)) == []
    assert [each.rule for each in found(source(loads))] == ["SEA312"]


@pytest.mark.parametrize(
    "lines",
    [
        "if __name__ == '__main__':\n    open('labels.txt')",
        "try:\n    open('labels.txt')\nexcept OSError:\n    pass",
        "open('labels.txt', 'w')",
        "open('labels.txt', mode='ab')",
    ],
)
def test_sea313_files_that_need_not_be_there(lines: str) -> None:
    """What is tried out by hand, what may fail, and what is written."""
    assert found(source(top=lines)) == []


@pytest.mark.parametrize("mode", ["r", "rb", "rt", "br"])
def test_sea313_files_that_are_read(mode: str) -> None:
    """In every way of saying so."""
    assert [each.rule for each in found(source(top=f"open('labels.txt', '{mode}')"))] == ["SEA313"]
