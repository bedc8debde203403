"""Where a Dask scheduler is: what is no address, and what answers but is no scheduler."""

import json
import socket
import subprocess
import sys
import threading
from contextlib import contextmanager

import pytest
from command import run
from patience import PATIENCE

from relusgd.errors import InputError
from relusgd.sweeps import scheduler_address
from relusgd.sweeps.scheduler_address import find_scheduler

GREETING = b"\x01\x00\x00\x00pickle-protocol\xa1"


@contextmanager
def listener(answer):
    """A port at which everybody who connects is handed to `answer`."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve():
            connection, _ = server.accept()
            with connection:
                answer(connection)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield server.getsockname()[1]
        thread.join(PATIENCE)


def silence(connection):
    """Say nothing for as long as the other side is there."""
    connection.recv(1)


@pytest.mark.parametrize(
    ("given", "address"),
    [
        ("tcp://10.0.0.5:8786", "tcp://10.0.0.5:8786"),
        ("10.0.0.5:8786", "tcp://10.0.0.5:8786"),
        ("node-17.cluster:9000", "tcp://node-17.cluster:9000"),
        ("tls://node:8786", "tls://node:8786"),
        ("TCP://node:8786/", "tcp://node:8786"),
        ("tcp://[::1]:8786", "tcp://[::1]:8786"),
        (" tcp://node:8786 ", "tcp://node:8786"),
        ("ws://node:8786", "ws://node:8786"),
    ],
)
def test_an_address_is_read(given, address):
    assert str(find_scheduler(given)) == address


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ("http://127.0.0.1:8787/status", "use tcp://127.0.0.1:8786"),
        ("https://node/status", "use tcp://node:8786"),
        ("http://node:8786", "use tcp://node:8786"),
        ("ssh://host", "use tcp://host:8786; where only ssh gets through"),
        ("ssh://me@host:22", "ssh -L 8786:localhost:8786 host"),
        ("ftp://host:21", "a Dask scheduler is not reached by ftp; use tcp://host:8786"),
        ("tcp://host", "the address has no port; use tcp://host:8786"),
        ("tcp://host:", "the address has no port"),
        ("localhost", "neither the address of a scheduler, which has a port, nor a file"),
        ("tcp://host:port", "'port' is no port"),
        ("tcp://host:0", "'0' is no port"),
        ("tcp://host:99999", "'99999' is no port, which is a number up to 65,535"),
        ("tcp://:8786", "the address has no host"),
        ("tcp://host:8786/status", "an address ends with its port; use tcp://host:8786"),
        ("::1:8786", "the address has no host"),
        ("", "the address has no host"),
        ("nowhere.json", "there is no such file; dask scheduler --scheduler-file nowhere.json"),
        ("shared/scheduler", "there is no such file"),
    ],
)
def test_what_is_no_address_is_told_with_the_one_that_is_meant(given, said):
    with pytest.raises(InputError) as refused:
        find_scheduler(given)
    assert said in f"{refused.value.message}; {refused.value.hint}"


def test_the_file_of_a_scheduler_holds_its_address(tmp_path):
    file = tmp_path / "scheduler.json"
    file.write_text(json.dumps({"type": "Scheduler", "address": "tcp://127.0.0.1:4711"}))
    assert str(find_scheduler(str(file))) == "tcp://127.0.0.1:4711"


@pytest.mark.parametrize("text", ["", "{}", "[]", "tcp://127.0.0.1:1", '{"address": 3}', "\xff"])
def test_another_file_is_refused(text, tmp_path):
    file = tmp_path / "scheduler.json"
    file.write_bytes(text.encode("latin-1"))
    with pytest.raises(InputError, match="not the file of a Dask scheduler"):
        find_scheduler(str(file))


@pytest.mark.parametrize(
    ("scheme", "answer", "said"),
    [
        ("tcp", lambda it: it.sendall(b"HTTP/1.0 400 Bad\r\n\r\n"), "is no Dask scheduler"),
        ("tcp", lambda it: None, "does not answer as a Dask scheduler"),
        ("tcp", silence, "does not answer as a Dask scheduler"),
        ("tls", lambda it: it.sendall(b"HTTP/1.0 400 Bad\r\n\r\n"), "does not speak TLS"),
        ("tls", lambda it: it.sendall(GREETING), "does not speak TLS"),
    ],
    ids=["a page", "it hangs up", "it is silent", "a page, by tls", "tcp, by tls"],
)
def test_what_answers_and_is_no_scheduler_is_told(scheme, answer, said, monkeypatch):
    if answer is silence:  # which ends by time alone; every other answer ends by itself
        monkeypatch.setattr(scheduler_address, "ANSWER_SECONDS", 0.2)
    with listener(answer) as port, pytest.raises(InputError, match=said):
        find_scheduler(f"{scheme}://127.0.0.1:{port}").check()


def test_what_greets_as_a_scheduler_is_taken_for_one():
    with listener(lambda it: it.sendall(GREETING)) as port:
        find_scheduler(f"127.0.0.1:{port}").check()


def test_nobody_there_and_no_such_host_are_sentences():
    for where in ("tcp://127.0.0.1:1", "tcp://no.such.host.invalid:8786"):
        with pytest.raises(InputError, match="no Dask scheduler answers there"):
            find_scheduler(where).check()


def test_the_command_refuses_before_anything_is_trained(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "small.yaml").write_text("sweep: {repeat: 2}")
    result = run("sweep", "small.yaml", "--dask", "http://127.0.0.1:8787/status")
    assert result.exit_code == 2
    assert result.stderr.splitlines() == [
        "error: --dask http://127.0.0.1:8787/status: this is the address of a page, and a "
        "scheduler is reached by tcp",
        "use tcp://127.0.0.1:8786",
    ]
    assert not (tmp_path / "outputs").exists()


def test_an_address_is_checked_before_dask_is_loaded():
    asked = (
        "import sys, relusgd.sweeps.scheduler_address; "
        "sys.exit('distributed' in sys.modules or 'numpy' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", asked], check=False).returncode == 0
