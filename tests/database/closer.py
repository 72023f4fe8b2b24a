"""Closing a certification window in a test, after flags of one's choice."""

from collections.abc import Collection

from sqlalchemy import Engine, insert

from models.certification import Flag, FlagScope
from models.engine import reading
from service.cli.windows import close_all, try_all
from service.people.standing import rewrite
from service.recertification.closing import Looked, Reached, closings, look, record
from service.recertification.ended import Ended
from service.recertification.recorded import Closing, recorded
from service.wiring import Wiring
from tests.database.wass import IN_LAST_WINDOW


class Closer:
    """Whoever runs `gatehouse window close`, and the coordinators who flagged before."""

    def __init__(self, parts: Wiring) -> None:
        self.parts = parts

    def flags(
        self,
        person_id: str,
        item: str,
        properties: Collection[int],
        *,
        by: str = "M90001",
        on: str = IN_LAST_WINDOW,
        withdrawn_on: str = "",
    ) -> None:
        """A coordinator with relationships for *properties* flagged *item* of a person."""
        flag = {"person_id": person_id, "item": item, "coordinator_id": by, "flagged_on": on}
        with self.parts.engine.begin() as connection:
            added = insert(Flag).values(**flag, withdrawn_on=withdrawn_on).returning(Flag.id)
            number = connection.execute(added).scalar_one()
            rows = [{"flag_id": number, "property_id": each} for each in properties]
            connection.execute(insert(FlagScope), rows)
            rewrite(connection, [person_id])

    def found(self, population: str = "external") -> Closing:
        """The window of *population* that closed last, as far as it is recorded."""
        with reading(self.parts.engine).begin() as connection:
            found = closings(connection, courts=self.parts.courts, as_of=self.parts.clock())
        return next(each for each in found if each.population == population)

    def closes(self, population: str = "external") -> Ended:
        """Record everything; what is recorded then."""
        return close_all(self.parts, self.found(population), lambda _: None).ended

    def tries(self) -> Ended:
        """What would be recorded."""
        return try_all(self.parts, self.found(), lambda _: None).ended

    def closes_batch(
        self, size: int, *, of: Closing | None = None, engine: Engine | None = None
    ) -> Reached:
        """Record what ended for the next *size* people, unless another is quicker."""
        closing, engine = of or self.found(), engine or self.parts.engine
        looked = self.looks(closing, size, engine)
        with engine.begin() as connection:
            return record(connection, closing, looked)

    def looks(self, closing: Closing, size: int, engine: Engine) -> Looked:
        """See what ended for the next *size* people."""
        parts = self.parts
        with reading(engine).begin() as connection:
            so_far = recorded(connection, closing.population, closing.window)
            return look(
                connection,
                closing,
                so_far.ended.through,
                courts=parts.courts,
                as_of=parts.clock(),
                size=size,
            )
