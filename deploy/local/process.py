"""Servers that never outlive us: child processes and their guards."""

import os
import re
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import psutil

from deploy.local.settings import StackError


class Guard:
    """Runs a shell script as soon as our process has ended, however it ended.

    The kernel's PR_SET_PDEATHSIG would act when the *thread* that started a server ends, which in asyncio's
    pool of threads is any moment.
    """

    def __init__(self, script: str, *arguments: str, lock: int | None) -> None:
        """The guard keeps the lock on the open file `lock` until its script has ended."""
        # Waits for a line (it is no longer needed) or for the end of its input (we are gone).
        self._shell = subprocess.Popen(
            ["sh", "-c", f"read -r _ && exit\n{script}", "guard", *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
            pass_fds=() if lock is None else (lock,),
        )

    def release(self) -> None:
        """What it guards has ended."""
        self._shell.communicate(b"\n")


_END_PROCESS = """
kill -"$1" "$2"
for _ in $(seq 100); do kill -0 "$2" 2>/dev/null || exit; sleep 0.1; done
kill -KILL "$2"
"""


class Process:
    """One server: started, stopped and killed again and again, its output appended to one log."""

    def __init__(
        self,
        name: str,
        command: Sequence[str],
        *,
        log: Path,
        lock: int | None = None,
        stop_signal: signal.Signals = signal.SIGTERM,
        environment: Mapping[str, str] | None = None,
    ) -> None:
        """`lock` is the stack's open lock file: whoever wants to use the directory waits until all have ended.

        `environment` adds to ours; secrets belong there and not into the command, which everybody can list.
        """
        self.name = name
        self._command = command
        self._log = log
        self._lock = lock
        self._stop_signal = stop_signal
        self._environment = {**os.environ, **(environment or {})}
        self._server: subprocess.Popen[bytes] | None = None
        self._guard: Guard | None = None

    @property
    def pid(self) -> int | None:
        """Process id while it runs."""
        return self._server.pid if self._server is not None and self._server.poll() is None else None

    def start(self, ready: Callable[[], bool], timeout: float = 60) -> None:
        """Start and return when `ready()`; does nothing if it runs already.

        Raises StackError when the server ends or is not ready within `timeout` seconds.
        """
        if self.pid is not None:
            return
        self._release()  # it may have ended by itself
        with self._log.open("ab") as log:
            since = log.tell()
            self._server = subprocess.Popen(
                self._command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                env=self._environment,
            )
        stop_signal = self._stop_signal.name.removeprefix("SIG")
        self._guard = Guard(_END_PROCESS, stop_signal, str(self._server.pid), lock=self._lock)
        try:
            wait_until_ready(self.name, ready, lambda: self.pid is not None, self._log, since=since, timeout=timeout)
        except BaseException:
            self.kill()
            raise

    def stop(self, timeout: float = 30) -> None:
        """Ask it to end and wait; kill it after `timeout` seconds."""
        if self._server is None:
            return
        self._server.send_signal(self._stop_signal)
        try:
            self._server.wait(timeout)
        except subprocess.TimeoutExpired:
            self.kill()
        self._release()

    def kill(self) -> None:
        """End it and all its children at once, as a power cut would (SIGKILL)."""
        if self.pid is not None:
            server = psutil.Process(self.pid)
            family = [server, *server.children(recursive=True)]
            for process in family:
                process.kill()
            while not all(_is_gone(process) for process in family):
                time.sleep(0.01)
        self._release()

    def _release(self) -> None:
        if self._server is not None:
            self._server.wait()
        if self._guard is not None:
            self._guard.release()
        self._server = self._guard = None


def wait_until_ready(
    name: str, ready: Callable[[], bool], running: Callable[[], bool], log: Path, *, since: int = 0, timeout: float = 60
) -> None:
    """Wait for the server `name`; raises StackError when it ends or is not ready within `timeout` seconds.

    What it said about its end is looked for in `log` from the byte `since`.
    """
    deadline = time.monotonic() + timeout
    while not ready():
        if not running():
            raise StackError(f"{name} ended while starting: {complaint(log, since)} (log: {log})")
        if time.monotonic() > deadline:
            raise StackError(f"{name} is not ready after {timeout:.0f} s (log: {log})")
        time.sleep(0.05)


def complaint(log: Path, since: int = 0) -> str:
    """The last line of a log, from the byte `since`, that looks like an error; else the last one of all."""
    text = log.read_bytes()[since:].decode(errors="replace") if log.exists() else ""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    errors = [line for line in lines if re.search("could not|FATAL|ERROR|^Error|^Caused by", line)]
    return (errors or lines or ["it said nothing"])[-1]


def is_root() -> bool:
    """Whether we may and must give a server another user."""
    return os.geteuid() == 0


def _is_gone(process: psutil.Process) -> bool:
    """Ended; whether its parent has collected it yet makes no difference."""
    try:
        return process.status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True
