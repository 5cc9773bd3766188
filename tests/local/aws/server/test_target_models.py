"""Which models of a multi-model container are loaded, and which goes when room is short."""

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from local.aws.server.errors import LaunchError
from local.aws.server.target_models import LoadedTarget, TargetModels
from local.triton import DynamicModel, DynamicModels, ModelLoadError, TritonError
from tests.local.aws.server.fakes import FakeServer

_WAIT_SECONDS = 10.0


@dataclass
class _Source:
    """Archives of as many bytes as the target's name says: ``a100``; one named ``missing`` isn't there."""

    fetched: list[str] = field(default_factory=list)

    def fetch(self, target: str, destination: Path) -> None:
        self.fetched.append(target)
        if target.startswith("missing"):
            raise LaunchError("not there")
        destination.mkdir(parents=True)
        (destination / "weights").write_bytes(bytes(int(target[1:])))


class _Models(DynamicModels):
    """Loads without a Triton: the first ``short`` times there is no memory."""

    def __init__(self) -> None:
        self.calls: list[str] = []
        self.short = 0
        self.gate = threading.Event()
        self.gate.set()
        self.when_loading: Callable[[], None] = lambda: None

    def load(self, http_port: int, target: str, archive: Path, timeout_seconds: float) -> DynamicModel:  # noqa: ARG002 - the real one's
        assert self.gate.wait(_WAIT_SECONDS)
        self.calls.append(f"load {target}")
        self.when_loading()
        if self.short:
            self.short -= 1
            raise ModelLoadError(507, "out of memory")
        return DynamicModel(target, target, (target,))

    def unload(self, http_port: int, model: DynamicModel) -> None:  # noqa: ARG002 - the real one's
        self.calls.append(f"unload {model.target}")

    def clear(self) -> None:
        self.calls.append("clear")


@dataclass
class _Container:
    targets: TargetModels
    source: _Source
    models: _Models

    def use(self, target: str) -> LoadedTarget:
        """Find or load a target, as a request does."""
        return self.targets.find(target) or self.targets.load(target).result(_WAIT_SECONDS)

    def ask(self, *targets: str) -> None:
        """Use targets one after the other, each to its end."""
        for target in targets:
            self.targets.release(self.use(target))


def _container(folder: Path, *, limit_bytes: int = 1000, kept: bool = True) -> _Container:
    source, models = _Source(), _Models()
    targets = TargetModels("it", source, models, folder, memory_limit_bytes=limit_bytes, kept=kept)
    targets.serve_by(FakeServer())
    return _Container(targets, source, models)


@pytest.fixture
def container(tmp_path: Path) -> Iterator[_Container]:
    """Room for 250 bytes."""
    made = _container(tmp_path, limit_bytes=250)
    yield made
    made.targets.close()


def test_a_model_is_fetched_and_loaded_once(container: _Container) -> None:
    """Requests after the first find it."""
    container.ask("a100", "a100", "a100")
    assert container.source.fetched == ["a100"]
    assert container.models.calls == ["load a100"]
    counts = container.targets.counter.take()
    assert (counts.hits, counts.misses) == (2, 1)
    assert set(counts.microseconds) == {"ModelLoadingWaitTime", "ModelDownloadingTime", "ModelLoadingTime"}


def test_first_requests_at_once_load_it_once(container: _Container) -> None:
    """They wait for the same load."""
    container.models.gate.clear()
    waiting = [container.targets.load("a100") for _ in range(5)]
    container.models.gate.set()
    loaded = {id(each.result(_WAIT_SECONDS)) for each in waiting}
    assert len(loaded) == 1
    assert container.models.calls == ["load a100"]
    assert waiting[0].result().in_use == 5


def test_the_least_recently_used_goes_first(container: _Container) -> None:
    """Not the one that was loaded first; what is unloaded isn't fetched again."""
    container.ask("a100", "b100", "a100", "c100")
    assert container.models.calls == ["load a100", "load b100", "unload b100", "load c100"]
    assert container.targets.loaded == ("a100", "c100")
    container.ask("b100")
    assert container.source.fetched == ["a100", "b100", "c100"]


