"""A small client of the services' HTTP APIs, which waits out a service that is being restarted."""

import time
from collections.abc import Callable, Iterator
from typing import Any

import httpx

from services.ops.errors import CommandError


class ProblemAnswer(CommandError):
    """A service refused: `status` and the problem document's `code`."""

    def __init__(self, response: httpx.Response) -> None:
        try:
            self.problem: dict[str, Any] = response.json()
        except ValueError:
            self.problem = {"code": "no-problem-document", "detail": response.reason_phrase}
        self.status = response.status_code
        self.code = str(self.problem.get("code", ""))
        super().__init__(f"{self.code}: {self.problem.get('detail', '')}")


class Client:
    """Calls one service on behalf of whomever `token` speaks for."""

    def __init__(self, url: str, token: Callable[[], str], *, patience: float = 0.0) -> None:
        self._http = httpx.Client(base_url=url, timeout=60, limits=httpx.Limits(max_keepalive_connections=4))
        self._token = token
        self._patience = patience
        self._url = url

    def get(self, path: str, **params: Any) -> Any:
        """The JSON answer to a GET."""
        return self.call("GET", path, params=params)

    def pages(self, path: str, **params: Any) -> Iterator[Any]:
        """All entries of a list that comes in pages."""
        cursor = None
        while True:
            page = self.get(path, **params, **({"cursor": cursor} if cursor else {}))
            yield from page["entries"]
            cursor = page["cursor"]
            if not cursor:
                return

    def call(self, method: str, path: str, *, headers: dict[str, str] | None = None, **request: Any) -> Any:
        """The JSON answer. Raises ProblemAnswer when it is a refusal, CommandError when there is none.

        A call without an answer is made again until `patience` (seconds) is used up. The first call may have
        taken effect all the same: a caller who is patient must expect a refusal that says so.
        """
        end = time.monotonic() + self._patience
        while True:
            try:
                response = self._http.request(
                    method, path, headers={"Authorization": f"Bearer {self._token()}", **(headers or {})}, **request
                )
            except httpx.TransportError as error:
                if time.monotonic() > end:
                    raise CommandError(f"{self._url} does not answer ({type(error).__name__})") from None
            else:
                if response.status_code != 503 or time.monotonic() > end:
                    break
            time.sleep(0.2)
        if response.is_error:
            raise ProblemAnswer(response)
        return response.json() if response.content else None
