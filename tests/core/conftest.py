"""What tests of the feed begin with."""

import pytest

from service.feed.bad_rows import FeedError
from tests.core.feed_reading import NOTHING, read_folder


@pytest.fixture
def feed(tmp_path):
    """Writes files (`people="..."`) and reads them as a feed."""

    def read(*, known=NOTHING, progress=lambda file, size: None, **files):
        for name, text in files.items():
            raw = text if isinstance(text, bytes) else text.encode()
            (tmp_path / f"{name}.csv").write_bytes(raw)
        return read_folder(tmp_path, known=known, progress=progress)

    return read


@pytest.fixture
def refusals(feed):
    """Everything that is wrong in these files, as text."""

    def read(**files):
        with pytest.raises(FeedError) as caught:
            feed(**files)
        return [str(each) for each in caught.value.bad_rows]

    return read
