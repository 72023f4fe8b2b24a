"""Properties, contracts, and who is tied to them."""

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base
from models.types import Day

CONTRACT = String(20)


class Property(Base):
    """A multifamily property; kept with the day it ended when WASS drops it."""

    __tablename__ = "property"

    property_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    name: Mapped[str] = mapped_column(String(200))
    city: Mapped[str] = mapped_column(String(100))
    state: Mapped[str] = mapped_column(String(40))
    organisation: Mapped[str] = mapped_column(String(200))
    ended_on: Mapped[str] = mapped_column(Day, nullable=True)


class ContractProperty(Base):
    """A property of an assistance contract."""

    __tablename__ = "contract_property"

    contract_number: Mapped[str] = mapped_column(CONTRACT, primary_key=True)
    property_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)


class PropertyAssignment(Base):
    """A property assigned to a person in WASS."""

    __tablename__ = "property_assignment"

    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"), primary_key=True)
    property_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)


class ContractAssignment(Base):
    """A contract assigned to a person in WASS."""

    __tablename__ = "contract_assignment"

    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"), primary_key=True)
    contract_number: Mapped[str] = mapped_column(CONTRACT, primary_key=True)


class BusinessPartner(Base):
    """A live business partner relationship (BPR) of a coordinator with a property."""

    __tablename__ = "business_partner"

    coordinator_id: Mapped[str] = mapped_column(ForeignKey("person.id"), primary_key=True)
    property_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False, index=True)


class Staff(Base):
    """A user assigned to a coordinator in the subsystem."""

    __tablename__ = "staff"

    coordinator_id: Mapped[str] = mapped_column(ForeignKey("person.id"), primary_key=True)
    user_id: Mapped[str] = mapped_column(ForeignKey("person.id"), primary_key=True, index=True)
