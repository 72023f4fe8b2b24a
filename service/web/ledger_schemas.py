"""The shapes of checkpoints and proofs; hashes and bytes are base64."""

from marshmallow import Schema, fields

from service.web.management_schemas import PlainNumber


class CheckpointAnswer(Schema):
    """A checkpoint: the signed note, and what it says."""

    note = fields.String()
    origin = fields.String()
    size = fields.Integer()
    root = fields.String()
    made_at = fields.DateTime()


class ProofAnswer(Schema):
    """An entry with its exact bytes, and its way to the root of a checkpoint (RFC 6962)."""

    entry_id = fields.UUID()
    entry = fields.String()
    leaf_hash = fields.String()
    index = fields.Integer()
    path = fields.List(fields.String())
    checkpoint = fields.Nested(CheckpointAnswer)


class ConsistencyQuery(Schema):
    """Two sizes of the tree."""

    first = PlainNumber(required=True, data_key="from")
    second = PlainNumber(required=True, data_key="to")


class ConsistencyAnswer(Schema):
    """The proof (RFC 6962) that one tree begins the other."""

    first = fields.Integer(data_key="from")
    second = fields.Integer(data_key="to")
    path = fields.List(fields.String())
