"""Flags: roles and actions to be removed when the window has ended, and taking a flag back."""

from sqlalchemy import Connection, select, update

from models.certification import Flag
from service.core.acting import effective_on, own_flags
from service.core.call import Call
from service.people.flags import FlagSaid, add_flag
from service.people.standing import rewrite
from service.recertification.consider import Considered
from service.recertification.result import Page, Result

WITHDRAW = "withdraw_flag"


def flag(connection: Connection, considered: Considered, _: Page) -> Result:
    """Queue the items; each flag keeps the properties of its author's relationships of today."""
    call, person = considered.call, considered.named
    flags = [{"flag_id": _keep(connection, i, considered), "item": i} for i in call.items]
    rewrite(connection, call.user_ids)
    day = effective_on(person, person.today)
    return Result(fields={"items": list(call.items), "flags": flags, "effective_on": day})


def withdraw_flag(connection: Connection, considered: Considered, _: Page) -> Result:
    """Take back the actor's own waiting flags on the items, or the one flag named."""
    call = considered.call
    taken = [f.number for f in own_flags(considered.named, call) if f.item in call.items]
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


def _keep(connection: Connection, item: str, considered: Considered) -> int:
    """The number of the flag on *item*: of the same one that waits already, or of a new one."""
    person, bpr = considered.named, considered.acting.standing.bpr
    for waiting in own_flags(person, considered.call):
        if (waiting.item, waiting.properties) == (item, bpr):
            return waiting.number
    said = FlagSaid(
        person_id=person.standing.person_id,
        item=item,
        by=considered.call.actor_id,
        on=considered.today,
        properties=bpr,
    )
    return add_flag(connection, said)
