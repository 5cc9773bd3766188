"""The rules about inference components on the instances they share."""

from typing import TYPE_CHECKING

import pytest

from preflight import Location, Severity

if TYPE_CHECKING:
    from tests.preflight.conftest import Project

SHARED = """\
endpoints:
  shared:
    type: inference-components
    instances: {type: ml.g5.2xlarge, min: 0, max: 4}
    components:
      classifier:
        model: classifier
        copies: {min: 0, max: 3}
        compute: {accelerators: 1, cpus: 2, memory_mib: 4096}
        scaling: {invocations_per_copy: 300}
"""
CLASSIFIER = "endpoints.shared.components.classifier"


@pytest.fixture
def shared(project: "Project") -> "Project":
    """A good project with one component on at most four one-GPU instances."""
    project.text = project.text[: project.text.index("endpoints:")] + SHARED
    return project


def test_a_good_component_has_no_finding(shared: "Project") -> None:
    """The deployment that the other tests change has nothing against it."""
    assert shared.check().findings == ()


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ("accelerators: 2, cpus: 2, memory_mib: 4096", "2 accelerators, 2 CPUs and 4096 MiB"),
        ("accelerators: 1, cpus: 9, memory_mib: 4096", "1 accelerator, 9 CPUs and 4096 MiB"),
        ("accelerators: 1, cpus: 2, memory_mib: 32768", "1 accelerator, 2 CPUs and 32768 MiB"),
    ],
)
def test_sea521_copy_larger_than_an_instance(shared: "Project", asked: str, words: str) -> None:
    """One copy must fit on an empty instance, in each of the three; memory counts without what AWS takes."""
    shared.edit("accelerators: 1, cpus: 2, memory_mib: 4096", asked)
    [finding] = shared.found("SEA521")
    assert finding.what.startswith(f"A copy takes {words}; ml.g5.2xlarge has 1 accelerator, 8 CPUs and ")
    assert finding.subject == CLASSIFIER
    assert finding.location == Location("deployments/vision.yaml", 17)
    assert shared.found("SEA522") == []


def test_sea521_hides_no_other_components(shared: "Project") -> None:
    """Beside a component that never fits, the others' copies and updates are looked at as ever."""
    other = shared.text[shared.text.index("      classifier:") :]
    shared.edit("accelerators: 1", "accelerators: 2")
    shared.text += other.replace("classifier:", "other:", 1).replace("max: 3", "max: 5")
    assert [each.subject for each in shared.found("SEA521")] == [CLASSIFIER]
    [finding] = shared.found("SEA522")
    assert finding.what == (
        "5 copies are the most of all components, and 1 of them find no room on 4 x ml.g5.2xlarge: "
        "1 of 'other'."
    )
    shared.edit("max: 5}", "max: 4}")
    assert shared.found("SEA522") == []
    assert [each.subject for each in shared.found("SEA523")] == ["endpoints.shared.components.other"]


def test_sea521_holds_for_every_type_of_pools(shared: "Project") -> None:
    """A copy may find itself on any of the types."""
    pools = "pools: [{type: ml.g5.2xlarge, priority: 1}, {type: ml.m5.2xlarge, priority: 2}]"
    shared.edit("type: ml.g5.2xlarge", pools)
    [finding] = shared.found("SEA521")
    assert "ml.m5.2xlarge has 0 accelerators" in finding.what


def test_sea522_copies_beyond_the_instances(shared: "Project") -> None:
    """All copies fit on the most instances at once, or the finding says how many of which do not."""
    shared.edit("max: 3}", "max: 6}")
    [finding] = shared.found("SEA522")
    assert finding.what == (
        "6 copies are the most of all components, and 2 of them find no room on 4 x ml.g5.2xlarge: "
        "2 of 'classifier'."
    )
    assert finding.subject == "endpoints.shared"
    shared.edit("max: 4}", "max: 6}")
    assert shared.found("SEA522") == []


def test_sea522_counts_what_scheduled_actions_allow(shared: "Project") -> None:
    """An action that raises the most copies beyond the instances is told before its time comes."""
    shared.edit(
        "invocations_per_copy: 300",
        'invocations_per_copy: 300, scheduled: {sale: {schedule: "rate(1 day)", max: 6}}',
    )
    [finding] = shared.found("SEA522")
    assert finding.what.startswith("6 copies are the most of all components, and 2 of them find no room")


def test_sea522_places_copies_as_their_components_say(shared: "Project") -> None:
    """Five copies fill two instances where they are packed together, and do not where they are spread."""
    one = "compute: {accelerators: 1, cpus: 2, memory_mib: 4096}"
    shared.text = shared.text.replace("ml.g5.2xlarge, min: 0, max: 4", "ml.m5.2xlarge, min: 0, max: 2")
    packed = ", memory_mib: 1024}\n        placement: {strategy: BINPACK}"
    second = """\
      second:
        model: classifier
        copies: {min: 2, max: 2}
        compute: {cpus: 3, memory_mib: 1024}
        placement: {strategy: BINPACK}
      third:
        model: classifier
        copies: {min: 1, max: 1}
        compute: {cpus: 2, memory_mib: 1024}
        placement: {strategy: BINPACK}
"""
    shared.edit(one, f"compute: {{cpus: 4{packed}")
    shared.edit("min: 0, max: 3", "min: 0, max: 2")
    shared.text += second
    assert shared.found("SEA522") == []
    shared.text = shared.text.replace("BINPACK", "SPREAD")
    [finding] = shared.found("SEA522")
    assert finding.what.endswith("1 of 'third'.")


