"""One test per message about a single value: what, allowed, fix and path, in our words."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from pydantic import ValidationError
from pydantic_core import ErrorDetails

from catalogue import instance_types
from spec import Deployment, Problem
from spec._document import Document
from spec._schema_check import _ABOUT_THE_TAG, _WORDS

Refused = Callable[[tuple[str | int, ...], object], Problem]
OnlyProblem = Callable[[str], Problem]

CLASSIFIER = ("models", "classifier")
DEDICATED = ("endpoints", "dedicated")


def test_missing_key(valid: dict[str, Any], only_problem_of: OnlyProblem) -> None:
    """A missing key is named with its place and what it may hold."""
    del valid["environment"]["region"]
    problem = only_problem_of(json.dumps(valid))
    assert problem.path == "environment.region"
    assert problem.value == ""
    assert problem.what == "the key 'region' is missing"
    assert problem.allowed.startswith('one of 48, such as "af-south-1"')
    assert problem.fix == "add `region:` under environment"


def test_missing_key_at_the_top(valid: dict[str, Any], only_problem_of: OnlyProblem) -> None:
    """A missing section is to be added at the top of the file."""
    del valid["name"]
    assert only_problem_of(json.dumps(valid)).fix == "add `name:` at the top of the file"


def test_unknown_key_with_a_near_one(refused: Refused) -> None:
    """An unknown key is answered with the key it may stand for, and with all there are."""
    problem = refused((*CLASSIFIER, "tritn"), {})
    assert problem.path == "models.classifier.tritn"
    assert problem.what == "the key 'tritn' is unknown"
    assert problem.allowed == (
        "export, file, repository, python, ensemble, reference, triton, pytorch, container, artifact, "
        "tolerance, golden_requests, acknowledge"
    )
    assert problem.fix == "did you mean 'triton'?"


def test_unknown_key_like_none(refused: Refused) -> None:
    """An unknown key that resembles none is to be removed."""
    assert refused((*DEDICATED, "zzz"), 1).fix == "remove it"


def test_number_for_text_keeps_what_was_written(valid: dict[str, Any], only_problem_of: OnlyProblem) -> None:
    """An account number without quotes is shown with its leading zeros, and quotes are asked for."""
    text = json.dumps(valid).replace('"123456789012"', "012345678901")
    problem = only_problem_of(text)
    assert problem.path == "environment.account"
    assert problem.value == "012345678901"
    assert problem.what == "012345678901 without quotes is a number, and text is needed"
    assert problem.allowed == (
        'an AWS account number: 12 digits in quotes ("123456789012"), at most 12 characters'
    )
    assert problem.fix == 'put it in quotes: "012345678901"'


def test_boolean_for_text(refused: Refused) -> None:
    """A boolean where text is needed asks for quotes."""
    problem = refused((*CLASSIFIER, "container", "environment"), {"VERBOSE": True})
    assert problem.path == "models.classifier.container.environment.VERBOSE"
    assert problem.what == "true without quotes is true or false, and text is needed"
    assert problem.fix == 'put it in quotes: "true"'


def test_nothing_for_text(refused: Refused) -> None:
    """A key without a value is told from one with a wrong value."""
    problem = refused(("name",), None)
    assert problem.what == "text is needed, and nothing stands here"
    assert problem.fix == "write a value, or remove the key"


def test_list_for_text(refused: Refused) -> None:
    """A list where text is needed is called a list."""
    problem = refused((*DEDICATED, "model"), ["classifier"])
    assert (problem.what, problem.fix) == ("text is needed, this is a list of 1", "write text")


def test_quoted_whole_number(refused: Refused) -> None:
    """A whole number in quotes is to lose them."""
    problem = refused((*CLASSIFIER, "triton", "max_batch_size"), "16")
    assert problem.what == 'a whole number is needed, this is "16"'
    assert problem.allowed == "a whole number from 0 to 2147483647"
    assert problem.fix == "remove the quotes"


@pytest.mark.parametrize("value", [1.0, True, "many", [1]], ids=repr)
def test_no_whole_number(refused: Refused, value: object) -> None:
    """Nothing is converted to a whole number: no fraction, no boolean, no text."""
    assert refused((*DEDICATED, "instances", "count"), value).fix == "write a whole number"


def test_quoted_number(refused: Refused) -> None:
    """A number in quotes is to lose them."""
    problem = refused((*CLASSIFIER, "tolerance", "absolute"), "1e-5")
    assert problem.what == 'a number is needed, this is "1e-5"'
    assert (problem.allowed, problem.fix) == ("a number from 0", "remove the quotes")


def test_no_mapping(refused: Refused) -> None:
    """A section that is no mapping is told its keys."""
    problem = refused((*DEDICATED, "instances"), "ml.g5.xlarge")
    assert problem.what == 'a mapping is needed, this is "ml.g5.xlarge"'
    assert problem.allowed == "a mapping with the keys type, count, accelerator"
    assert problem.fix == "write `key: value` lines below this key"


def test_no_mapping_of_names(refused: Refused) -> None:
    """A section of free names that is no mapping is told so."""
    problem = refused(("models",), ["classifier"])
    assert problem.what == "a mapping is needed, this is a list of 1"
    assert problem.allowed == "a mapping of at least 1 entries"
    assert problem.fix == "write `name: value` lines below this key"


def test_empty_section(refused: Refused) -> None:
    """A section without content is to get some or to go."""
    problem = refused(("network",), None)
    assert problem.what == "a mapping is needed, and nothing stands here"
    assert problem.fix == "write a value, or remove the key"


def test_no_list(refused: Refused) -> None:
    """A single value where a list is needed gets brackets."""
    problem = refused((*CLASSIFIER, "triton", "dynamic_batching"), {"preferred_batch_size": 8})
    assert problem.what == "a list is needed, this is 8"
    assert problem.allowed == "a list, no two alike, each a whole number from 1 to 2147483647"
    assert problem.fix == "write [brackets] around it"


def test_option_with_a_near_one(refused: Refused) -> None:
    """A wrong word from a fixed list is answered with the one it may stand for, whatever the case."""
    problem = refused((*DEDICATED, "routing"), "least_outstanding_request")
    assert problem.value == '"least_outstanding_request"'
    assert problem.what == '"least_outstanding_request" is not an allowed value'
    assert problem.allowed == '"LEAST_OUTSTANDING_REQUESTS" or "RANDOM"'
    assert problem.fix == "did you mean 'LEAST_OUTSTANDING_REQUESTS'?"


def test_option_like_none(refused: Refused) -> None:
    """A wrong word that resembles none is to be replaced."""
    problem = refused((*CLASSIFIER, "export", "to"), "xyz")
    words = '"torchscript" or "onnx" or "tensorrt"'
    assert (problem.allowed, problem.fix) == (words, "take an allowed one")


def test_name_of_a_long_list(refused: Refused) -> None:
    """Of a long list, the message shows the names that come near."""
    problem = refused((*DEDICATED, "instances", "type"), "g4dn.xlarge")
    assert problem.allowed.startswith(f'one of {len(instance_types())}, such as "ml.g4dn.xlarge"')
    assert problem.fix == "did you mean 'ml.g4dn.xlarge'?"


def test_number_of_a_list(refused: Refused) -> None:
    """Of allowed numbers, the message lists all and names the nearest."""
    problem = refused(("network", "flow_log_retention_days"), 31)
    assert problem.what == "31 is not an allowed value"
    assert problem.allowed.startswith("1, 3, 5, 7, 14, 30, 60, 90, ")
    assert problem.fix == "the nearest is 30"


def test_form(refused: Refused) -> None:
    """Text of the wrong form is told the form in words, never as a pattern."""
    problem = refused((*CLASSIFIER, "export", "from"), "examples.vision")
    assert problem.path == "models.classifier.export.from"
    assert problem.what == '"examples.vision" does not have the right form'
    assert problem.allowed == "module:factory, such as examples.vision:classifier, at most 256 characters"
    assert problem.fix == "rewrite it in that form"


def test_form_of_a_key(refused: Refused) -> None:
    """A name that breaks the rules for names is a problem of that entry."""
    problem = refused((*CLASSIFIER, "container", "environment"), {"1B": "x"})
    assert problem.path == "models.classifier.container.environment.1B"
    assert problem.value == "1B"
    assert problem.what == "1B does not have the right form"
    assert problem.allowed.startswith("the name of an environment variable: ")


def test_key_that_looks_like_a_place(refused: Refused) -> None:
    """A key spelt like pydantic's own mark for keys is an unknown key like any other."""
    problem = refused(("[key]",), None)
    assert problem.path == '"[key]"'
    assert problem.what == "the key '[key]' is unknown"


