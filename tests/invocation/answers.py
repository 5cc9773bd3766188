"""Answers as Triton gives them, in both forms."""

import json
from collections.abc import Mapping

import numpy as np
from tritonclient.utils import np_to_triton_dtype, serialize_byte_tensor

from invocation.tensors import BINARY_CONTENT_TYPE, JSON_CONTENT_TYPE


def answer_of(outputs: Mapping[str, np.ndarray], *, binary: bool) -> tuple[str, bytes]:
    """Content type and body."""
    documents, blobs = [], []
    for name, array in outputs.items():
        blob = serialize_byte_tensor(array).item() if array.dtype == object else array.tobytes()
        values = (
            {"parameters": {"binary_data_size": len(blob)}} if binary else {"data": array.ravel().tolist()}
        )
        datatype = np_to_triton_dtype(array.dtype)
        documents.append({"name": name, "datatype": datatype, "shape": list(array.shape), **values})
        blobs.append(blob)
    header = json.dumps({"model_name": "m", "model_version": "1", "outputs": documents}).encode()
    if binary:
        return f"{BINARY_CONTENT_TYPE}{len(header)}", header + b"".join(blobs)
    return JSON_CONTENT_TYPE, header
