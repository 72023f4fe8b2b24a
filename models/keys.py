"""The public keys receipts and checkpoints are signed with, past ones too."""

from datetime import datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base
from models.types import Instant


class PublicKey(Base):
    """A public key of Gatehouse (Ed25519, raw, base64) and when it was first used."""

    __tablename__ = "public_key"

    key_id: Mapped[str] = mapped_column(String(16), primary_key=True)
    public_key: Mapped[str] = mapped_column(String(60))
    first_used_at: Mapped[datetime] = mapped_column(Instant)
