"""The rules about requests of a trial: whether they are answered, and as expected."""

from dataclasses import replace

from preflight.rule import TRIAL
from preflight.running import violations_of
from preflight.trial.batches import BatchSizes, SizeOutcome
from preflight.trial.outcome import GoldenProblem
from preflight.trial.request_outcome import Origin, Repetition
from tests.preflight.rules.trial_outcomes import GOLDEN, GOOD, JSON, PLACE, answered, found, refused

ERROR = "HTTP 400: unexpected shape"
MADE = replace(GOLDEN, label="made of random values", origin=Origin.MADE)


def test_sea360_golden_file_unusable() -> None:
    """Each file is told at its own place in the list."""
    outcome = replace(GOOD, golden_problems=(GoldenProblem(1, "golden/b.npz", "is no file"),))
    [violation] = found(outcome, "SEA360")
    assert violation.what == "golden/b.npz is no file."
    assert violation.allowed == (
        "an .npz with arrays named inputs/<name>, or a .json with inputs as KServe v2 has them."
    )
    assert violation.place == (*PLACE, "golden_requests", "1")
    assert found(GOOD, "SEA360") == []


def test_sea360_leaves_missing_files_of_a_deployment_to_sea388() -> None:
    """The check without a trial finds them; those that --golden names, nothing else does."""
    missing = GoldenProblem(0, "golden/a.npz", "is no file", is_missing=True)
    assert found(replace(GOOD, golden_problems=(missing,)), "SEA360") == []
    bare = replace(GOOD, place=(), golden_problems=(missing,))
    assert [each.what for each in found(bare, "SEA360")] == ["golden/a.npz is no file."]


def test_sea361_request_refused() -> None:
    """A request that is refused in every form is told once, with the server's words."""
    outcome = replace(GOOD, requests=(replace(GOLDEN, error=ERROR), replace(JSON, error=ERROR)))
    [violation] = found(outcome, "SEA361")
    assert violation.what == "The request 'golden.npz' is refused: HTTP 400: unexpected shape."
    assert violation.allowed == "an answer."
    assert found(GOOD, "SEA361") == []


def test_sea361_leaves_to_others_what_they_tell() -> None:
    """Made requests, late answers and sizes of batches have rules of their own."""
    made = replace(GOOD, requests=(replace(MADE, error=ERROR),))
    late = replace(GOOD, requests=(replace(GOLDEN, error="no answer within 60 s", timed_out=True),))
    batch = replace(
        GOOD,
        requests=(replace(GOLDEN, error=ERROR, batch_size=8),),
        batch_sizes=BatchSizes(8, (answered(1), refused(8))),
    )
    for outcome in (made, late, batch):
        assert found(outcome, "SEA361") == []


def test_sea362_another_answer() -> None:
    """The differences stand in the finding, once for both forms."""
    differences = ("y differs in 3 of 10 values, by up to 0.5",)
    outcome = replace(
        GOOD,
        requests=(replace(GOLDEN, differences=differences), replace(JSON, differences=differences)),
    )
    [violation] = found(outcome, "SEA362")
    assert violation.what == (
        "The answer to the request 'golden.npz' (binary): y differs in 3 of 10 values, by up to 0.5."
    )
    assert violation.allowed == "the expected outputs, within the tolerance."
    assert found(GOOD, "SEA362") == []
    random = replace(outcome, repetition=Repetition("golden.npz", ("y differs",)))
    assert found(random, "SEA362") == []


def test_sea363_made_requests_refused() -> None:
    """Only where none of them is answered; the first error stands in the finding."""
    outcome = replace(GOOD, requests=(replace(MADE, error=ERROR), replace(MADE, label="b", error="other")))
    [violation] = found(outcome, "SEA363")
    assert violation.what == (
        "No request is answered that was made from the configured signature: HTTP 400: unexpected shape."
    )
    assert violation.allowed == "an answer to inputs of the configured types and dimensions."
    one = replace(GOOD, requests=(replace(MADE, error=ERROR), replace(MADE, label="b")))
    assert found(one, "SEA363") == []
    assert found(GOOD, "SEA363") == []


def test_sea364_another_signature() -> None:
    """What several requests show alike is told once."""
    contradictions = ("y: shape is [1, 2], the model gives [batch, 3]",)
    odd = tuple(replace(each, contradictions=contradictions) for each in (GOLDEN, JSON))
    [violation] = found(replace(GOOD, requests=odd), "SEA364")
    assert violation.what == (
        "The answers are not what the configuration says: y: shape is [1, 2], the model gives [batch, 3]."
    )
    assert violation.allowed == "outputs as the configuration has them."
    assert found(GOOD, "SEA364") == []


def test_sea364_speaks_where_no_size_is_right() -> None:
    """Outputs without any batch dimension are no matter of sizes."""
    odd = replace(GOLDEN, contradictions=("y: shape is [3], the model gives [batch, 3]",))
    sizes = tuple(SizeOutcome(rows, answered_rows=(("y", 3),)) for rows in (1, 8))
    outcome = replace(GOOD, requests=(odd,), batch_sizes=BatchSizes(8, sizes), rows=None)
    assert [rule.id for rule, _ in violations_of(TRIAL, outcome)] == ["SEA364"]


def test_sea364_leaves_batches_to_their_rules() -> None:
    """An answer of one row to a batch of eight is the batch's matter."""
    odd = replace(GOLDEN, batch_size=8, contradictions=("y: batch size is 1, the request's is 8",))
    outcome = replace(GOOD, requests=(odd,), batch_sizes=BatchSizes(8, (answered(1), refused(8))))
    assert found(outcome, "SEA364") == []
