"""What lies where in the folder that is packed: a Triton repository, or what the PyTorch images read."""
