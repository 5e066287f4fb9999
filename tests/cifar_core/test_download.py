"""A download from servers that lie, drip, redirect and answer nonsense: one line each, and what arrived is kept."""

import threading
from pathlib import Path

import pytest
from rude_server import Answer, drips, rude_server, says

from cifar_core import download
from cifar_core.download import Patience, check_address, fetch
from cifar_core.errors import DataError

OK = b"HTTP/1.1 200 OK\r\n"
QUICK = Patience(window_s=0.4, least_bytes=1000, whole_s=60)


def fetched(answers: list[Answer], part: Path, patience: Patience = QUICK) -> bytes:
    with rude_server(answers) as url:
        fetch(url, part, lambda done, total: None, patience)
    return part.read_bytes()


def refused(answers: list[Answer], part: Path, patience: Patience = QUICK) -> str:
    with pytest.raises(DataError) as raised:
        fetched(answers, part, patience)
    assert str(raised.value).isprintable()
    assert len(str(raised.value)) < 400
    return str(raised.value)


@pytest.mark.parametrize(
    "head",
    [
        b"Content-Length: 5\r\n", b"", b"Content-Length: five\r\n", b"Content-Length: -5\r\n",
        b"Content-Length: 5\r\nContent-Range: bytes 7-9/9\r\n", b"Content-Length:\r\n", b"Content-Length: 5.0\r\n",
    ],
)  # fmt: skip
def test_a_length_that_is_missing_or_no_number_is_not_needed(tmp_path: Path, head: bytes) -> None:
    assert fetched(says(OK + head + b"\r\nhello"), tmp_path / "part") == b"hello"


@pytest.mark.parametrize("claimed", [b"6", b"100000000"])
def test_fewer_bytes_than_claimed_are_kept_and_said(tmp_path: Path, claimed: bytes) -> None:
    line = refused(says(OK + b"Content-Length: " + claimed + b"\r\n\r\nhello"), tmp_path / "part")
    assert "it broke off after 5 of" in line
    assert "to go on where it stopped" in line
    assert (tmp_path / "part").read_bytes() == b"hello"


def test_more_than_an_archive_has_is_not_fetched(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    claims = says(OK + b"Content-Length: 999999999999999999999\r\n\r\nhello")
    assert "sends more than 200 MiB" in refused(claims, tmp_path / "part")
    assert not (tmp_path / "part").exists()
    monkeypatch.setattr(download, "LARGEST", 10_000)
    assert "sends more than" in refused([drips(OK + b"\r\n", b"x" * 5000, 0.001)], tmp_path / "part")


@pytest.mark.parametrize(
    "answer",
    [
        b"", b"\r\n", b"nonsense\r\n\r\n", b"HTTP/1.1 abc OK\r\n\r\n", b"HTTP/1.1 200\r\nno colon\r\n" * 200,
        b"HTTP/1.1 200 OK\r\nX: " + b"y" * 70_000 + b"\r\n\r\n", b"HTTP/9.9 200 OK\r\n", b"\x1b[31m\x00\xff" * 20,
        b"SSH-2.0-OpenSSH_9.6\r\n", OK + b"Transfer-Encoding: chunked\r\n\r\nzz\r\nhello",
        OK + b"Transfer-Encoding: chunked\r\n\r\n5\r\nhe",
    ],
)  # fmt: skip
def test_what_is_no_answer_of_a_web_server_is_one_line(tmp_path: Path, answer: bytes) -> None:
    assert "cannot download http://127.0.0.1:" in refused(says(answer), tmp_path / "part")


@pytest.mark.parametrize("size", [b"-1", b"-5"])
def test_a_chunk_of_a_negative_size_is_no_way_to_fill_memory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, size: bytes
) -> None:
    monkeypatch.setattr(download, "LARGEST", 10_000)
    head = OK + b"Transfer-Encoding: chunked\r\n\r\n" + size + b"\r\n"
    refused([drips(head, b"x" * 5000, 0.001)], tmp_path / "part")


def test_a_reason_with_escapes_is_shown_without_them(tmp_path: Path) -> None:
    for answer in (b"HTTP/1.1 404 \x1b[31mgone\x07\x9b\r\n\r\n", b"HTTP/1.1 503 " + b"no " * 5000 + b"\r\n\r\n"):
        assert "answered" in refused(says(answer), tmp_path / "part")
    assert r"404 \x1b[31mgone\x07\x9b" in refused(says(b"HTTP/1.1 404 \x1b[31mgone\x07\x9b\r\n\r\n"), tmp_path / "part")


@pytest.mark.parametrize("status", [b"201 Created", b"204 No Content", b"203 Other", b"226 Used"])
def test_an_answer_that_is_no_file_is_said(tmp_path: Path, status: bytes) -> None:
    line = refused(says(b"HTTP/1.1 " + status + b"\r\nContent-Length: 0\r\n\r\n"), tmp_path / "part")
    assert f"answered {status[:3].decode()}, which is not a file" in line


@pytest.mark.parametrize(
    "where",
    [
        b"file:///etc/passwd", b"ftp://127.0.0.1/file", b"data:text/plain,hello", b"gopher://x/", b"FILE:///etc/passwd",
        b"javascript:alert(1)", b"http://[::1", b"http://127.0.0.1:port/", b"\x1b[31m://x", b"http://",
    ],
)  # fmt: skip
def test_a_redirect_to_what_is_no_web_address_is_not_followed(tmp_path: Path, where: bytes) -> None:
    for status in (b"301 Moved", b"302 Found", b"307 Temporary", b"308 Permanent"):
        refused(says(b"HTTP/1.1 " + status + b"\r\nLocation: " + where + b"\r\n\r\n"), tmp_path / "part")
    assert not (tmp_path / "part").exists()


