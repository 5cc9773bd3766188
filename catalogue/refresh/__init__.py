"""Writes the catalogue's instance types anew: ``python -m catalogue.refresh [--from-aws]``.

Without ``--from-aws`` the rows come from rules, one per EC2 family, for every name that SageMaker's API model
knows. With it, EC2 and the price list are asked, and what they say replaces what the rules say. Nothing of
this runs at synth; botocore is imported only here, and only when it runs.
"""
