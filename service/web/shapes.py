"""The shapes of single values: an ID, a contract, a code, text in a form of its own."""

import re
from collections.abc import Callable
from typing import Any

from marshmallow import ValidationError, fields, validate

from service.core.language import LanguageError

#: A person's ID as the document describes it.
PERSON_ID = "^[MIHCmihc][A-Za-z0-9]{5}$"
_ID = re.compile(r"[MIHC][A-Z0-9]{5}", re.ASCII)
_CONTRACT = re.compile(r"[A-Za-z0-9-]{1,20}", re.ASCII)


class Matching(validate.Regexp):
    """Text that is *pattern* from its beginning to its end, in letters of ASCII."""

    def __init__(self, pattern: str, error: str | None = None) -> None:
        super().__init__(re.compile(f"^(?:{pattern})$", re.ASCII), error=error)

    def __call__(self, value: Any) -> Any:
        """*value*; raises ValidationError when it is another."""
        if not self.regex.fullmatch(value):  # `$` alone would take a line break behind it
            raise ValidationError(self._format_error(value))
        return value


#: The code of an entry, a system, a role or an action.
CODE = Matching("[A-Za-z][A-Za-z0-9_-]{0,39}")


def is_person_id(text: str) -> bool:
    """Whether *text* is an ID, once in capitals."""
    # ASCII first: some other letters have capitals that are ASCII.
    return text.isascii() and _ID.fullmatch(text.upper()) is not None


def is_contract(text: str) -> bool:
    """Whether *text* may be the number of a contract."""
    return _CONTRACT.fullmatch(text) is not None


class Read(fields.String):
    """Text in a form of its own."""

    def __init__(self, read: Callable[[str], Any], **more: Any) -> None:
        """*read* raises LanguageError."""
        self._read = read
        super().__init__(**more)

    def _deserialize(self, value: Any, *args: Any, **kwargs: Any) -> Any:
        try:
            return self._read(str(super()._deserialize(value, *args, **kwargs)))
        except LanguageError as error:
            raise ValidationError(str(error)) from None


def person_id(**more: Any) -> Read:
    """An M-, I-, H- or C-ID, in capitals; documented."""
    return Read(_read_id, metadata={"pattern": PERSON_ID, "example": "M10001"}, **more)


def contract_number() -> Read:
    """The number of an assistance contract, in capitals; documented."""
    documented = {"pattern": "^[A-Za-z0-9-]{1,20}$", "example": "DC39S931002"}
    return Read(_read_contract, metadata=documented)


def _read_id(text: str) -> str:
    if not is_person_id(text):
        raise LanguageError("expected an ID such as M10001: M, I, H or C and five more")
    return text.upper()


def _read_contract(text: str) -> str:
    if not is_contract(text):
        raise LanguageError("expected 1 to 20 letters, digits or hyphens")
    return text.upper()
