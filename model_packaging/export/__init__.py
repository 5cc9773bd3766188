"""How a module leaves PyTorch: TorchScript, or ONNX, each proved against eager."""
