"""TensorRT on the laptop: a stand-in for trtexec, whose plans no TensorRT loads."""
