"""Sending on a real database to real SMTP servers that accept, refuse, die, hang and hang up."""

from collections.abc import AsyncIterator
from datetime import timedelta
from email.message import EmailMessage
from typing import Literal

import pytest

from contracts.alerts import AlertRaised
from contracts.dead_letters import DeadLettered
from contracts.envelope import Envelope
from contracts.plans import PlanApproved
from contracts.tasks import Milestone
from contracts.units import PersonInRole, Role, UnitKind
from services.kit.database import Database
from services.kit.errors import NotNow
from services.notifier import store
from services.notifier.sending import Sending, settle
from services.notifier.store import DigestState, Outcome
from tests.integration.notifier.post_office import GreetsAndCloses, PostOffice, listening, settings
from tests.integration.notifier.world import (
    MONDAY,
    PROVINCE,
    hold_morning,
    ids,
    issued,
    person,
    plan,
    reached,
    rows,
    tell,
    unit,
)

EVERYBODY = sorted(f"{name}@truong.example" for name in ("so", "cd", "pgd1", "tp1", "ht1", "ct1", "ht2"))


@pytest.fixture
async def post_office() -> AsyncIterator[PostOffice]:
    office = PostOffice()
    yield office
    office.closing.set()


async def morning_with_mail(database: Database, approved: PlanApproved | None = None) -> None:
    """Seven digests, planned and not yet sent."""
    one, two = ids(2)
    await tell(
        database,
        units=PROVINCE,
        plans=[approved or plan()],
        tasks=[issued("S1", one), issued("S2", two, due_on=MONDAY)],
    )
    await tell(database, tasks=[reached("S2", MONDAY, (two, MONDAY, Milestone.DUE_TODAY, 0))])
    await hold_morning(database, MONDAY)


async def send_all(sending: Sending) -> None:
    while await sending.step():
        pass


async def states(database: Database) -> dict[str, tuple[str, int, int | None]]:
    found = await rows(database, "SELECT recipient, state, attempts, smtp_code FROM digests")
    return {row["recipient"]: (row["state"], row["attempts"], row["smtp_code"]) for row in found}


def body(mail: EmailMessage, kind: Literal["plain", "html"]) -> str:
    part = mail.get_body((kind,))
    assert part is not None
    return str(part.get_content())


async def dead_letters(database: Database) -> list[DeadLettered]:
    values = await rows(database, "SELECT value FROM outbox WHERE topic = 'notifier-dead-letters'")
    return [Envelope[DeadLettered].model_validate_json(row["value"]).data for row in values]


async def test_every_recipient_gets_one_mail(database: Database, post_office: PostOffice) -> None:
    await morning_with_mail(database)
    async with listening(post_office.make_session) as smtp:
        await send_all(Sending(database, smtp))
        await send_all(Sending(database, smtp))

    assert post_office.recipients == EVERYBODY
    assert set((await states(database)).values()) == {("SENT", 1, 250)}
    digest_ids = {str(row["id"]) for row in await rows(database, "SELECT id FROM digests")}
    assert {message["Message-ID"] for message in post_office.accepted} == {f"<{one}@so.example>" for one in digest_ids}
    assert post_office.sessions <= smtp.connections


async def test_a_mail_says_in_vietnamese_what_is_due(database: Database, post_office: PostOffice) -> None:
    title = "Kế hoạch <b>số 1</b>\nBcc: la@xau.example"
    await morning_with_mail(database, plan(title=title, text="Tặng quà & thăm hỏi"))
    async with listening(post_office.make_session) as smtp:
        await send_all(Sending(database, smtp))

    [mail] = [mail for mail in post_office.accepted if mail["To"].addresses[0].username == "ht2"]
    assert mail["Subject"] == "[Phối hợp] 01/09/2025: 1 nhiệm vụ đến hạn hôm nay, 1 nhiệm vụ mới được giao"
    assert mail["From"].addresses[0].addr_spec == "phoi-hop@so.example"
    assert "Bcc" not in mail
    text = body(mail, "plain")
    assert "- Nội dung 3: Tặng quà & thăm hỏi (hạn 01/09/2025)" in text
    assert text.index("1 NHIỆM VỤ ĐẾN HẠN HÔM NAY") < text.index("1 NHIỆM VỤ MỚI ĐƯỢC GIAO")
    html = body(mail, "html")
    assert "Kế hoạch &lt;b&gt;số 1&lt;/b&gt; Bcc: la@xau.example (số 957/KHLT)" in html
    assert "Tặng quà &amp; thăm hỏi" in html


