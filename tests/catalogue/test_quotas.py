"""Names of quotas."""

import catalogue
from catalogue.quotas import ACTIVE_INSTANCES_QUOTA, instance_type_of_quota, instance_type_quota


def test_the_name_of_each_type_leads_back() -> None:
    """Of every instance type of the catalogue."""
    for each in catalogue.instance_types():
        assert instance_type_of_quota(instance_type_quota(each.name)) == each.name


def test_other_names_are_of_no_type() -> None:
    """Of all instances, and of training."""
    assert instance_type_of_quota(ACTIVE_INSTANCES_QUOTA) is None
    assert instance_type_of_quota("ml.g5.xlarge for training job usage") is None
