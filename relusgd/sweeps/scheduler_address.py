"""Where a Dask scheduler is: its address read and asked for before Dask is loaded.

Dask itself waits without end where something else answers, such as its own dashboard.
"""

from __future__ import annotations

import json
import re
import socket
import ssl
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from relusgd.errors import InputError
from relusgd.words import shown

USUAL_PORT = 8786
DASHBOARD_PORT = 8787
LARGEST_PORT = 65535

CHECKED = ("tcp", "tls")
UNCHECKED = ("ws", "wss", "ucx")
"""Ways to a scheduler that Dask tries by itself."""

GREETING = b"pickle-protocol"
"""A part of what a scheduler says as soon as somebody connects."""

ANSWER_SECONDS = 5.0
START_ONE = "dask scheduler starts one, and its log has its address"

_ADDRESS = re.compile(
    r"(?:(?P<scheme>[A-Za-z][\w+.-]*)://)?(?P<place>[^/]*)(?P<path>/.*)?", re.DOTALL
)
_PLACE = re.compile(r"(?P<host>\[[^\[\]]*\]|[^\[\]:]*)(?::(?P<port>.*))?", re.DOTALL)


@dataclass(frozen=True)
class SchedulerAddress:
    """scheme://host:port. given: how messages name it, such as "--dask tcp://host:8786"."""

    scheme: str
    host: str
    port: int
    given: str

    def __str__(self) -> str:
        return f"{self.scheme}://{self.host}:{self.port}"

    def check(self) -> None:
        """Raise InputError unless a scheduler answers there, within seconds."""
        if self.scheme not in CHECKED:
            return
        problem = self._problem()
        if problem is not None:
            raise InputError(f"{self.given}: {problem}", START_ONE)

    def _problem(self) -> str | None:
        """Why no scheduler answers, or None if one does."""
        place = (self.host.strip("[]"), self.port)
        try:
            connection = socket.create_connection(place, timeout=ANSWER_SECONDS)
        except OSError as error:
            return no_answer(error)
        with connection:
            find = _problem_of_greeting if self.scheme == "tcp" else _problem_of_tls
            try:
                return find(connection)
            except OSError as error:
                return no_answer(error)


def no_answer(error: Exception) -> str:
    """The problem of an address at which nothing that we can talk to answers."""
    return f"no Dask scheduler answers there ({error})"


def _problem_of_greeting(connection: socket.socket) -> str | None:
    """Why what answers is no scheduler without TLS; None if it greets as one."""
    said = b""
    with suppress(TimeoutError):
        while GREETING not in said and len(said) < 10_000:
            part = connection.recv(4096)
            if not part:
                break
            said += part
    if GREETING in said:
        return None
    if said:
        return "what answers there is no Dask scheduler"
    return (
        "something is there, but it does not answer as a Dask scheduler (one with TLS is tls://…)"
    )


def _problem_of_tls(connection: socket.socket) -> str | None:
    """Why what answers is no scheduler with TLS; None if it speaks TLS."""
    # Who the scheduler is, Dask checks by the certificates of its configuration.
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    try:
        context.wrap_socket(connection).close()
    except ssl.SSLError as error:
        if "ALERT" in (error.reason or ""):
            return None  # it speaks TLS, and wants a certificate first
        return "what answers there does not speak TLS (without TLS the address is tcp://…)"
    return None


def find_scheduler(where: str) -> SchedulerAddress:
    """The address of a scheduler: where is the address, or the file that the scheduler wrote.

    Raises InputError.
    """
    path = Path(where).expanduser()
    if path.is_file():
        return read_address(_address_in_file(path, where), f"--dask {where}")
    if _looks_like_a_file(where):
        raise InputError(
            f"--dask {shown_where(where)}: there is no such file",
            f"dask scheduler --scheduler-file {shown_where(where)} writes it; "
            f"an address looks like tcp://10.0.0.5:{USUAL_PORT}",
        )
    return read_address(where, f"--dask {shown_where(where)}")


def shown_where(where: str) -> str:
    return where if len(where) <= 100 else f"{where[:100]}…"


def _looks_like_a_file(where: str) -> bool:
    return "://" not in where and ("/" in where or where.endswith(".json"))


def _address_in_file(file: Path, where: str) -> str:
    """The address that Dask's scheduler file holds. Raises InputError for another file."""
    try:
        facts = json.loads(file.read_text(encoding="utf-8"))
        address = facts["address"]
    except (OSError, ValueError, LookupError, TypeError):
        address = None
    if not isinstance(address, str):
        raise InputError(
            f"--dask {where}: this is not the file of a Dask scheduler",
            "dask scheduler --scheduler-file scheduler.json writes one",
        )
    return address


def read_address(text: str, given: str) -> SchedulerAddress:
    """From scheme://host:port, or host:port for TCP. Raises InputError."""

    def refuse(problem: str, hint: str) -> InputError:
        return InputError(f"{given}: {problem}", hint)

    parts = _ADDRESS.fullmatch(text.strip())
    place = _PLACE.fullmatch(parts["place"]) if parts else None
    if parts is None or place is None:
        raise refuse("this is no address", f"it looks like tcp://10.0.0.5:{USUAL_PORT}")
    scheme = (parts["scheme"] or "tcp").lower()
    # In what to try there is no user before the host, and an example where no host is given.
    _, _, host = place["host"].rpartition("@")
    host = host or "10.0.0.5"
    port_text = place["port"]
    if scheme not in (*CHECKED, *UNCHECKED):
        raise refuse(*_wrong_scheme(scheme, host, port_text))
    usual = f"use {scheme}://{host}:{USUAL_PORT} if it has the usual port"
    if not place["host"]:
        raise refuse("the address has no host", f"it looks like {scheme}://{host}:{USUAL_PORT}")
    if not port_text:
        raise refuse(_without_port(parts["scheme"]), usual)
    port = _port(port_text)
    if port is None:
        problem = f"{shown(port_text)} is no port, which is a number up to {LARGEST_PORT:,}"
        raise refuse(problem, usual)
    if parts["path"] not in (None, "/"):
        raise refuse("an address ends with its port", f"use {scheme}://{host}:{port}")
    return SchedulerAddress(scheme, place["host"], port, given)


def _without_port(scheme: str | None) -> str:
    if scheme is None:
        return "neither the address of a scheduler, which has a port, nor a file that one wrote"
    return "the address has no port"


def _wrong_scheme(scheme: str, host: str, port_text: str | None) -> tuple[str, str]:
    """What is wrong with an address that is not reached by tcp, and what to try."""
    port = _port(port_text or "")
    meant = f"tcp://{host}:{USUAL_PORT}"
    if scheme == "ssh":
        return (
            "workers are reached through a Dask scheduler, not by ssh",
            f"use {meant}; where only ssh gets through, ssh -L {USUAL_PORT}:localhost:{USUAL_PORT} "
            f"{host} brings it to tcp://localhost:{USUAL_PORT}",
        )
    if scheme in ("http", "https"):
        if port not in (None, DASHBOARD_PORT, 80, 443):
            meant = f"tcp://{host}:{port}"
        return "this is the address of a page, and a scheduler is reached by tcp", f"use {meant}"
    return f"a Dask scheduler is not reached by {scheme}", f"use {meant}"


def _port(text: str) -> int | None:
    """The port that a text is; None for anything else."""
    is_short_number = text.isascii() and text.isdigit() and len(text) <= 5
    if not is_short_number:
        return None
    port = int(text)
    return port if 0 < port <= LARGEST_PORT else None