async def test_a_long_list_is_cut_with_its_number(database: Database, post_office: PostOffice) -> None:
    await tell(database, units=PROVINCE, plans=[plan()], tasks=[issued("S2", *ids(53))])
    await hold_morning(database, MONDAY)
    async with listening(post_office.make_session) as smtp:
        await send_all(Sending(database, smtp))

    [mail] = [mail for mail in post_office.accepted if mail["To"].addresses[0].username == "ht2"]
    text = body(mail, "plain")
    assert text.count("- Nội dung 3") == 50
    assert "… và 3 nhiệm vụ mới được giao khác." in text


async def test_a_refused_recipient_is_set_aside_and_the_others_get_theirs(
    database: Database, post_office: PostOffice, capsys: pytest.CaptureFixture[str]
) -> None:
    await morning_with_mail(database)
    post_office.refusals["ht1@truong.example"] = ["550 no such user here"]
    async with listening(post_office.make_session) as smtp:
        await send_all(Sending(database, smtp))

    assert post_office.recipients == [address for address in EVERYBODY if address != "ht1@truong.example"]
    assert (await states(database))["ht1"] == ("REFUSED", 1, 550)
    [letter] = await dead_letters(database)
    assert (letter.service, letter.topic, letter.code) == ("notifier", "smtp", "address-refused")
    assert letter.record_value is not None
    digest = Envelope[AlertRaised].model_validate_json(letter.record_value)
    assert digest.data.recipient == "ht1"
    assert digest.id == str(digest.data.digest_id)
    assert "truong.example" not in capsys.readouterr().out + letter.model_dump_json()


@pytest.mark.parametrize("answer", ["450 mailbox busy", "421 too many connections"])
async def test_a_recipient_who_is_put_off_is_tried_again(
    database: Database, post_office: PostOffice, answer: str
) -> None:
    await morning_with_mail(database)
    post_office.refusals["ht1@truong.example"] = [answer]
    async with listening(post_office.make_session) as smtp:
        await send_all(Sending(database, smtp))

    assert post_office.recipients == EVERYBODY
    assert (await states(database))["ht1"] == ("SENT", 2, 250)


async def test_a_pause_grows_with_the_attempts(database: Database, post_office: PostOffice) -> None:
    await morning_with_mail(database)
    post_office.refusals["ht1@truong.example"] = ["450 busy"] * 2
    async with listening(post_office.make_session) as smtp:
        patient = smtp.model_copy(update={"first_pause": 600.0})
        pauses = []
        for _ in range(2):
            await send_all(Sending(database, patient))
            [row] = await rows(
                database,
                "SELECT next_attempt_at - clock_timestamp() AS pause FROM digests WHERE recipient = 'ht1'",
            )
            pauses.append(row["pause"])
            await rows(database, "UPDATE digests SET next_attempt_at = clock_timestamp() WHERE recipient = 'ht1'")

    assert timedelta(seconds=500) < pauses[0] <= timedelta(seconds=600)
    assert timedelta(seconds=1100) < pauses[1] <= timedelta(seconds=1200)


async def test_a_refused_mail_is_set_aside(database: Database, post_office: PostOffice) -> None:
    await morning_with_mail(database)
    post_office.at_data = ["554 looks like spam"]
    async with listening(post_office.make_session) as smtp:
        await send_all(Sending(database, smtp))

    assert len(post_office.accepted) == len(EVERYBODY) - 1
    assert [letter.code for letter in await dead_letters(database)] == ["mail-refused"]


async def test_a_refused_sender_loses_nothing(database: Database, post_office: PostOffice) -> None:
    await morning_with_mail(database)
    post_office.sender_refusals = ["550 you may not send here"] * 3
    async with listening(post_office.make_session) as smtp:
        with pytest.raises(NotNow):
            await Sending(database, smtp).step()
        assert set((await states(database)).values()) == {("PENDING", 0, None)}

        await send_all(Sending(database, smtp))
    assert post_office.recipients == EVERYBODY


async def test_dying_before_the_answer_sends_again_under_the_same_id(
    database: Database, post_office: PostOffice
) -> None:
    await morning_with_mail(database)
    post_office.at_data = ["die"]
    async with listening(post_office.make_session) as smtp:
        await send_all(Sending(database, smtp))

    assert len(post_office.accepted) == len(EVERYBODY) + 1
    assert len({message["Message-ID"] for message in post_office.accepted}) == len(EVERYBODY)
    assert {state for state, _, _ in (await states(database)).values()} == {"SENT"}


