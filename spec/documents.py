"""Reading YAML as deployment files are read, for other files that a user writes.

A bounded, strict subset of YAML 1.2, as plain data that remembers where everything stands.
"""

from spec._document import Complaint, Document, DocumentPath, dotted, nearest_line, one_line, shorten
from spec._suggest import did_you_mean
from spec._yaml import read_document

__all__ = [
    "Complaint",
    "Document",
    "DocumentPath",
    "did_you_mean",
    "dotted",
    "nearest_line",
    "one_line",
    "read_document",
    "shorten",
]
