from typing import Any

import pytest

from local.aws.server.errors import AwsError
from local.aws.server.listing import list_records
from local.aws.server.sagemaker_store import ENDPOINT, MODEL, SageMakerStore
from local.aws.server.scope import Scope
from local.aws.server.tags import add_tags, delete_tags, list_tags

_SCOPE = Scope("000000000000", "us-east-1")
_ARN = _SCOPE.arn("model/m-0")


@pytest.fixture
def store() -> SageMakerStore:
    """Five models, made one second after the other, the latest first in names."""
    made = SageMakerStore()
    for number in range(5):
        record = made.add(MODEL, _SCOPE, {"ModelName": f"m-{4 - number}"})
        record.creation_time = record.last_modified_time = 100.0 + number
    return made


def _names(store: SageMakerStore, **request: Any) -> list[str]:  # noqa: ANN401 - API members
    return [model["ModelName"] for model in list_records(store, MODEL, _SCOPE, request)["Models"]]


def test_the_newest_comes_first(store: SageMakerStore) -> None:
    """By default a list is sorted by creation time, descending."""
    assert _names(store) == ["m-0", "m-1", "m-2", "m-3", "m-4"]


def test_order_and_key_can_be_chosen(store: SageMakerStore) -> None:
    """SortBy and SortOrder are heeded."""
    assert _names(store, SortBy="Name", SortOrder="Descending")[0] == "m-4"
    assert _names(store, SortOrder="Ascending")[0] == "m-4"


def test_filters_narrow_the_list(store: SageMakerStore) -> None:
    """NameContains and the times of creation are heeded."""
    assert _names(store, NameContains="M-3") == ["m-3"]
    assert _names(store, CreationTimeAfter=103.0) == ["m-0", "m-1"]
    assert _names(store, CreationTimeBefore=101.0) == ["m-3", "m-4"]


def test_a_long_list_comes_in_pages(store: SageMakerStore) -> None:
    """Following the tokens gives every entry once."""
    seen: list[str] = []
    request: dict[str, Any] = {"MaxResults": 2}
    while True:
        page = list_records(store, MODEL, _SCOPE, request)
        seen += [model["ModelName"] for model in page["Models"]]
        if "NextToken" not in page:
            break
        request["NextToken"] = page["NextToken"]
    assert seen == ["m-0", "m-1", "m-2", "m-3", "m-4"]


def test_a_strange_token_is_refused(store: SageMakerStore) -> None:
    """A token that isn't ours is an error, not page one."""
    with pytest.raises(AwsError, match="Invalid NextToken '%%'"):
        list_records(store, MODEL, _SCOPE, {"NextToken": "%%"})


def test_endpoints_are_filtered_by_status(store: SageMakerStore) -> None:
    """StatusEquals is heeded, and other regions stay out."""
    store.add(ENDPOINT, _SCOPE, {"EndpointName": "a"}, EndpointStatus="Failed")
    store.add(ENDPOINT, _SCOPE, {"EndpointName": "b"}, EndpointStatus="InService")
    store.add(ENDPOINT, Scope("000000000000", "eu-west-1"), {"EndpointName": "c"}, EndpointStatus="Failed")
    listed = list_records(store, ENDPOINT, _SCOPE, {"StatusEquals": "Failed"})["Endpoints"]
    assert [endpoint["EndpointName"] for endpoint in listed] == ["a"]


def test_tags_are_added_replaced_and_removed(store: SageMakerStore) -> None:
    """AddTags merges by key, DeleteTags ignores keys that aren't there."""
    add_tags(store, {"ResourceArn": _ARN, "Tags": [{"Key": "a", "Value": "1"}, {"Key": "b", "Value": "2"}]})
    added = add_tags(store, {"ResourceArn": _ARN, "Tags": [{"Key": "a", "Value": "3"}]})
    assert added["Tags"] == [{"Key": "a", "Value": "3"}, {"Key": "b", "Value": "2"}]
    delete_tags(store, {"ResourceArn": _ARN, "TagKeys": ["b", "z"]})
    assert list_tags(store, {"ResourceArn": _ARN})["Tags"] == [{"Key": "a", "Value": "3"}]


def test_fifty_tags_are_the_most(store: SageMakerStore) -> None:
    """The fifty-first tag is refused, and none of its call is kept."""
    fifty = [{"Key": str(number), "Value": ""} for number in range(50)]
    add_tags(store, {"ResourceArn": _ARN, "Tags": fifty})
    with pytest.raises(AwsError, match="at most 50 tags, not 51"):
        add_tags(store, {"ResourceArn": _ARN, "Tags": [{"Key": "more", "Value": ""}]})
    assert len(list_tags(store, {"ResourceArn": _ARN})["Tags"]) == 50


def test_a_resource_that_isnt_there_has_no_tags(store: SageMakerStore) -> None:
    """Tagging what doesn't exist is refused."""
    with pytest.raises(AwsError) as missing:
        list_tags(store, {"ResourceArn": _SCOPE.arn("model/z")})
    assert missing.value.code == "ResourceNotFound"


def test_tags_go_with_their_resource(store: SageMakerStore) -> None:
    """A new resource of the same name starts without the old one's tags."""
    add_tags(store, {"ResourceArn": _ARN, "Tags": [{"Key": "a", "Value": "1"}]})
    store.remove(store.get(MODEL, _SCOPE, "m-0"))
    store.add(MODEL, _SCOPE, {"ModelName": "m-0"})
    assert list_tags(store, {"ResourceArn": _ARN})["Tags"] == []