async def test_a_server_that_hangs_is_given_up_and_tried_again(database: Database, post_office: PostOffice) -> None:
    await morning_with_mail(database)
    post_office.at_data = ["hang"]
    async with listening(post_office.make_session) as smtp:
        await send_all(Sending(database, smtp))

    assert post_office.recipients == EVERYBODY


async def test_a_server_that_greets_and_closes_loses_nothing(database: Database, post_office: PostOffice) -> None:
    await morning_with_mail(database)
    async with listening(GreetsAndCloses) as smtp:
        with pytest.raises(NotNow):
            await Sending(database, smtp).step()
    assert set((await states(database)).values()) == {("PENDING", 0, None)}

    async with listening(post_office.make_session) as smtp:
        await send_all(Sending(database, smtp))
    assert post_office.recipients == EVERYBODY


async def test_no_server_at_all_loses_nothing(database: Database) -> None:
    await morning_with_mail(database)
    with pytest.raises(NotNow):
        await Sending(database, settings(port=1)).step()
    assert set((await states(database)).values()) == {("PENDING", 0, None)}


async def test_a_claim_that_was_never_settled_is_taken_again_when_its_lease_ends(
    database: Database, post_office: PostOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As after a kill between the server's acceptance and our mark."""
    await morning_with_mail(database)

    async def killed(*_: object) -> None:
        raise KeyboardInterrupt

    async with listening(post_office.make_session) as smtp:
        with monkeypatch.context() as patch:
            patch.setattr("services.notifier.sending.settle", killed)
            with pytest.raises(KeyboardInterrupt):
                await Sending(database, smtp).step()
        await send_all(Sending(database, smtp))
        assert len(post_office.accepted) == len(EVERYBODY), "the claims still hold"

        await rows(database, "UPDATE digests SET next_attempt_at = clock_timestamp()")
        await send_all(Sending(database, smtp))

    assert len(post_office.accepted) == 2 * len(EVERYBODY)
    assert len({message["Message-ID"] for message in post_office.accepted}) == len(EVERYBODY)
    assert set((await states(database)).values()) == {("SENT", 2, 250)}


async def test_an_outcome_that_comes_after_the_claim_has_passed_on_changes_nothing(
    database: Database, post_office: PostOffice
) -> None:
    await morning_with_mail(database)
    async with database.transaction() as tx:
        late = await store.claim_digests(tx, at_most=100, lease=timedelta())
    async with database.transaction() as tx:
        current = await store.claim_digests(tx, at_most=1, lease=timedelta(hours=1))
    refused = [Outcome(claim, DigestState.REFUSED, smtp_code=550, reason="address-refused") for claim in late]

    async with database.transaction() as tx:
        await settle(tx, refused)

    digests = {row["id"]: row["state"] for row in await rows(database, "SELECT id, state FROM digests")}
    assert [digest for digest, state in digests.items() if state == "PENDING"] == [current[0].digest_id]
    assert len(await dead_letters(database)) == len(EVERYBODY) - 1


def with_email(email: str | None) -> PersonInRole:
    return person("ht1", Role.PRINCIPAL).model_copy(update={"email": email})


@pytest.mark.parametrize(
    ("email", "state", "letters"),
    [
        (None, "NO_ADDRESS", []),
        ("a@b@c", "REFUSED", ["address-invalid"]),
        ("<x>@truong.example", "REFUSED", ["address-invalid"]),
        ("hiệu.trưởng@truong.example", "REFUSED", ["address-invalid"]),
        ("@", "REFUSED", ["address-invalid"]),
    ],
)
async def test_what_is_no_address_stops_no_other_mail(
    database: Database, post_office: PostOffice, email: str | None, state: str, letters: list[str]
) -> None:
    school = unit("S1", UnitKind.SCHOOL, "D1", sequence=2).model_copy(update={"people": (with_email(email),)})
    await tell(database, units=[*PROVINCE, school], plans=[plan(Role.PRINCIPAL)], tasks=[issued("S1", *ids(1))])
    await hold_morning(database, MONDAY)
    async with listening(post_office.make_session) as smtp:
        await send_all(Sending(database, smtp))

    assert (await states(database))["ht1"][0] == state
    assert [letter.code for letter in await dead_letters(database)] == letters
    assert len(post_office.accepted) == 4