def test_a_redirect_to_another_place_is_followed_but_not_for_ever(tmp_path: Path) -> None:
    there = b"HTTP/1.1 302 Found\r\nLocation: /there\r\n\r\n"
    assert fetched(says(there, OK + b"Content-Length: 5\r\n\r\nhello"), tmp_path / "part") == b"hello"
    assert "infinite loop" in refused(says(there), tmp_path / "other")
    assert "answered 302" in refused(says(b"HTTP/1.1 302 Found\r\n\r\n"), tmp_path / "other")


def test_a_redirect_from_an_encrypted_address_to_a_plain_one_is_not_followed() -> None:
    request = download.urllib.request.Request("https://host/file")
    with pytest.raises(OSError, match="not followed"):
        download._Redirects().redirect_request(request, None, 302, "Found", {}, "http://host/file")
    assert download._Redirects().redirect_request(request, None, 302, "Found", {}, "https://other/file")


@pytest.mark.parametrize(
    "answer",
    [
        drips(b"", b"H", 0.05),  # the status line
        drips(OK, b"X: y\r\n", 0.05),  # headers
        drips(OK + b"Content-Length: 1000000\r\n\r\n", b"x", 0.05),
        drips(OK + b"\r\n", b"x", 0.05),
        drips(OK + b"Transfer-Encoding: chunked\r\n\r\n", b"1\r\nx\r\n", 0.05),
        drips(b"", b"", 0.05),  # nothing at all
    ],
)
def test_a_server_that_drips_is_not_waited_for(tmp_path: Path, answer: Answer) -> None:
    line = refused([answer], tmp_path / "part")
    assert "bytes in 0.4 s" in line
    assert "to go on where it stopped" in line


def test_a_steady_server_is_waited_for_until_the_whole_takes_too_long(tmp_path: Path) -> None:
    steady = drips(OK + b"\r\n", b"x" * 1000, 0.01)
    assert "longer than 1 s" in refused([steady], tmp_path / "part", Patience(0.4, 1000, 1.0))
    assert len((tmp_path / "part").read_bytes()) > 1000


def test_nobody_waits_for_the_thread_of_a_download_that_was_given_up(tmp_path: Path) -> None:
    before = {thread.ident for thread in threading.enumerate()}
    with rude_server([drips(OK + b"\r\n", b"x", 0.05)]) as url:
        with pytest.raises(DataError, match="bytes in"):
            fetch(url, tmp_path / "part", lambda done, total: None, QUICK)
        ours = [thread for thread in threading.enumerate() if thread.ident not in before and thread.daemon]
    for thread in ours:
        thread.join(10)
        assert not thread.is_alive()


def test_another_range_than_was_asked_for_is_not_appended(tmp_path: Path) -> None:
    (tmp_path / "part").write_bytes(b"hel")
    partial = b"HTTP/1.1 206 Partial\r\nContent-Length: 5\r\nContent-Range: bytes 0-4/5\r\n\r\nhello"
    assert "sent a different range" in refused(says(partial), tmp_path / "part")
    assert not (tmp_path / "part").exists()
    assert fetched(says(partial), tmp_path / "part") == b"hello"
    (tmp_path / "part").write_bytes(b"hel")
    rest = b"HTTP/1.1 206 Partial\r\nContent-Length: 2\r\nContent-Range: bytes 3-4/5\r\n\r\nlo"
    assert fetched(says(rest), tmp_path / "part") == b"hello"


def test_a_range_that_nobody_asked_for_is_not_taken_for_the_end(tmp_path: Path) -> None:
    assert "answered 416" in refused(says(b"HTTP/1.1 416 No\r\n\r\n"), tmp_path / "part")
    (tmp_path / "part").write_bytes(b"whole")
    assert fetched(says(b"HTTP/1.1 416 No\r\n\r\n"), tmp_path / "part") == b"whole"


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("file:///etc/passwd", "not an http"), ("nonsense", "not an http"), ("", "not an http"),
        ("ftp://x/y", "not an http"), ("//host/file", "not an http"), ("http://", "malformed"),
        ("http:///file", "malformed"), ("http://[::1", "malformed"),
        ("http://host:port/", "malformed"), ("http://host:99999/", "malformed"), ("http://host:0/", "malformed"),
        ("http://ho st/", "malformed"), ("http://host/a b", "malformed"), ("http://host/\n", "malformed"),
        ("http://host/\x1b[31m", "malformed"), ("http://höst/", "malformed"), ("http://host/ü", "malformed"),
        ("http://host/\0", "malformed"), ("http://[zz]/", "malformed|cannot download"), ("http://:80/", "malformed"),
    ],
)  # fmt: skip
def test_an_address_that_is_none_is_one_line(tmp_path: Path, url: str, words: str) -> None:
    with pytest.raises(DataError, match=words) as raised:
        fetch(url, tmp_path / "part", lambda done, total: None, QUICK)
    assert str(raised.value).isprintable()


@pytest.mark.parametrize("url", ["http://host/file", "HTTPS://host:8080/a?b=c#d", "http://[::1]:80/", "http://1.2.3.4"])
def test_addresses_of_the_web_are_taken(url: str) -> None:
    check_address(url)


@pytest.mark.parametrize("url", ["http://" + "a" * 70 + ".invalid/", "http://a..b/", "http://user:pw@127.0.0.1:1/"])
def test_a_host_that_cannot_be_found_is_one_line(tmp_path: Path, url: str) -> None:
    with pytest.raises(DataError, match="cannot download"):
        fetch(url, tmp_path / "part", lambda done, total: None, Patience(5, 1, 5))
