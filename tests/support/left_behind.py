"""Programs that leave processes behind, each in another way; every one of these writes its process id to a file."""

import os
import sys
from pathlib import Path

import psutil

NOTE = "import os, signal, subprocess, sys, time\nnote = lambda: open(sys.argv[1], 'a').write(f'{os.getpid()}\\n')\n"
STAY = "note(); time.sleep(600)"
DAEMON = "if not os.fork():\n    os.setsid()\n    if not os.fork():\n        STAY\n    os._exit(0)\nos.wait()\n"
WAYS = {
    "a child that holds the pipe": "if not os.fork():\n    STAY\n",
    "a daemon in a session of its own": DAEMON,
    "a daemon that has closed all": DAEMON.replace("STAY", "note(); os.closerange(0, 99); time.sleep(600)"),
    "one that ignores every signal that can be": (
        "if not os.fork():\n"
        "    [signal.signal(n, signal.SIG_IGN) for n in {*range(1, 65)} - {9, 19, 32, 33}]\n    STAY\n"
    ),
    "a program in a session and an environment of its own": (
        "subprocess.Popen([sys.executable, '-c', NOTE + 'note(); time.sleep(600)', sys.argv[1]], env={}, "
        "start_new_session=True)\n"
    ),
    "one that is stopped": "if not os.fork():\n    note(); os.kill(os.getpid(), signal.SIGSTOP)\n",
    "children of children of children": (
        "for _ in range(4):\n    if os.fork():\n        note(); break\n    os.setsid()\nelse:\n    STAY\n"
        "if os.getpid() != me:\n    time.sleep(600)\n"
    ),
    "one that adopts orphans itself": (
        "if not os.fork():\n    import ctypes; ctypes.CDLL(None).prctl(36, 1)\n"
        "    if not os.fork():\n        STAY\n    STAY\n"
    ),
    "several at once": "for _ in range(5):\n    if not os.fork():\n        os.setsid()\n        STAY\n",
}
COUNTS = {"children of children of children": 5, "one that adopts orphans itself": 2, "several at once": 5}


def code(way: str, then: str = "") -> str:
    """Python that leaves processes behind in one of WAYS, then does something; its argument is the file of ids."""
    body = WAYS[way].replace("STAY", STAY).replace("NOTE", repr(NOTE))
    count = COUNTS.get(way, 1)
    wait = f"while not os.path.exists(sys.argv[1]) or len(open(sys.argv[1]).readlines()) < {count}: time.sleep(0.01)\n"
    return f"{NOTE}me = os.getpid()\n{body}{wait}{then}"


def program(way: str, file: Path, then: str = "") -> tuple[str, ...]:
    """The command that runs it."""
    return (sys.executable, "-c", code(way, then), str(file))


def alive(file: Path) -> list[int]:
    """Those that are still there, of those that have written their ids."""
    ids = [int(line) for line in file.read_text().split()]
    assert ids
    return [pid for pid in ids if _runs(pid) and pid != os.getpid()]


def _runs(pid: int) -> bool:
    try:
        return bool(psutil.Process(pid).status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False
