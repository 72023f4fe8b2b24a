"""Requests for recertification, flags, unlocks and acceptances of the Rules of Behavior."""

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base
from models.types import Day


class CertificationRequest(Base):
    """A coordinator's request; *counts* says whether it stood within scope on its day."""

    __tablename__ = "certification_request"
    __table_args__ = (UniqueConstraint("person_id", "coordinator_id", "requested_on"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"))
    coordinator_id: Mapped[str] = mapped_column(ForeignKey("person.id"))
    requested_on: Mapped[str] = mapped_column(Day)
    counts: Mapped[bool]
    everywhere: Mapped[bool]
    closed_out_on: Mapped[str] = mapped_column(Day, nullable=True)


class CertificationScope(Base):
    """A property that a request covers: the requester's BPR on its day."""

    __tablename__ = "certification_scope"

    request_id: Mapped[int] = mapped_column(
        ForeignKey("certification_request.id"), primary_key=True
    )
    property_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)


class Flag(Base):
    """A role or action flagged for removal; in force until withdrawn."""

    __tablename__ = "flag"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"), index=True)
    item: Mapped[str] = mapped_column(String(40))
    coordinator_id: Mapped[str] = mapped_column(ForeignKey("person.id"))
    flagged_on: Mapped[str] = mapped_column(Day)
    withdrawn_on: Mapped[str] = mapped_column(Day, nullable=True)


class FlagScope(Base):
    """A property a flag is about: its author's BPR on its day."""

    __tablename__ = "flag_scope"

    flag_id: Mapped[int] = mapped_column(ForeignKey("flag.id"), primary_key=True)
    property_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)


class Unlock(Base):
    """An account opened again after inactivity."""

    __tablename__ = "unlock"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"), index=True)
    unlocked_by: Mapped[str] = mapped_column(String(6))
    unlocked_on: Mapped[str] = mapped_column(Day)


class RobAcceptance(Base):
    """An acceptance of the Rules of Behavior made here."""

    __tablename__ = "rob_acceptance"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"))
    accepted_on: Mapped[str] = mapped_column(Day)