def test_as_many_go_as_make_room(container: _Container) -> None:
    """A large model takes the place of two."""
    container.ask("a100", "b100", "c240")
    assert container.targets.loaded == ("c240",)


def test_a_model_in_use_stays(container: _Container) -> None:
    """However long ago it was asked; where none is idle, the limit is exceeded."""
    container.use("a100")
    container.use("b100")
    container.ask("c100")
    assert container.targets.loaded == ("a100", "b100", "c100")


def test_a_model_above_the_limit_is_loaded_all_the_same(container: _Container) -> None:
    """Whether it fits is the container's to say."""
    container.ask("a900")
    assert container.targets.loaded == ("a900",)


def test_a_container_short_of_memory_gets_room(tmp_path: Path) -> None:
    """It answers 507: idle models go until it can load."""
    container = _container(tmp_path)
    container.ask("a1", "b1", "c1")
    container.models.short = 2
    container.ask("d1")
    assert container.targets.loaded == ("c1", "d1")
    container.models.short = 5
    with pytest.raises(ModelLoadError, match="out of memory"):
        container.use("e1")
    assert container.targets.default_model == "no model loaded"


def test_without_a_cache_a_model_goes_with_its_last_request(tmp_path: Path) -> None:
    """ModelCacheSetting Disabled: not before another that still runs; its archive stays."""
    container = _container(tmp_path, kept=False)
    first, second = container.use("a1"), container.use("a1")
    assert first is second
    container.targets.release(first)
    container.ask("b1")
    assert "unload a1" not in container.models.calls
    container.targets.release(second)
    container.ask("c1", "a1")
    assert container.models.calls[-2:] in (["load a1", "unload a1"], ["unload c1", "load a1"])
    assert container.source.fetched == ["a1", "b1", "c1"]


def test_a_model_that_can_not_be_unloaded_is_in_the_log(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Nobody waits for the unload after a request, so nobody else would know."""
    container = _container(tmp_path, kept=False)

    def unload(*_: object) -> None:
        raise TritonError("it stays")

    monkeypatch.setattr(container.models, "unload", unload)
    container.ask("a1", "b1", "c1")  # loads come after the unloads of the requests before them
    assert "it: target model a1 can't be unloaded: it stays" in caplog.text


def test_a_failed_fetch_is_tried_again(container: _Container) -> None:
    """By the next request: the object may be there by then."""
    for _ in range(2):
        with pytest.raises(LaunchError, match="not there"):
            container.use("missing")
    assert container.source.fetched == ["missing", "missing"]


def test_a_triton_that_started_again_has_no_model(container: _Container) -> None:
    """They are loaded again, from what was fetched."""
    container.ask("a100")
    container.targets.forget()
    assert container.targets.loaded == ()
    container.ask("a100")
    assert container.models.calls == ["load a100", "clear", "load a100"]
    assert container.source.fetched == ["a100"]


def test_a_load_that_a_restart_overtakes_does_not_count(container: _Container) -> None:
    """The Triton that loaded it is gone."""
    container.models.when_loading = container.targets.forget
    with pytest.raises(TritonError, match="started again while the model was loaded"):
        container.use("a100")
    assert container.targets.loaded == ()


def test_nothing_is_loaded_into_a_triton_that_is_down(container: _Container) -> None:
    """The request is answered that the container doesn't answer."""
    container.targets.serve_by(FakeServer(http_port=None))
    with pytest.raises(TritonError, match="Triton is down"):
        container.use("a100")


def test_the_report_names_what_is_loaded(container: _Container) -> None:
    """Or that nothing is."""
    assert container.targets.default_model == "no model loaded"
    container.ask("a100", "b100")
    assert container.targets.default_model == "a100, b100"


def test_nothing_is_loaded_once_it_is_closed(container: _Container) -> None:
    """Requests that come all the same are answered that the container doesn't answer."""
    used = container.use("a100")
    container.targets.close()
    container.targets.release(used)
    with pytest.raises(TritonError, match="the container is being stopped"):
        container.targets.load("b100").result(_WAIT_SECONDS)
