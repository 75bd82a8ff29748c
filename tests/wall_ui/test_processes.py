"""A port is ours or said to be taken; a child ends with its parent; an interrupt ends a block in order."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from gis.errors import Unavailable
from wall_ui.processes import StopInOrder, listening_socket, own_url

CHILD = """
import sys, time
from wall_ui.processes import die_with
die_with(int(sys.argv[1]))
print("tied", flush=True)
time.sleep(60)
"""
PARENT = """
import os, subprocess, sys, time
child = subprocess.Popen([sys.executable, "-c", sys.argv[1], str(os.getpid())], stdout=subprocess.PIPE, text=True)
child.stdout.readline()
print(child.pid, flush=True)
time.sleep(60)
"""


def _lives(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    except OSError:
        return False


def test_a_taken_port_is_refused_with_one_that_may_be_free() -> None:
    with listening_socket("127.0.0.1", 0) as first:
        port = first.getsockname()[1]
        with pytest.raises(Unavailable, match=f"WALL_PORT={port % 65535 + 1}"):
            listening_socket("127.0.0.1", port)


def test_an_address_that_is_not_ours_is_refused() -> None:
    with pytest.raises(Unavailable, match=r"cannot listen on 192\.0\.2\.1"):
        listening_socket("192.0.2.1", 0)


def test_the_page_of_a_wall_that_listens_everywhere_is_found_on_loopback() -> None:
    with listening_socket("0.0.0.0", 0) as listener:
        assert own_url(listener) == f"http://127.0.0.1:{listener.getsockname()[1]}"


def test_a_child_does_not_survive_the_kill_of_its_parent() -> None:
    parent = subprocess.Popen([sys.executable, "-c", PARENT, CHILD], stdout=subprocess.PIPE, text=True)
    assert parent.stdout is not None
    child = int(parent.stdout.readline())
    assert _lives(child)
    parent.kill()
    parent.communicate()
    deadline = time.monotonic() + 10
    while _lives(child):
        assert time.monotonic() < deadline, "the child lives on"
        time.sleep(0.05)


def test_a_child_whose_parent_died_before_it_could_ask_ends_at_once() -> None:
    orphan = subprocess.run([sys.executable, "-c", CHILD, "1"], capture_output=True, text=True, check=False)
    assert (orphan.returncode, orphan.stdout) == (1, "")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_each_way_of_stopping_leaves_the_block_and_puts_the_old_handler_back(number: signal.Signals) -> None:
    before = signal.getsignal(number)
    left = []
    with pytest.raises(SystemExit) as ended, StopInOrder():  # noqa: PT012 - how it is left is what is tested
        try:
            os.kill(os.getpid(), number)
            time.sleep(5)
            left.append("went on")
        finally:
            left.append("cleared up")
    assert left == ["cleared up"]
    assert ended.value.code == 1, "what was asked for is not done"
    assert signal.getsignal(number) is before


def test_an_interrupt_that_python_lost_is_heeded_at_the_next_step() -> None:
    passed = []
    with StopInOrder(ends_well=True) as stop:
        try:
            os.kill(os.getpid(), signal.SIGTERM)
        except KeyboardInterrupt:
            passed.append("lost")  # as when it reaches a destructor
        stop.heed()
        passed.append("went on")
    assert passed == ["lost"]


def test_what_is_not_an_interrupt_passes_through() -> None:
    with pytest.raises(ZeroDivisionError), StopInOrder():
        raise ZeroDivisionError
