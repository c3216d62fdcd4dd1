"""A small client of the services' HTTP APIs, which waits out a service that is being restarted."""

import json
import time
from collections.abc import Callable, Iterator
from typing import Any

import httpx

from services.ops.errors import CommandError, Unreachable

STANDARD = {"type", "title", "status", "code", "detail", "instance"}
"""A problem document's own members; all others say more about this problem."""


class ProblemAnswer(CommandError):
    """A service refused: `status` and the problem document's `code`. The line has all that the document says."""

    def __init__(self, response: httpx.Response) -> None:
        self.problem: dict[str, Any] = _json(response, dict) or {
            "code": "no-problem-document",
            "detail": f"{response.status_code} {response.reason_phrase}",
        }
        self.status = response.status_code
        self.code = str(self.problem.get("code", ""))
        super().__init__("; ".join([f"{self.code}: {self.problem.get('detail', '')}", *_more(self.problem)]))


class Client:
    """Calls one service on behalf of whomever `token` speaks for. Raises Unreachable for a URL that is none."""

    def __init__(self, url: str, token: Callable[[], str], *, patience: float = 0.0) -> None:
        try:
            self._http = httpx.Client(base_url=url, timeout=60, limits=httpx.Limits(max_keepalive_connections=4))
        except httpx.InvalidURL as error:
            raise Unreachable(f"{url}: {error}") from None
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
        """The JSON answer. Raises ProblemAnswer when it is a refusal, Unreachable when there is none.

        A call without an answer is made again until `patience` (seconds) is used up. The first call may have
        taken effect all the same: a caller who is patient must expect a refusal that says so.
        """
        end = time.monotonic() + self._patience
        while True:
            try:
                response = self._http.request(
                    method, path, headers={"Authorization": f"Bearer {self._token()}", **(headers or {})}, **request
                )
            except (httpx.RequestError, httpx.InvalidURL) as error:
                if time.monotonic() > end:
                    raise Unreachable(f"{self._url} does not answer ({type(error).__name__})") from None
            else:
                if response.status_code != 503 or time.monotonic() > end:
                    break
            time.sleep(0.2)
        if not response.is_success:
            raise ProblemAnswer(response)
        answer = _json(response, dict | list)
        if answer is None and response.content:
            raise Unreachable(f"{self._url} answers with something else than JSON: not one of the services")
        return answer


def _json(response: httpx.Response, kind: Any) -> Any:
    """The answer's JSON; None where it has none, or JSON of another kind."""
    try:
        answer = response.json()
    except ValueError:
        return None
    return answer if isinstance(answer, kind) else None


def _more(problem: dict[str, Any]) -> Iterator[str]:
    for name, value in problem.items():
        if name in STANDARD:
            continue
        if isinstance(value, list):
            yield from map(_entry, value)
        else:
            yield f"{name} {value}"


def _entry(entry: Any) -> str:
    """One of `reasons`, `fields` or `rows`: where it is and what is wrong there."""
    if not isinstance(entry, dict) or "message" not in entry:
        return json.dumps(entry, ensure_ascii=False)
    place = " ".join(str(entry[name]) for name in ("file", "line", "code", "field") if entry.get(name))
    return f"{place}: {entry['message']}"
