"""What a coordinator asks for: a call of the Recertification subsystem."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """An action (by its rule file), who acts, on whom, and what else the call names.

    Without *coordinator_id* the call speaks of the person who acts. *flag_id* names one flag.
    """

    action: str
    actor_id: str
    user_ids: tuple[str, ...] = ()
    coordinator_id: str = ""
    items: tuple[str, ...] = ()
    confirm: bool = False
    flag_id: int | None = None

    @property
    def coordinator(self) -> str:
        """The coordinator the call speaks of."""
        return self.coordinator_id or self.actor_id
