"""The backend ``onnxruntime``: Triton copies it as it is, and its Python stub imports ``model`` from here."""
