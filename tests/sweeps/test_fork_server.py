"""The process that workers come from: forked from a command of ours, begun anew everywhere else."""

import os
import signal
import subprocess
import sys

import pytest

LINUX = sys.platform == "linux"

BEGINNING = """
import os, signal, sys, threading, types
from relusgd.own_process import claim_process
from relusgd.sweeps.local import LocalProcesses

sys.modules["mark"] = types.ModuleType("mark")
sys.path.append({folder!r})
{first}
"""

HELPERS = """
import signal, sys

def has_mark():
    return "mark" in sys.modules

def handlers():
    return [signal.getsignal(number) == signal.SIG_IGN for number in (2, 15)]

def hears_nothing():
    return signal.SIGINT not in signal.pthread_sigmask(signal.SIG_BLOCK, [])
"""


def printed(tmp_path, program, first="claim_process()"):
    """What a Python prints that has loaded a module "mark" and does this with workers."""
    (tmp_path / "helpers.py").write_text(HELPERS)
    code = BEGINNING.format(folder=str(tmp_path), first=first) + "import helpers\n" + program
    command = [sys.executable, "-W", "error", "-c", code]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    assert not done.stderr
    return done.stdout.split()


ASK_FOR_MARK = """
with LocalProcesses(1) as processes:
    print(processes.submit(helpers.has_mark).result(60))
"""


@pytest.mark.skipif(not LINUX, reason="forking is safe on Linux alone")
def test_workers_of_a_command_have_what_it_has_loaded(tmp_path):
    assert printed(tmp_path, ASK_FOR_MARK) == ["True"]


def test_workers_of_somebody_elses_python_begin_anew(tmp_path):
    assert printed(tmp_path, ASK_FOR_MARK, first="") == ["False"]


def test_workers_of_a_process_with_other_threads_begin_anew(tmp_path):
    another = "threading.Thread(target=threading.Event().wait, daemon=True).start()"
    assert printed(tmp_path, ASK_FOR_MARK, f"claim_process(); {another}") == ["False"]


def test_the_server_is_begun_again_after_its_death(tmp_path):
    program = """
from multiprocessing import forkserver
with LocalProcesses(1) as processes:
    server = forkserver._forkserver._forkserver_pid
    os.kill(server, signal.SIGKILL)
    os.waitid(os.P_PID, server, os.WEXITED | os.WNOWAIT)
with LocalProcesses(1) as processes:
    print(processes.submit(helpers.has_mark).result(60))
"""
    assert printed(tmp_path, program) == [str(LINUX)]


def test_a_forked_server_holds_no_file_of_the_command(tmp_path):
    program = """
reading, writing = os.pipe()
with LocalProcesses(1) as processes:
    processes.submit(os.getpid).result(60)
    os.close(writing)
    print(os.read(reading, 1) == b"")
"""
    assert printed(tmp_path, program) == ["True"]


def test_what_the_command_has_not_written_yet_is_written_once(tmp_path):
    program = """
print("once")
with LocalProcesses(2) as processes:
    processes.submit(print, "worker", flush=True).result(60)
"""
    assert sorted(printed(tmp_path, program)) == ["once", "worker"]


def test_signals_reach_no_worker_that_was_forked(tmp_path):
    first = "signal.signal(signal.SIGTERM, print); claim_process()"
    program = """
with LocalProcesses(1) as processes:
    print(*processes.submit(helpers.handlers).result(60))
    print(processes.submit(helpers.hears_nothing).result(60))
print(signal.getsignal(signal.SIGTERM) is print)
"""
    assert printed(tmp_path, program, first) == ["True", "True", "True", "True"]


@pytest.mark.skipif(not LINUX, reason="/proc is Linux's")
def test_the_server_ends_with_the_command(tmp_path):
    program = """
from multiprocessing import forkserver
with LocalProcesses(1) as processes:
    print(forkserver._forkserver._forkserver_pid, processes.submit(os.getpid).result(60))
os._exit(0)
"""
    for pid in printed(tmp_path, program):
        wait_for_end(int(pid))


def wait_for_end(pid):
    """Wait until a process that is nobody's child here has ended."""
    for _ in range(600):
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return
        signal.sigtimedwait([], 0.1)
    raise AssertionError(f"process {pid} goes on")