def test_too_long_text(refused: Refused) -> None:
    """Text over its limit is told both lengths."""
    problem = refused((*DEDICATED, "endpoint_name"), "x" * 64)
    assert problem.what == "64 characters are too many"
    assert problem.allowed.endswith("at most 63 characters")
    assert problem.fix == "shorten it"


def test_too_short_reason(refused: Refused) -> None:
    """A reason must say something."""
    problem = refused((*CLASSIFIER, "acknowledge"), {"SEA101": "because"})
    assert problem.path == "models.classifier.acknowledge.SEA101"
    assert problem.what == "7 characters are too few"
    assert problem.allowed.startswith("a reason of at least 10 characters")
    assert problem.fix == "write more"


def test_too_small(refused: Refused) -> None:
    """A number below its range is told the range."""
    problem = refused((*DEDICATED, "instances", "count"), 0)
    assert problem.what == "0 is too small"
    assert (problem.allowed, problem.fix) == ("a whole number from 1", "take a larger number")


def test_too_large(refused: Refused) -> None:
    """A number above its range is told the range."""
    problem = refused((*DEDICATED, "model_data_download_timeout_seconds"), 3601)
    assert problem.what == "3601 is too large"
    assert (problem.allowed, problem.fix) == ("a whole number from 60 to 3600", "take a smaller number")


