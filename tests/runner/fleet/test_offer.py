"""What a machine offers, and what it lacks for a unit."""

from dataclasses import replace
from pathlib import Path

import pytest

from bench.errors import BenchError
from bench.runner.fleet import offer as offers
from bench.runner.fleet.offer import Offer, code, of_this_machine, offered
from bench.runner.fleet.shipping import _on_one_host, _refuse_namesakes
from cifar_core.cifar10 import SYNTHETIC

OFFER = Offer("node1", "boot", "1.0 (sources abcdef01)", "2.21.0", "cifar10")


@pytest.mark.parametrize("images", ["cifar10", "synthetic"])
def test_an_offer_comes_back_from_its_resources_in_any_order(images: str) -> None:
    offer = replace(OFFER, images=images)
    assert offered(offer.resources) == offer
    assert offered(dict(reversed(offer.resources.items()))) == offer


@pytest.mark.parametrize("resources", [{}, {"GPU": 2.0}, {"machine": 1.0}, {"name=node1": 1.0}])
def test_a_worker_that_somebody_else_started_offers_nothing(resources: dict[str, float]) -> None:
    assert offered(resources) is None


@pytest.mark.parametrize(
    ("need", "said"),
    [
        ("images=cifar10-copy-0123", "node1 has the images cifar10, not cifar10-copy-0123"),
        ("code=0.9 (sources 01234567)", "node1 has cifar-bench 1.0 (sources abcdef01), not 0.9 (sources 01234567)"),
        ("tensorflow=2.20.0", "node1 has TensorFlow 2.21.0, not 2.20.0"),
        ("name=node2", "node1 has the name node1, not node2"),
    ],
)
def test_what_a_machine_lacks_is_said_in_words(need: str, said: str) -> None:
    assert OFFER.lacks(("tensorflow=2.21.0",)) == ""
    assert OFFER.lacks(("images=synthetic",)) == ""  # which needs no files
    assert OFFER.lacks((f"code={OFFER.code}", need)) == said


def test_a_change_of_any_source_is_another_version(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "bench").mkdir()
    (tmp_path / "bench" / "a.py").write_text("1")
    monkeypatch.setattr(offers, "_ROOT", tmp_path)
    first = code()
    assert code() == first
    (tmp_path / "bench" / "a.py").write_text("2")
    second = code()
    (tmp_path / "bench" / "a.py").rename(tmp_path / "bench" / "b.py")
    assert len({first, second, code()}) == 3


@pytest.mark.parametrize("name", ["", "a/b", "..", "-x", "a b", "x" * 101])
def test_a_name_that_could_not_name_a_folder_is_refused(name: str) -> None:
    with pytest.raises(BenchError, match="cannot be a machine's name; type --name"):
        of_this_machine(name, SYNTHETIC)


def test_two_hosts_of_one_name_are_refused_and_two_names_of_one_host_are_said() -> None:
    with pytest.raises(BenchError, match="two hosts are both named node1; start one with fleet worker --name"):
        _refuse_namesakes([OFFER, replace(OFFER, host="another")])
    _refuse_namesakes([OFFER, OFFER])  # two workers of one machine
    (warning,) = _on_one_host([OFFER, replace(OFFER, name="node2"), replace(OFFER, name="c", host="another")])
    assert warning.startswith("warning: node1 and node2 are one host")
