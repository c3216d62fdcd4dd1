"""Sign-on of people to a service's pages, by OpenID Connect.

A page asks for `SignedOn` and gets the same Principal as the bearer door gives:

    @pages.get("/plans")
    async def plans(request: Request, principal: SignedOn) -> Response:
        return render(request, "plans.html.j2", …)
"""

from services.kit.sign_on.door import SignedOn, open_pages

__all__ = ["SignedOn", "open_pages"]
