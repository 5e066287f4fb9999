"""Where a scheduler may be: loopback, or anywhere with TLS."""

from pathlib import Path

import pytest

from bench.errors import BenchError
from bench.runner.fleet import address
from bench.runner.fleet.address import understood


@pytest.fixture(autouse=True)
def _with_dask(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(address, "find_spec", lambda name: object())


@pytest.fixture
def tls(tmp_path: Path) -> Path:
    for name in ("ca.pem", "cert.pem", "key.pem"):
        (tmp_path / name).touch(mode=0o600)
    return tmp_path


@pytest.mark.parametrize(
    ("typed", "url"),
    [
        ("127.0.0.1", "tcp://127.0.0.1:8786"),
        ("127.0.0.1:9000", "tcp://127.0.0.1:9000"),
        ("localhost:9000", "tcp://127.0.0.1:9000"),
        ("tcp://127.3.0.1:9000", "tcp://127.3.0.1:9000"),
        ("[::1]:9000", "tcp://[::1]:9000"),
        ("[::1]", "tcp://[::1]:8786"),
    ],
)
def test_loopback_needs_no_tls(typed: str, url: str) -> None:
    assert understood(typed, None).url == understood(typed, None).typed == url


@pytest.mark.parametrize("typed", ["node1", "tls://node1", "node1:8786", " tls://node1:8786 "])
def test_other_machines_are_reached_by_tls(typed: str, tls: Path) -> None:
    place = understood(typed, tls)
    assert place.url == "tls://node1:8786"
    assert place.typed == f"tls://node1:8786 --tls {tls}"


@pytest.mark.parametrize(
    "typed", ["node1", "10.0.0.5:8786", "192.168.0.7", "tcp://node1:8786", "[::]", "tls://127.0.0.1"]
)
def test_an_address_that_others_can_reach_is_refused_without_tls(typed: str) -> None:
    with pytest.raises(BenchError, match=r"can be reached from other machines.*type --tls FOLDER"):
        understood(typed, None)


@pytest.mark.parametrize(
    "typed",
    ["", "127.0.0.1:", "127.0.0.1:0", "127.0.0.1:70000", "127.0.0.1:x", "http://127.0.0.1:1", "[::1]x", "a b:1"],
)
def test_what_is_no_address_is_one_line(typed: str) -> None:
    with pytest.raises(BenchError, match=r"is not a scheduler's address; type e.g"):
        understood(typed, None)


def test_tcp_with_certificates_is_a_contradiction(tls: Path) -> None:
    with pytest.raises(BenchError, match=r"is without TLS; type tls://127.0.0.1:1 with --tls, or leave it out"):
        understood("tcp://127.0.0.1:1", tls)


@pytest.mark.parametrize("name", ["ca.pem", "cert.pem", "key.pem"])
def test_a_folder_without_one_of_the_files_is_named(name: str, tls: Path) -> None:
    (tls / name).unlink()
    with pytest.raises(BenchError, match=f"{name} is missing or cannot be read"):
        understood("node1", tls)


def test_a_key_that_others_can_read_is_refused(tls: Path) -> None:
    (tls / "key.pem").chmod(0o644)
    with pytest.raises(BenchError, match=r"others can read .*; type: chmod 600"):
        understood("node1", tls)


def test_without_dask_one_line_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(address, "find_spec", lambda name: None)
    with pytest.raises(BenchError, match=r"type: python -m pip install '\.\[fleet\]'"):
        understood("127.0.0.1", None)
