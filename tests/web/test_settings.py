"""What the environment may say."""

import pytest

from service.settings import SettingsError, settings_from


@pytest.mark.parametrize(
    "url",
    [
        "http://pdp.example",
        "https://",
        "pdp.example",
        "https://pdp.example?tenant=1",
        "https://pdp.example/#a",
        "https://me@pdp.example",
        "https://pdp.example:port",
        "https://pdp.example:0",
        "https://pdp.example//a",
        "https://pdp.example/<a>",
        "https://pdp.example\n",
        " https://pdp.example",
    ],
)
def test_what_others_call_the_service_by_is_a_plain_https_url(url: str) -> None:
    with pytest.raises(SettingsError, match="GATEHOUSE_PUBLIC_URL"):
        settings_from({"GATEHOUSE_PUBLIC_URL": url})


def test_it_is_known_without_a_last_slash_and_for_local_use_by_where_it_is_served() -> None:
    told = settings_from({"GATEHOUSE_PUBLIC_URL": "https://pdp.example:8443/tenant1/"})
    local = settings_from({"GATEHOUSE_BIND": "127.0.0.1:9000"})

    assert told.public_url == "https://pdp.example:8443/tenant1"
    assert local.public_url == "http://127.0.0.1:9000"