def test_not_finite(valid: dict[str, Any], only_problem_of: OnlyProblem) -> None:
    """Infinity is no tolerance."""
    valid["models"]["classifier"]["tolerance"]["relative"] = "INFINITE"
    problem = only_problem_of(json.dumps(valid).replace('"INFINITE"', ".inf"))
    assert problem.what == ".inf is not a finite number"
    assert problem.fix == "write a number"


def test_too_few_items(refused: Refused) -> None:
    """A list that is too short is told how many are to be added."""
    problem = refused(("environment", "availability_zones"), ["eu-west-1a"])
    assert problem.what == "1 of these are too few"
    assert problem.allowed.startswith(
        "a list of at least 2 and at most 6, no two alike, each an Availability"
    )
    assert problem.fix == "add 1 or more"


def test_too_many_items(refused: Refused) -> None:
    """A mapping over its limit is told the limit."""
    problem = refused(
        (*CLASSIFIER, "container", "environment"), {f"NAME_{number}": "" for number in range(100)}
    )
    assert problem.what == "100 of these are too many"
    assert (problem.allowed, problem.fix) == ("a mapping of at most 98 entries", "keep at most 98")


def test_repeated_item(refused: Refused) -> None:
    """A zone that stands in the list twice is named."""
    problem = refused(("environment", "availability_zones"), ["eu-west-1a", "eu-west-1b", "eu-west-1a"])
    assert problem.what == "'eu-west-1a' stands in this list twice"
    assert problem.fix == "remove one of the two"


def test_no_scalar(refused: Refused) -> None:
    """An argument with parts is refused: arguments are single values."""
    problem = refused((*CLASSIFIER, "export", "arguments"), {"sizes": [1, 2]})
    assert problem.path == "models.classifier.export.arguments.sizes"
    assert problem.what == "a single finite value is needed, this is a list of 2"
    assert problem.allowed == "text, a number, true or false, null"
    assert problem.fix == "give the factory single values"


def test_host_bits(refused: Refused) -> None:
    """A CIDR that names a host is refused, as EC2 would change it silently."""
    problem = refused(("network", "cidr"), "10.0.0.1/20")
    assert problem.what == '"10.0.0.1/20" names an address inside a network, not the network'
    assert problem.fix == "set the bits after the prefix to 0"


def test_root_is_no_mapping(only_problem_of: OnlyProblem) -> None:
    """A file that is not a mapping is told the keys it should have."""
    problem = only_problem_of("- name: vision")
    assert problem.path == ""
    assert problem.what == "a mapping is needed, this is a list of 1"
    assert problem.allowed == (
        "a mapping with the keys name, environment, tags, security, publish, build, network, models, "
        "endpoints, clients"
    )


def test_every_kind_of_error_has_words(valid: dict[str, Any]) -> None:
    """No value whatever makes pydantic report a kind of error that has no words of ours."""
    kinds: set[str] = set()
    values: tuple[object, ...] = (
        None,
        True,
        -(10**30),
        10**30,
        0.5,
        float("nan"),
        "",
        "x" * 2000,
        "é ",
        [],
        [[]],
        {},
        {"é ": {}},
    )
    for path in _paths(valid):
        for value in values:
            kinds |= {each["type"] for each in _errors_with(valid, path, value)}
    assert kinds <= {*_WORDS, *_ABOUT_THE_TAG}
    assert len(kinds) > 12


def _paths(data: object, path: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    items = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    return [path, *(inner for key, each in items for inner in _paths(each, (*path, key)))]


def _errors_with(valid: dict[str, Any], path: tuple[str | int, ...], value: object) -> list[ErrorDetails]:
    changed: Any = {"": json.loads(json.dumps(valid))}
    target, last = changed, ""
    for part in path:
        target, last = target[last], part  # type: ignore[assignment]  # parts are strings and integers
    target[last] = value
    assert Document(data=changed[""]).at(path) == value or value != value  # noqa: PLR0124 - NaN
    try:
        Deployment.model_validate(changed[""])
    except ValidationError as error:
        return error.errors()
    return []
