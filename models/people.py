"""People and their roles, as WASS tells them."""

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base
from models.types import Day, Json

PERSON_ID = String(6)


class Person(Base):
    """Somebody with an M-, I-, H- or C-ID. Never deleted: terminated when WASS drops them."""

    __tablename__ = "person"

    id: Mapped[str] = mapped_column(PERSON_ID, primary_key=True)
    population: Mapped[str] = mapped_column(String(40))
    marked_coordinator: Mapped[bool]
    created_on: Mapped[str] = mapped_column(Day, nullable=True)
    terminated: Mapped[bool]
    wass_last_access_on: Mapped[str] = mapped_column(Day, nullable=True)
    password_changed_on: Mapped[str] = mapped_column(Day, nullable=True)
    wass_spoke_on: Mapped[str] = mapped_column(Day)
    rob_accepted_on: Mapped[str] = mapped_column(Day, nullable=True)
    organisation: Mapped[str] = mapped_column(String(200))


class PersonRole(Base):
    """A role or action of a person; kept when WASS drops it, for a flag may have taken it."""

    __tablename__ = "person_role"

    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"), primary_key=True)
    role: Mapped[str] = mapped_column(String(40), primary_key=True)
    assigned_on: Mapped[str] = mapped_column(Day, nullable=True)
    ended_on: Mapped[str] = mapped_column(Day, nullable=True)


class Standing(Base):
    """What is known of a person in one row, rewritten with every change; *version* counts them."""

    __tablename__ = "standing"

    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"), primary_key=True)
    version: Mapped[int]
    document: Mapped[dict[str, object]] = mapped_column(Json)
