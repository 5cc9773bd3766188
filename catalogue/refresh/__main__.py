"""``python -m catalogue.refresh``: write the instance types and prices anew."""

import argparse
import json
import sys
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from catalogue.errors import CatalogueError, RefreshError
from catalogue.generated import check_generated, write_generated
from catalogue.refresh.aws import described_rows, hosting_prices
from catalogue.refresh.rows import Row, complete, instance_types_document, rows_by_rule

_DATA = Path(__file__).parents[1] / "data"
_TYPES = "instance_types.json"
_PRICES = "instance_prices.json"
_STALE = f"catalogue/data/{_TYPES} does not fit catalogue/refresh; run `python -m catalogue.refresh`"
_PRICE_LIST = (
    "AWS Price List API, GetProducts, service code AmazonSageMaker, component Hosting: on demand, per hour"
)
_PRICE_LIST_REGION = "us-east-1"
"""One of the two regions in which the price list is served (Billing User Guide, Price List Query API)."""

_DESCRIBED_AT_ONCE = 100
"""DescribeInstanceTypes takes up to 100 names in a filter-free call (EC2 API Reference)."""


def main(arguments: Sequence[str] | None = None, data: Path = _DATA) -> int:
    """Run the command; return 0, or 1 with what is wrong and the files as they were."""
    options = _parser().parse_args(arguments)
    try:
        names = _hosting_names()
        by_rule, from_aws = rows_by_rule(names), _rows_from_aws_in(data)
        today = datetime.now(tz=UTC).date().isoformat()
        prices = json.loads((data / _PRICES).read_bytes())
        if options.from_aws and not options.check:
            from_aws |= described_rows(_described(options.region), names, by_rule)
            found = hosting_prices(_price_list(options.price_region), names, today)
            prices = _with_prices(prices, found, today)
        rows = complete(names, from_aws, by_rule)
    except CatalogueError as error:
        print(error, file=sys.stderr)  # noqa: T201 - a command's word to its user
        return 1
    current = (data / _TYPES).read_text(encoding="utf-8")
    expected = instance_types_document(rows, json.loads(current)["as_of"])
    if options.check:
        return check_generated(data / _TYPES, expected, _STALE)
    if current != expected:
        write_generated(data / _TYPES, instance_types_document(rows, today))
    write_generated(data / _PRICES, _prices_document(prices))
    print(f"{len(rows)} instance types, {len(from_aws)} of them from AWS")  # noqa: T201 - its result
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m catalogue.refresh", description=__doc__)
    parser.add_argument(
        "--from-aws", action="store_true", help="ask EC2 and the price list; needs credentials"
    )
    parser.add_argument("--region", default="us-east-1", help="where EC2 is asked (default: us-east-1)")
    parser.add_argument(
        "--price-region", action="append", help="a region whose prices are taken; repeatable (default: all)"
    )
    parser.add_argument(
        "--check", action="store_true", help="write nothing; exit 1 if the file does not fit the rules"
    )
    return parser


def _rows_from_aws_in(data: Path) -> dict[str, Row]:
    """Return the rows of the file that came from AWS: what the rules say never replaces them."""
    document = json.loads((data / _TYPES).read_bytes())
    return {
        name: Row(**{**row, "sources": tuple(row["sources"])})
        for name, row in document["instance_types"].items()
        if "aws-describe" in row["sources"]
    }


def _hosting_names() -> tuple[str, ...]:
    """Return what CreateEndpointConfig accepts, by the installed botocore."""
    from botocore.loaders import Loader  # noqa: PLC0415 - only this command needs it

    shapes = Loader().load_service_model("sagemaker", "service-2")["shapes"]
    return tuple(shapes["ProductionVariantInstanceType"]["enum"])


def _described(region: str) -> Iterator[dict[str, Any]]:
    for page in _pages("ec2", region, "describe_instance_types", MaxResults=_DESCRIBED_AT_ONCE):
        yield from page["InstanceTypes"]


def _price_list(regions: Sequence[str] | None) -> Iterator[str]:
    hosting = {"Type": "TERM_MATCH", "Field": "component", "Value": "Hosting"}
    asked: Sequence[str | None] = regions or [None]
    for region in asked:
        one = [{"Type": "TERM_MATCH", "Field": "regionCode", "Value": region}] if region else []
        for page in _pages(
            "pricing",
            _PRICE_LIST_REGION,
            "get_products",
            ServiceCode="AmazonSageMaker",
            Filters=[hosting, *one],
        ):
            yield from page["PriceList"]


def _pages(service: str, region: str, operation: str, **parameters: Any) -> Iterator[dict[str, Any]]:  # noqa: ANN401 - botocore's own
    """Ask AWS page by page, for at most ten seconds to connect and thirty to answer each.

    Raises:
        RefreshError: AWS can't be reached, or refuses.
    """
    from botocore.config import Config  # noqa: PLC0415 - only this command needs it
    from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415 - likewise
    from botocore.session import get_session  # noqa: PLC0415 - likewise

    config = Config(connect_timeout=10, read_timeout=30, retries={"max_attempts": 3})
    try:
        client = get_session().create_client(service, region_name=region, config=config)
        yield from client.get_paginator(operation).paginate(**parameters)
    except (BotoCoreError, ClientError) as error:
        raise RefreshError(
            f"AWS gave no answer to {service} {operation} in {region}: {error}; check credentials and "
            "network, or run without --from-aws; nothing was written"
        ) from error


def _with_prices(document: dict[str, Any], found: list[dict[str, Any]], today: str) -> dict[str, Any]:
    """Return the prices with ``found`` in place of what they replace."""
    replaced = {(row["instance_type"], row["region"]) for row in found}
    kept = [
        row for row in document["instance_prices"] if (row["instance_type"], row["region"]) not in replaced
    ]
    rows = kept + found
    texts = document["sources"] | {"price-list": _PRICE_LIST}
    used = {row["source"] for row in rows}
    sources = {key: text for key, text in texts.items() if key in used}
    return document | {"as_of": today, "sources": sources, "instance_prices": rows}


def _prices_document(document: dict[str, Any]) -> str:
    head = {key: value for key, value in document.items() if key != "instance_prices"}
    body = ",\n".join(f"  {json.dumps(row)}" for row in document["instance_prices"])
    return f'{json.dumps(head, indent=1)[:-2]},\n "instance_prices": [\n{body}\n ]\n}}\n'


if __name__ == "__main__":
    sys.exit(main())
