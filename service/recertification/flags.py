"""Flags: roles and actions to be removed when the window has ended, and taking a flag back."""

from sqlalchemy import Connection, insert, select, update

from models.certification import Flag, FlagScope
from service.core.acting import effective_on, queued_flags
from service.core.call import Call
from service.people.standing import rewrite
from service.recertification.consider import Considered
from service.recertification.result import Page, Result

WITHDRAW = "withdraw_flag"


def flag(connection: Connection, considered: Considered, _: Page) -> Result:
    """Queue the items; each flag keeps the properties of its author's relationships of today."""
    call, person = considered.call, considered.named
    queued = [(f.item, f.by, f.properties, f.number) for f in queued_flags(person)]
    kept = [_keep(connection, item, considered, queued) for item in call.items]
    rewrite(connection, call.user_ids)
    flags = [{"flag_id": n, "item": item} for n, item in zip(kept, call.items, strict=True)]
    day = effective_on(person, person.today)
    return Result(fields={"items": list(call.items), "flags": flags, "effective_on": day})


def withdraw_flag(connection: Connection, considered: Considered, _: Page) -> Result:
    """Take back the actor's own waiting flags on the items, or the one flag named."""
    call = considered.call
    taken = [
        each.number
        for each in queued_flags(considered.named)
        if each.by == call.actor_id
        and each.item in call.items
        and call.flag_id in (None, each.number)
    ]
    ended = update(Flag).where(Flag.id.in_(taken))
    connection.execute(ended.values(withdrawn_on=considered.today))
    rewrite(connection, call.user_ids)
    return Result(fields={"items": list(call.items), "flag_ids": taken})


def withdrawal_of(connection: Connection, actor_id: str, flag_id: int) -> Call:
    """The call by which *actor_id* takes back one flag.

    One that is not the actor's, or not there, is asked for as nobody's: whoever tries hears the
    same of both.
    """
    own = select(Flag.person_id, Flag.item).where(
        Flag.id == flag_id, Flag.coordinator_id == actor_id
    )
    person_id, item = connection.execute(own).one_or_none() or ("", "")
    return Call(
        action=WITHDRAW, actor_id=actor_id, user_ids=(person_id,), items=(item,), flag_id=flag_id
    )


def _keep(
    connection: Connection,
    item: str,
    considered: Considered,
    queued: list[tuple[str, str, frozenset[int], int]],
) -> int:
    """The number of the flag on *item*: of the same one that waits already, or of a new one."""
    by, bpr = considered.call.actor_id, considered.acting.standing.bpr
    same = [number for *what, number in queued if tuple(what) == (item, by, bpr)]
    if same:
        return same[0]
    values = {"person_id": considered.named.standing.person_id, "item": item}
    by_whom = {"coordinator_id": by, "flagged_on": considered.today}
    added = insert(Flag).values(**values, **by_whom).returning(Flag.id)
    number = connection.execute(added).scalar_one()
    if bpr:
        rows = [{"flag_id": number, "property_id": p} for p in sorted(bpr)]
        connection.execute(insert(FlagScope), rows)
    return number
