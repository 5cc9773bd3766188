"""Rows from rules."""

import json

import pytest

from catalogue.errors import RefreshError
from catalogue.refresh.families import FAMILIES, SOURCES
from catalogue.refresh.rows import complete, instance_types_document, rows_by_rule


def test_rule_of_a_family_gives_its_sizes() -> None:
    """Four vCPUs for each xlarge, and the family's memory for each vCPU."""
    rows = rows_by_rule(["ml.r8g.medium", "ml.r8g.large", "ml.r8g.xlarge", "ml.r8g.48xlarge"])
    assert [(row.vcpus, row.memory_mib) for row in rows.values()] == [
        (1, 8192),
        (2, 16384),
        (4, 32768),
        (192, 1572864),
    ]


def test_size_can_break_the_rule() -> None:
    """ml.c4.8xlarge has 36 vCPUs and 60 GiB."""
    row = rows_by_rule(["ml.c4.8xlarge"])["ml.c4.8xlarge"]
    assert (row.vcpus, row.memory_mib) == (36, 60 * 1024)


@pytest.mark.parametrize("name", ["ml.z9.large", "ml.m5.huge", "ml.m5.xxlarge", "m5"])
def test_names_without_rule_get_no_row(name: str) -> None:
    """Nothing is guessed for an unknown family or a size that can't be read."""
    assert rows_by_rule([name]) == {}


def test_names_that_nobody_knows_are_refused_together() -> None:
    """All missing names are said at once, with what to do."""
    names = ["ml.z9.large", "ml.m5.large", "ml.z9.xlarge"]
    with pytest.raises(RefreshError) as caught:
        complete(names, rows_by_rule(names))
    assert str(caught.value) == (
        "No rule in catalogue/refresh/families.py fits ml.z9.large, ml.z9.xlarge, and AWS was not asked or "
        "does not know them; add a rule for the family, or run with --from-aws"
    )


def test_first_row_wins() -> None:
    """What came from AWS goes before what the rules say."""
    (first,), (second,) = rows_by_rule(["ml.m5.large"]).values(), rows_by_rule(["ml.c5.large"]).values()
    assert complete(["ml.m5.large"], {"ml.m5.large": first}, {"ml.m5.large": second}) == {
        "ml.m5.large": first
    }


def test_document_has_one_line_for_each_type_and_the_sources_in_use() -> None:
    """The file is JSON, and a change of one type is a change of one line."""
    text = instance_types_document(rows_by_rule(["ml.m5.large", "ml.m8g.large"]), "2026-01-02")
    document = json.loads(text)
    assert document["as_of"] == "2026-01-02"
    assert list(document["instance_types"]) == ["ml.m5.large", "ml.m8g.large"]
    assert set(document["sources"]) == {"family", "ec2-guide", "hyperpod", "describe-copy"}
    assert sum('"vcpus"' in line for line in text.splitlines()) == 2


def test_rules_name_sources_that_have_a_text() -> None:
    """Every key of a family or size stands in SOURCES."""
    keys = {key for family in FAMILIES.values() for key in family.sources}
    keys |= {
        key for family in FAMILIES.values() for size in family.sizes.values() for key in size.sources or ()
    }
    assert keys <= set(SOURCES)