def test_sea522_may_be_acknowledged(shared: "Project") -> None:
    """Components whose load comes at different times may share less than they need together."""
    shared.edit("max: 3}", "max: 6}")
    shared.edit(
        "    components:\n", '    acknowledge: {SEA522: "day and night, never together"}\n    components:\n'
    )
    [finding] = shared.found("SEA522")
    assert finding.acknowledged == "day and night, never together"


def test_sea523_no_room_for_a_rolling_update(shared: "Project") -> None:
    """Four copies on four one-GPU instances run, and can't be replaced: a warning at the component."""
    shared.edit("max: 3}", "max: 4}")
    [finding] = shared.found("SEA523")
    assert finding.what == (
        "Besides the 4 copies that there may be, a batch of 1 finds no room on 4 x ml.g5.2xlarge."
    )
    assert finding.severity is Severity.WARNING
    assert finding.subject == CLASSIFIER


def test_sea523_counts_the_whole_batch(shared: "Project") -> None:
    """Half of three copies are two more, rounded up."""
    batch = "rolling_update: {maximum_batch_size: {type: CAPACITY_PERCENT, value: 50}}"
    shared.edit("        scaling:", f"        {batch}\n        scaling:")
    [finding] = shared.found("SEA523")
    assert "a batch of 2 finds no room" in finding.what


def test_sea524_idle_instances_stay(shared: "Project") -> None:
    """Where all components go to zero, one instance that stays is told."""
    shared.edit("min: 0, max: 4}", "min: 1, max: 4}")
    [finding] = shared.found("SEA524")
    assert finding.what == "Every component may go to 0 copies, and 1 instance stays."
    shared.edit("copies: {min: 0", "copies: {min: 1")
    assert shared.found("SEA524") == []


@pytest.mark.parametrize(("limit", "found"), [("min: 0", 1), ("max: 0, min: 0", 1), ("max: 1", 0)])
def test_sea524_counts_scheduled_zeros(shared: "Project", limit: str, found: int) -> None:
    """A component that a scheduled action takes to zero leaves instances, too."""
    shared.edit("min: 0, max: 4}", "min: 1, max: 4}")
    shared.edit("copies: {min: 0", "copies: {min: 1")
    shared.edit(
        "invocations_per_copy: 300",
        f'invocations_per_copy: 300, scheduled: {{night: {{schedule: "rate(1 day)", {limit}}}}}',
    )
    assert len(shared.found("SEA524")) == found


def test_sea525_region_without_components(shared: "Project") -> None:
    """The region lacks the resource type; the others are listed."""
    shared.text = shared.text.replace("us-east-1", "us-west-1")
    [finding] = shared.found("SEA525")
    assert finding.what == "CloudFormation has no AWS::SageMaker::InferenceComponent in us-west-1."
    assert "us-west-2" in finding.allowed
    assert finding.location == Location("deployments/vision.yaml", 2)


def test_sea525_lets_ordinary_endpoints_pass(project: "Project") -> None:
    """Without components, the region may lack them."""
    project.text = project.text.replace("us-east-1", "us-west-1")
    assert project.found("SEA525") == []


@pytest.mark.parametrize(
    ("value", "copies", "found"), [(1, "2, max: 4", 0), (1, "1, max: 4", 1), (1, "4, max: 21", 1)]
)
def test_sea526_batch_outside_its_share(shared: "Project", value: int, copies: str, found: int) -> None:
    """A number of copies is 5 to 50 % of the fewest and of the most."""
    batch = f"rolling_update: {{maximum_batch_size: {{type: COPY_COUNT, value: {value}}}}}"
    shared.edit("        scaling:", f"        {batch}\n        scaling:")
    shared.edit("min: 0, max: 3", f"min: {copies}")
    assert len(shared.found("SEA526")) == found


def test_sea527_copy_count_under_scaling(shared: "Project") -> None:
    """A number of copies to begin with is one that deploys come back to."""
    shared.edit("min: 0, max: 3", "min: 0, max: 3, initial: 1")
    [finding] = shared.found("SEA527")
    assert finding.severity is Severity.WARNING
    assert finding.subject == CLASSIFIER


def test_sea503_machine_image_of_shared_instances(shared: "Project") -> None:
    """A machine image must suit the instances that components share, too."""
    ami = "    inference_ami_version: al2-ami-sagemaker-inference-neuron-2\n"
    shared.edit("    components:\n", f"{ami}    components:\n")
    [finding] = shared.found("SEA503")
    assert finding.what.endswith("is for the accelerator 'neuron'; ml.g5.2xlarge has 'gpu'.")
    assert finding.subject == "endpoints.shared"
